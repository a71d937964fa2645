"""Signals of files the person has: how the catalogue's tracks sound, and a community, in the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.catalogue.invented import of, song
from tests.community import files
from tests.engine.worlds import known, plays_of
from tests.exports import imported, row, write
from tui_music.catalogue.artists import ArtistSounds
from tui_music.engine.candidate import Level, Mode, Of, Query
from tui_music.engine.community import build, kept
from tui_music.engine.community.reading import read_community
from tui_music.engine.company import Company
from tui_music.engine.engine import Engine
from tui_music.engine.fitting import OTHERS, usual
from tui_music.engine.gathering import widened
from tui_music.engine.ground import nothing_known
from tui_music.engine.listening import listening
from tui_music.engine.moments import Task
from tui_music.engine.opening import open_engine, revision
from tui_music.engine.others import Others, learnable, open_others
from tui_music.engine.sound import Places, Sound
from tui_music.library.journal import Verdicts
from tui_music.library.library import Library
from tui_music.services.cache import ReplyCache
from tui_music.settings import Settings, load

DISCOVER = Query(Mode.DISCOVER, 42)


class OnALine:
    """Artists in a space of two features; all at the same place along the second one."""

    def __init__(self, **at: float) -> None:
        self.at = at

    def of(self, names: Sequence[str]) -> Places:
        return np.array([(self.at.get(name, np.nan), 1.0) for name in names], np.float32)

    def in_common(self, one: Places, other: Places) -> str:
        return f"{abs(float(one[0] - other[0])):g} apart"


def a_community(folder: Path) -> Path:
    """Ten listeners of Low, Codeine and Bedhead, ten of Them, Love and the Zombies."""
    slow, old = ["Low", "Codeine", "Bedhead"], ["Them", "Love", "The Zombies"]
    rows = [
        ("0123456789abcdef"[who], name, 10 + who)
        for who in range(16)
        for n, name in enumerate(slow if who < 8 else old)
        if (who + n) % 4
    ]
    folder.mkdir(parents=True, exist_ok=True)
    table = files.lastfm_360k(folder / "plays.tsv", *rows)
    build.build(folder / kept.FILE, read_community([table]), [table], 1, 1)
    return folder


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_community(tmp_path_factory.mktemp("community"))


class TestSound:
    def test_it_is_the_sum_of_what_each_seed_adds(self) -> None:
        history = plays_of(Ada=[1, 1, 1, 1], Ben=[2])
        knowledge = known(history, {"Ada": {"Near": 0.1, "Far": 0.1, "Unknown": 0.1}})
        signal = Sound(OnALine(Ada=0.0, Ben=3.0, Near=1.0, Far=9.0)).fit(listening(history, "UTC"), knowledge)
        place = {name: code for code, name in enumerate(knowledge.artists)}
        score = signal.scores(DISCOVER)
        assert score[place["Near"]] > score[place["Far"]]
        assert np.isnan(score[place["Unknown"]])
        evidence = signal.evidence(DISCOVER, place["Near"])
        assert sum(each.effect for each in evidence) == pytest.approx(score[place["Near"]])
        assert [(each.text, each.detail) for each in evidence] == [("Ada", "1 apart"), ("Ben", "2 apart")]
        assert [each.value for each in evidence] == pytest.approx([np.exp(-1 / 8), np.exp(-4 / 8)])
        assert signal.evidence(DISCOVER, place["Unknown"]) == []

    def test_it_may_start_from_some(self) -> None:
        history = plays_of(Ada=[1], Ben=[2])
        signal = Sound(OnALine(Ada=0.0, Ben=5.0)).fit(listening(history, "UTC"), nothing_known(history.names))
        place = {name: code for code, name in enumerate(history.names.artists)}
        from_ben = signal.scores(replace(DISCOVER, seeds=np.array([place["Ben"]], np.int32)))
        assert from_ben[place["Ben"]] > from_ben[place["Ada"]]

    def test_without_any_known_seed_there_is_no_opinion(self) -> None:
        history = plays_of(Ada=[1])
        knowledge = known(history, {"Ada": {"New": 0.5}})
        signal = Sound(OnALine(New=1.0)).fit(listening(history, "UTC"), knowledge)
        assert np.isnan(signal.scores(DISCOVER)).all()

    def test_artists_stand_at_the_mean_of_their_tracks(self, tmp_path: Path) -> None:
        rows = [song("Loud", "Ada", energy=0.9), song("Quiet", "Ada", energy=0.1), song("Middle", "Ben", energy=0.5)]
        sounds = ArtistSounds(of(tmp_path, rows))
        place = sounds.of(["Ben", "ADA", "Nobody"])
        assert place[1] == pytest.approx(place[0], abs=1e-6)
        assert np.isnan(place[2]).all()
        assert "energy" in sounds.in_common(place[0], place[1])


class TestWidened:
    def test_further_artists_come_behind_and_known_ones_are_none(self) -> None:
        history = plays_of(Low=[1], Ada=[2])
        knowledge = known(history, {"Low": {"Codeine": 0.5}}, {"Low": {"slowcore": 9.0}})
        wide = widened(knowledge, ["LOW", "Bedhead", "codeine", "bedhead"])
        assert wide.artists == [*knowledge.artists, "Bedhead"]
        assert wide.own == knowledge.own
        assert wide.graph.shape == (len(wide), len(wide))
        assert wide.graph.nnz == knowledge.graph.nnz
        assert (wide.asked[-1], wide.tagged[-1]) == (0, 0)
        assert np.isnan(wide.listeners[-1])

    def test_nobody_further_changes_nothing(self) -> None:
        history = plays_of(Low=[1])
        knowledge = nothing_known(history.names)
        assert widened(knowledge, []) is knowledge


class TestEngine:
    def test_without_any_service_a_community_discovers(self, community: Path) -> None:
        history = plays_of(Low=[1, 2, 3] * 8, Codeine=[4, 9] * 5, Ada=[5] * 3)
        others = open_others(community, Path("nowhere"))
        knowledge = widened(nothing_known(history.names), others.artists)
        found = Engine(history, "UTC", knowledge, others=others.recommenders).recommend(DISCOVER)
        first = found.candidates[0]
        assert first.name == "Bedhead"
        assert first.reason == "Played by those who play Low and Codeine; never played."
        assert sum(share.share for share in first.signals) == pytest.approx(first.score)
        assert found.level is Level.CACHED
        assert {each.name for each in found.candidates} == {"Bedhead", "Them", "Love", "The Zombies"}

    def test_what_sounds_alike_is_said(self) -> None:
        history = plays_of(Ada=[1, 2, 3] * 12)
        knowledge = known(history, {"Ada": {"New": 0.5, "Newer": 0.5}})
        sound = Sound(OnALine(Ada=0.0, New=0.5, Newer=9.0))
        found = Engine(history, "UTC", knowledge, others=(sound,)).recommend(DISCOVER)
        assert [each.name for each in found.candidates] == ["New", "Newer"]
        share = next(share for share in found.candidates[0].signals if share.signal == "sound")
        assert (share.evidence[0].of, share.evidence[0].detail) == (Of.ARTIST, "0.5 apart")
        assert "sounds like Ada (0.5 apart)" in found.candidates[0].reason

    def test_weights_fitted_before_there_were_others_leave_them_the_usual_ones(self) -> None:
        weights = usual(Task.DAYS, Mode.DISCOVER)
        assert weights.of("similar") == 1.0
        assert weights.of("company") == OTHERS["company"]
        assert weights.of("nothing of the kind") == 0.0


class TestOpening:
    @pytest.fixture
    def settings(self, home: Path, tmp_path: Path) -> Settings:
        settings = load()
        rows = [row(4_000 * at, f"Song {at % 5}", ("Low", "Codeine")[at % 3 == 0]) for at in range(90)]
        imported(Library(settings.library_file), write(tmp_path / "rows.json", rows), listener="mira")
        return settings

    def test_both_are_found_where_they_were_built(self, settings: Settings) -> None:
        history, cache = Library(settings.library_file).load("mira"), ReplyCache(settings.replies_dir)
        before = revision(settings, cache)
        assert open_engine(settings, cache, history, "UTC", Verdicts()).others == ()
        a_community(settings.community_dir)
        of(settings.catalogue_dir.parent, [song("One", "Low"), song("Two", "Bedhead"), song("Three", "Love")])
        assert revision(settings, cache) != before
        engine = open_engine(settings, cache, history, "UTC", Verdicts())
        assert [each.name for each in engine.others] == ["company", "sound"]
        found = engine.recommend(DISCOVER)
        assert found.candidates[0].name == "Bedhead"
        assert {share.signal for share in found.candidates[0].signals} >= {"company", "sound"}
        cache.close()

    def test_what_is_damaged_is_done_without(self, tmp_path: Path) -> None:
        (tmp_path / kept.FILE).write_bytes(b"no model")
        (tmp_path / "catalogue.json").write_bytes(b"{")
        assert open_others(tmp_path, tmp_path).recommenders == ()

    def test_nobody_learns_from_a_community_that_knows_the_listeners_future(self, community: Path) -> None:
        found = open_others(community, Path("nowhere"))
        assert learnable(found.recommenders) == found.recommenders
        (company,) = found.recommenders
        assert isinstance(company, Company)
        own = Company(replace(company.community, about=msgspec.structs.replace(company.community.about, paths=())))
        assert learnable((own,)) == ()
        assert Others().recommenders == ()
