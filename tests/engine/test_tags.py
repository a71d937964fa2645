"""Tags as a signal: by hand, without names, and each tag's exact part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.worlds import FETCHED, known, plays_of
from tui_music.engine.candidate import Mode, Of, Query
from tui_music.engine.ground import nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening, listening
from tui_music.engine.similar import seed_weights
from tui_music.engine.tags import SHRINK, Tags
from tui_music.library.history import Float64

ANY = Query(Mode.DISCOVER, hour=0)


def score_of(knowledge: Knowledge, scores: Float64, name: str) -> float:
    return float(scores[knowledge.artists.index(name)])


@pytest.fixture(scope="module")
def small() -> tuple[Listening, Knowledge]:
    history = plays_of(**{"The Who": [1, 2, 3], "Quiet": [4, 5]})
    tags = {
        "The Who": {"rock": 100, "mod": 60, "british": 25},
        "Quiet": {"ambient": 100, "british": 64},
        "Mods United": {"mod": 100, "british": 36},
        "Drone": {"ambient": 81},
        "The Whom": {"opera": 100},
        "Everything": {"rock": 100, "opera": 100, "ambient": 100, "mod": 100, "jazz": 100},
    }
    return listening(history, "UTC", FETCHED), known(history, tags=tags)


def test_the_score_by_hand() -> None:
    """Three tagged artists; 'mod' is on two of them, ln(4/3), 'rock' and 'pop' on one each, ln 2."""
    history = plays_of(Seed=[1])
    knowledge = known(history, tags={"Seed": {"mod": 100, "rock": 25}, "New": {"mod": 49}, "Far": {"pop": 100}})
    tags = Tags().fit(listening(history, "UTC", FETCHED), knowledge)
    weight = seed_weights(listening(history, "UTC", FETCHED), knowledge)[0]
    mod, rock = np.log(4 / 3), np.log(2)
    seed, new = np.array([mod, 0.5 * rock]), np.array([0.7 * mod, 0.0])
    cosine = seed @ new / (np.linalg.norm(seed) + SHRINK) / (np.linalg.norm(new) + SHRINK)
    assert score_of(knowledge, tags.scores(ANY), "New") == pytest.approx(weight * cosine)
    assert np.isnan(score_of(knowledge, tags.scores(ANY), "Far"))


def test_without_shrinking_it_ranks_like_the_cosine_with_the_profile(small: tuple[Listening, Knowledge]) -> None:
    heard, knowledge = small
    tags = Tags(shrink=0.0).fit(heard, knowledge)
    vectors = tags.vectors_.toarray()
    length = np.linalg.norm(vectors, axis=1)
    profile = (tags.weight_ / np.maximum(length, 1e-9)) @ vectors
    cosine = vectors @ profile / np.maximum(length, 1e-9) / np.linalg.norm(profile)
    outside = slice(knowledge.own, None)
    scores = np.nan_to_num(tags.scores(ANY)[outside])
    assert scores / np.linalg.norm(profile) == pytest.approx(cosine[outside])


def test_names_play_no_part(small: tuple[Listening, Knowledge]) -> None:
    """By TF-IDF of names (C4.3), The Whom is next to The Who."""
    heard, knowledge = small
    scores = Tags().fit(heard, knowledge).scores(ANY)
    assert np.isnan(score_of(knowledge, scores, "The Whom"))
    assert score_of(knowledge, scores, "Mods United") > score_of(knowledge, scores, "Drone")


def test_rare_tags_tell_more_than_common_ones() -> None:
    history = plays_of(Seed=[1])
    others = {f"Band {n}": {"rock": 100} for n in range(20)}
    tagged = {"Seed": {"rock": 100, "mod": 100}, "Rocker": {"rock": 100}, "Mod": {"mod": 100}} | others
    knowledge = known(history, tags=tagged)
    scores = Tags().fit(listening(history, "UTC", FETCHED), knowledge).scores(ANY)
    assert score_of(knowledge, scores, "Mod") > 10 * score_of(knowledge, scores, "Rocker")


def without_tag(knowledge: Knowledge, tag: str) -> Knowledge:
    """The knowledge as if no artist had a tag."""
    column = knowledge.tag_names.index(tag)
    keep = [at for at in range(len(knowledge.tag_names)) if at != column]
    return replace(knowledge, tags=knowledge.tags[:, keep].tocsr(), tag_names=[knowledge.tag_names[at] for at in keep])


@pytest.mark.parametrize("seeds", [None, [1]])
def test_each_tag_made_what_the_score_falls_by_without_it(
    small: tuple[Listening, Knowledge], seeds: list[int] | None
) -> None:
    heard, knowledge = small
    query = Query(Mode.DISCOVER, 0, None if seeds is None else np.array(seeds, np.int32))
    fitted = Tags().fit(heard, knowledge)
    scores = fitted.scores(query)
    named = 0
    for code in np.flatnonzero(~np.isnan(scores)).tolist():
        for each in fitted.evidence(query, code):
            less = Tags().fit(heard, without_tag(knowledge, each.text)).scores(query)[code]
            assert scores[code] - np.nan_to_num(less) == pytest.approx(each.effect)
            named += 1
    assert named >= 4
    assert all(not fitted.evidence(query, code) for code in np.flatnonzero(np.isnan(scores)).tolist())


def test_evidence_is_a_tag_with_the_plays_behind_it(small: tuple[Listening, Knowledge]) -> None:
    heard, knowledge = small
    evidence = Tags().fit(heard, knowledge).evidence(ANY, knowledge.artists.index("Mods United"))
    assert [(each.of, each.text, each.value, each.unit) for each in evidence] == [
        (Of.TAG, "mod", 3.0, "plays"),
        (Of.TAG, "british", 5.0, "plays"),
    ]
    before = Tags().fit(heard, knowledge)
    weight = before.weight_.copy()
    before.evidence(ANY, 0)
    assert before.weight_.tolist() == weight.tolist()


def test_it_drops_out_where_nothing_is_known_or_was_heard(small: tuple[Listening, Knowledge]) -> None:
    heard, knowledge = small
    assert np.isnan(Tags().fit(heard, nothing_known(heard.names)).scores(ANY)).all()
    assert np.isnan(Tags().fit(heard.until(0), knowledge).scores(ANY)).all()
