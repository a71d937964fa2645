"""The community as a signal of the engine: only who was never heard, and why, by each artist of the listener's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.community import files
from tests.engine.worlds import known, plays_of
from tui_music.engine.candidate import Mode, Of, Query
from tui_music.engine.community import build, kept
from tui_music.engine.community.kept import Kept
from tui_music.engine.community.reading import read_community
from tui_music.engine.company import Company
from tui_music.engine.listening import listening

QUERY = Query(Mode.DISCOVER, 10)


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Ten listeners of Low, Codeine and Bedhead, ten of Them, Love and the Zombies; Low is spelt in two ways."""
    folder = tmp_path_factory.mktemp("community")
    slow, old = ["Low", "Codeine", "Bedhead"], ["Them", "Love", "The Zombies"]
    hashes = "0123456789abcdef"
    rows = [
        (hashes[who], name.upper() if who == 3 else name, 10 + who)
        for who in range(16)
        for n, name in enumerate(slow if who < 8 else old)
        if (who + n) % 4
    ]
    path = folder / kept.FILE
    build.build(path, read_community([files.lastfm_360k(folder / "x.tsv", *rows)]), [], 1, 1)
    return kept.load(path)


def company(community: Kept, similar: dict[str, dict[str, float]] | None = None, **plays: list[float]) -> Company:
    history = plays_of(**plays)
    knowledge = known(history, similar or {})
    return Company(community).fit(listening(history, "UTC"), knowledge)


class TestScores:
    def test_who_shares_ones_artists_plays_them_too(self, community: Kept) -> None:
        services = {"Low": {"Bedhead": 0.5, "Love": 0.5, "Unheard of": 0.9}}
        signal = company(community, services, Low=[1, 2, 3], Codeine=[4])
        score = dict(zip(signal.artists_, signal.scores(QUERY).tolist(), strict=True))
        assert score["Bedhead"] > score["Love"]

    def test_only_who_was_never_heard_is_a_discovery(self, community: Kept) -> None:
        signal = company(community, {"Low": {"Bedhead": 0.5}}, Low=[1], Codeine=[4], Stranger=[5])
        score = dict(zip(signal.artists_, signal.scores(QUERY).tolist(), strict=True))
        assert [name for name, each in score.items() if not np.isnan(each)] == ["Bedhead"]

    def test_another_spelling_of_who_was_heard_is_no_discovery(self, community: Kept) -> None:
        signal = company(community, {"Codeine": {"LOW": 0.5, "Bedhead": 0.2}}, low=[1], Codeine=[4])
        score = dict(zip(signal.artists_, signal.scores(QUERY).tolist(), strict=True))
        assert np.isnan(score["low"])
        assert not np.isnan(score["Bedhead"])

    def test_with_nobody_in_common_there_is_no_opinion(self, community: Kept) -> None:
        signal = company(community, {"Stranger": {"Bedhead": 0.5}}, Stranger=[1])
        assert np.isnan(signal.scores(QUERY)).all()
        assert signal.evidence(QUERY, signal.artists_.index("Bedhead")) == []

    def test_it_may_start_from_some(self, community: Kept) -> None:
        services = {"Low": {"Bedhead": 0.5, "Love": 0.5}}
        signal = company(community, services, Low=[1], Them=[2] * 5)
        place = {name: code for code, name in enumerate(signal.artists_)}
        for start, first, second in (("Low", "Bedhead", "Love"), ("Them", "Love", "Bedhead")):
            score = signal.scores(Query(Mode.DISCOVER, 10, seeds=np.array([place[start]], np.int32)))
            assert score[place[first]] > score[place[second]]


class TestEvidence:
    def test_is_each_artists_exact_contribution(self, community: Kept) -> None:
        signal = company(community, {"Low": {"Bedhead": 0.5}}, Low=[1, 2, 3], Codeine=[4], Them=[5], Stranger=[6])
        bedhead = signal.artists_.index("Bedhead")
        evidence = signal.evidence(QUERY, bedhead)
        assert sum(each.effect for each in evidence) == pytest.approx(signal.scores(QUERY)[bedhead], rel=1e-4)
        assert {(each.text, each.value, each.unit, each.of) for each in evidence} == {
            ("Low", 3.0, "plays", Of.ARTIST), ("Codeine", 1.0, "plays", Of.ARTIST), ("Them", 1.0, "plays", Of.ARTIST),
        }  # fmt: skip
        assert [each.effect for each in evidence] == sorted((each.effect for each in evidence), reverse=True)
        assert evidence[-1].text == "Them"

    def test_two_spellings_of_ones_own_are_one_piece(self, community: Kept) -> None:
        signal = company(community, {"Low": {"Bedhead": 0.5}}, Low=[1], LOW=[2, 3], Codeine=[4])
        evidence = {each.text: each.value for each in signal.evidence(QUERY, signal.artists_.index("Bedhead"))}
        assert evidence == {"LOW": 3.0, "Codeine": 1.0}

    def test_there_is_none_for_who_was_heard(self, community: Kept) -> None:
        signal = company(community, Low=[1], Codeine=[2])
        assert signal.evidence(QUERY, signal.artists_.index("Low")) == []
