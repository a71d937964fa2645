"""A community that is learnt of in a process of its own: kept, asked, killed, refused."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pytest

from tests.community import files
from tests.community.matrices import invented
from tests.test_layers import modules_after
from tui_music.child import Child
from tui_music.engine import models
from tui_music.engine.community import build, kept
from tui_music.engine.community.blend import Blend, default_blend
from tui_music.engine.community.building import Building, CommunityFailed, Evaluating
from tui_music.engine.community.community import CommunityRefused
from tui_music.engine.community.content import tag_counts
from tui_music.engine.community.ease import EASE, PrunedEASE
from tui_music.engine.community.filtering import enough
from tui_music.engine.community.reading import read_community
from tui_music.engine.evaluation import table
from tui_music.settings import Settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HetRec of sixty listeners, in which the names of two artists fold to the same."""
    plays, tags = invented()
    matrix, given = plays.tocoo(), tags.tocoo()
    names = [f"Artist {n:02}" for n in range(40)]
    names[7] = "ARTIST 06"
    return files.hetrec(
        tmp_path_factory.mktemp("hetrec"),
        plays=[(who + 2, artist, int(n)) for who, artist, n in zip(*matrix.coords, matrix.data, strict=True)],
        artists=list(enumerate(names)),
        tags=[(n, f"tag {n}".encode()) for n in range(6)],
        tagged=[(2 + n % 9, artist, tag) for n, (artist, tag) in enumerate(zip(*given.coords, strict=True))],
        friends=[(2, 3)],
    )


@pytest.fixture(scope="module")
def file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The community of that, built."""
    path = tmp_path_factory.mktemp("kept") / "community" / kept.FILE
    build.build(path, read_community([folder]), [folder])
    return path


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home, home / "cache", home)


def finished(child: Child) -> list[float]:
    """Follow to the end; how far it was each time it was asked."""
    done = []
    while not child.wait(0.01):
        done.append(child.step.done)
    child.finish()
    return [*done, child.step.done]


class TestWhatIsKept:
    def test_is_what_was_learnt(self, file: Path, folder: Path) -> None:
        opened = kept.load(file)
        community = read_community([folder]).merge_spellings()
        listeners, artists = enough(community.plays)
        assert community.tagged
        counts, tags = community.plays[listeners][:, artists], tag_counts(community.tagged, 39)[artists]
        assert opened.artists == [community.artists[artist] for artist in artists.tolist()]
        assert opened.listeners.tolist() == np.bincount(counts.indices, minlength=len(artists)).tolist()
        expected = default_blend().fit(counts, tags).scores(counts)
        np.testing.assert_allclose(opened.blend.scores(counts), expected, rtol=1e-3, atol=1e-3)

    def test_explains_exactly(self, file: Path) -> None:
        opened = kept.load(file)
        profile = opened.profile({"Artist 05": 40, "Artist 09": 3, "nobody": 9})
        assert profile.nnz == 2
        asked = np.array([1, 13, 20])
        parts = opened.blend.parts(profile, asked)
        np.testing.assert_allclose(parts.sum(axis=1), opened.blend.scores(profile)[0, asked], rtol=1e-4)

    def test_says_how_it_came_about(self, file: Path, folder: Path) -> None:
        about = kept.load(file).about
        assert (about.source, about.paths) == ("HetRec 2011 Last.fm", (str(folder),))
        assert (about.all_listeners, about.all_artists, about.merged, about.artists) == (60, 40, 1, 38)
        assert sum(each.rows for each in about.files) == sum(each.kept for each in about.files)

    def test_names_meet_folded_and_are_summed(self, file: Path) -> None:
        opened = kept.load(file)
        profile = opened.profile({"artist 06": 2, "ÁRTIST 06": 3, "Artist 01": 1, "Artist 02": 0})
        assert [opened.artists[code] for code in profile.indices] == ["Artist 01", opened.artists[profile.indices[1]]]
        assert profile.data.tolist() == [1, 5]

    def test_has_charts(self, file: Path, folder: Path) -> None:
        plays = read_community([folder]).plays
        charts = kept.load(file).charts
        assert charts.plays.tolist() == sorted(plays.sum(axis=1).astype(int).tolist(), reverse=True)
        assert [each.plays for each in charts.artists] == sorted((each.plays for each in charts.artists), reverse=True)
        assert len(charts.days) == len(charts.tracks) == 0

    def test_charts_of_single_plays(self, tmp_path: Path) -> None:
        rows = [
            (who, f"2009-05-0{day}T20:00:00Z", artist, f"{artist} song")
            for who in (1, 2, 3) for day, artist in ((1, "Low"), (1, "Them"), (2, "Low"))
        ]  # fmt: skip
        path = tmp_path / kept.FILE
        build.build(path, read_community([files.lastfm_1k(tmp_path / "x.tsv", *rows)]), [], 1, 1)
        charts = kept.load(path).charts
        assert [(each.name, each.artist, each.plays) for each in charts.tracks] == [
            ("Low song", "Low", 6), ("Them song", "Them", 3),
        ]  # fmt: skip
        assert dict(zip((charts.days - 14_365).tolist(), charts.plays_on.tolist(), strict=True)) == {0: 6, 1: 3}

    def test_tracks_are_learnt_of_like_artists(self, tmp_path: Path) -> None:
        heard = [("Low", "One"), ("Low", "Two"), ("Them", "One"), ("Love", "One"), ("Nameless", "")]
        rows = [
            (who, f"2009-05-0{day + 1}T20:00:00Z", artist, title)
            for who in range(1, 7)
            for day, (artist, title) in enumerate(heard)
            if day not in (2, 3) or who % 2 == day % 2
        ]
        read = read_community([files.lastfm_1k(tmp_path / "x.tsv", *rows)])
        path = tmp_path / kept.TRACKS
        build.build(path, read.of_tracks(), [], 1, 2)
        opened = kept.load(path)
        assert opened.artists == ["Low - One", "Low - Two", "Love - One", "Them - One"]
        assert opened.listeners.tolist() == [6, 6, 3, 3]
        score = opened.blend.scores(opened.profile({"low - one": 2, "Love - One": 4}))[0]
        assert score[1] > score[3]
        with pytest.raises(CommunityRefused, match="no tracks"):
            read_community([files.hetrec(tmp_path / "h")]).of_tracks()

    def test_too_few_are_refused(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(CommunityRefused, match="Ask for less"):
            build.build(tmp_path / kept.FILE, read_community([folder]), [], min_listeners=1_000)

    def test_damaged_files_are_unfit(self, file: Path, tmp_path: Path) -> None:
        whole, damaged = file.read_bytes(), tmp_path / kept.FILE
        rng = random.Random(0)
        with pytest.raises(kept.NoCommunity):
            kept.load(damaged)
        for cut in (0, 100, len(whole) // 2, len(whole) - 40):
            damaged.write_bytes(whole[:cut])
            with pytest.raises(kept.NoCommunity):
                kept.load(damaged)
        for _ in range(60):
            at = rng.randrange(len(whole))
            damaged.write_bytes(whole[:at] + rng.randbytes(30) + whole[at + 30 :])
            try:
                kept.load(damaged)
            except kept.NoCommunity:
                continue

    def test_another_model_is_unfit(self, tmp_path: Path) -> None:
        models.save(tmp_path / kept.FILE, {"names": np.zeros(3, np.uint8)}, 0, {"community": kept.VERSION})
        with pytest.raises(kept.NoCommunity):
            kept.load(tmp_path / kept.FILE)
        models.save(tmp_path / kept.FILE, {"names": np.zeros(3, np.uint8)}, 0, {"community": kept.VERSION + 1})
        with pytest.raises(kept.NoCommunity, match="another version"):
            kept.load(tmp_path / kept.FILE)


def test_pruned_weights_are_the_largest() -> None:
    counts, tags = invented()
    whole, few = EASE().fit(counts, tags), PrunedEASE(kept=5).fit(counts, tags).weight_.toarray()
    everyone = np.arange(40)
    weight = whole.between(everyone, everyone)
    assert (np.count_nonzero(few, axis=0) == 5).all()
    np.testing.assert_allclose(few[few != 0], weight[few != 0])
    np.testing.assert_allclose(np.abs(few).sum(axis=0), np.sort(np.abs(weight), axis=0)[-5:].sum(axis=0), rtol=1e-5)


class TestTheProcess:
    def test_builds_what_is_opened(self, settings: Settings, folder: Path) -> None:
        done = finished(Building(settings, [folder], 5, 5))
        assert done == sorted(done)
        path = settings.community_dir / kept.FILE
        models.verify(path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert kept.load(path).about.artists == 38

    def test_no_table_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(table.NoEvaluation):
            table.load(tmp_path / table.FILE)
        models.save(tmp_path / table.FILE, {"packed": np.zeros(3, np.uint8)}, 0, {"evaluation": table.VERSION})
        with pytest.raises(table.NoEvaluation):
            table.load(tmp_path / table.FILE)

    def test_evaluates(self, settings: Settings, folder: Path) -> None:
        finished(Evaluating(settings, [folder]))
        found = table.load(settings.community_dir / table.FILE)
        assert (found.listeners, found.artists) == (60, 40)
        assert {row.splits for row in found.rows} == {3}
        assert "blend and friends" in {row.recommender for row in found.rows}

    def test_says_why_it_failed(self, settings: Settings, tmp_path: Path) -> None:
        for paths in ([tmp_path / "nothing"], []):
            child = Building(settings, paths, 5, 5)
            assert child.wait(60)
            with pytest.raises(CommunityFailed, match=r"Building the community stopped: .*\. What was there before"):
                child.finish()
        assert not settings.community_dir.exists()

    def test_a_kill_leaves_the_old_one_in_use(self, settings: Settings, folder: Path, file: Path) -> None:
        settings.community_dir.mkdir(parents=True)
        path = settings.community_dir / kept.FILE
        path.write_bytes(file.read_bytes())
        rng = random.Random(1)
        for _ in range(4):
            child = Building(settings, [folder], 5, 5)
            time.sleep(rng.uniform(0.1, 1.5))
            child.kill()
            models.verify(path)
            assert kept.load(path).about.artists == 38


def test_following_it_needs_no_data_stack() -> None:
    held = modules_after("import tui_music.engine.community.building")
    assert not held & {"numpy", "scipy", "duckdb", "pandas", "msgspec"}


def test_a_blend_is_one_list() -> None:
    """C4.2: not two lists side by side: one score, of which each part has its share."""
    counts, tags = invented()
    blend = default_blend().fit(counts, tags)
    profile = counts[[0]]
    total = blend.scores(profile)
    alone = [
        Blend([(model, weight)]).scores(profile) for model, weight in zip(blend.models, blend.weights, strict=True)
    ]
    np.testing.assert_allclose(sum(alone), total, rtol=1e-4, atol=1e-4)
