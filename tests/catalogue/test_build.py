"""Building: what is stored, that serving reckons as building did, that what is damaged is refused, and that no kill
leaves half of anything."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.bench.tracks import table
from tests.catalogue.invented import built, of, song, track_id, write
from tests.test_layers import modules_after
from tui_music.catalogue import store
from tui_music.catalogue.building import BuildFailed, Building
from tui_music.catalogue.catalogue import Catalogue, open_catalogue
from tui_music.catalogue.clusters import nearest
from tui_music.catalogue.features import FEATURES, Components, Pipeline, correlations
from tui_music.catalogue.tables import SOUND
from tui_music.errors import NoCatalogue, UnfitCatalogue


class TestFeatures:
    def test_the_same_pipeline_builds_and_serves(self, invented: Catalogue) -> None:
        """C2.6: with a feature reckoned before scaling at building and after it at serving, 3.1 % of the songs landed
        in their own cluster, and all of them in a single one."""
        raw = invented.raw.T.astype(np.float64)
        assert np.allclose(invented.pipeline.transform(raw), invented.sound, atol=1e-4)
        assert np.mean(nearest(invented.centre, invented.pipeline.transform(raw)) == invented.cluster) > 0.999
        assert np.array_equal(nearest(invented.centre, invented.sound), invented.cluster)
        assert len(np.unique(invented.cluster)) == len(invented.clusters) > 1

    def test_no_feature_is_a_copy_or_a_sum_of_others(self, invented: Catalogue) -> None:
        """C2.1: of thirteen published inputs three were copies and two sums, so that six components "held" 91.99 %."""
        standardised = invented.pipeline.standardised(invented.raw.T.astype(np.float64))
        assert np.linalg.matrix_rank(standardised) == len(FEATURES)
        assert sum(invented.variance) == pytest.approx(1)
        assert list(invented.variance) == sorted(invented.variance, reverse=True)
        plain = standardised[:, :8]
        copied = np.column_stack([plain, plain[:, [1, 7, 6]], 0.6 * plain[:, 0] + 0.4 * plain[:, 1]])
        assert np.linalg.matrix_rank(copied) == 8 < copied.shape[1]
        assert sum(Components.fit(copied).variance[:3]) > sum(Components.fit(plain).variance[:3]) + 0.02

    def test_key_is_a_circle_of_fifths_and_tempo_one_of_octaves(self, tmp_path: Path) -> None:
        """C3.2: as plain numbers C and B are farthest apart, and 70 beats a minute are farther from 140 than 100."""
        base = {"tempo": 100.0}
        rows = [song("Seed", "S", popularity=99, key=0, **base)]
        rows += [song(f"Key {key}", f"K{key}", key=key, **base) for key in (7, 5, 2, 6)]
        catalogue = of(tmp_path / "keys", rows)
        away = ((catalogue.sound - catalogue.sound[:, :1]) ** 2).sum(0).tolist()
        far = {catalogue.track(at).title: away[at] for at in range(5)}
        assert far["Key 7"] == pytest.approx(far["Key 5"])
        assert far["Key 7"] < far["Key 2"] < far["Key 6"]
        rows = [song(f"At {tempo}", f"T{tempo}", tempo=tempo) for tempo in (70, 100, 140)]
        catalogue = of(tmp_path / "tempos", rows)
        place = {catalogue.track(at).title: catalogue.sound[9:11, at] for at in range(3)}
        assert place["At 70"] == pytest.approx(place["At 140"], abs=1e-5)
        assert abs(place["At 70"] - place["At 100"]).max() > 0.5

    def test_what_is_not_known_stands_at_the_mean(self, tmp_path: Path) -> None:
        catalogue = of(tmp_path, [song("A", energy=0.2), song("B", energy=0.6), song("C", energy="", key="")])
        at = {catalogue.track(index).title: index for index in range(3)}
        sound = dict(zip(FEATURES, catalogue.sound, strict=True))
        assert sound["energy"][[at["A"], at["B"], at["C"]]] == pytest.approx([-1, 1, 0])
        assert sound["key x"][at["C"]] == 0
        assert np.isnan(catalogue.track(at["C"]).features[SOUND.index("energy")])
        assert catalogue.means[SOUND.index("energy")] == pytest.approx(0.4)

    def test_correlations_of_what_is_known(self) -> None:
        raw = np.random.default_rng(1).normal(size=(200, 3))
        raw[:, 1] += raw[:, 0]
        assert np.allclose(correlations(raw), np.corrcoef(raw.T))
        raw[:50, 2] = np.nan
        assert correlations(raw)[0, 2] == pytest.approx(np.asarray(np.corrcoef(raw[50:].T))[0, 2])
        raw[:, 2] = np.nan
        assert np.isnan(correlations(raw)[2]).all()

    def test_a_feature_that_never_differs_counts_nothing(self) -> None:
        raw = np.full((5, len(SOUND)), 1.0)
        assert (Pipeline.fit(raw).transform(raw) == 0).all()


class TestClusters:
    def test_they_are_named_by_what_sets_them_apart(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        rows = [
            song(
                f"Song {at}",
                f"Artist {at}",
                energy=round(energy + rng.normal(0, 0.02), 4),
                acousticness=round(1 - energy, 4),
                loudness=-20 + 15 * energy,
            )
            for at, energy in enumerate([0.1] * 40 + [0.9] * 60)
        ]
        catalogue = of(tmp_path, rows, clusters=2)
        (loud, quiet) = catalogue.clusters
        assert (loud.size, quiet.size) == (60, 40), "the largest first"
        assert "energetic" in loud.name or "loud" in loud.name or "electric" in loud.name
        assert {"calm", "quiet", "acoustic"} & set(quiet.name.split(", "))
        assert loud.means[SOUND.index("energy")] == pytest.approx(0.9, abs=0.02)

    def test_how_many_is_said_or_found(self, invented: Catalogue, tmp_path: Path) -> None:
        assert len(invented.silhouette) > 5
        assert len(invented.clusters) <= max(invented.silhouette, key=lambda k: invented.silhouette[k])
        path = table(tmp_path / "x.csv", 500)
        chosen = built(tmp_path / "c", path, clusters=35)
        assert set(chosen.silhouette) == {35}
        assert len(chosen.clusters) == 35
        assert len({each.name for each in chosen.clusters}) == 35
        assert sum(each.size for each in chosen.clusters) == 500

    def test_the_same_every_time(self, tmp_path: Path) -> None:
        path = table(tmp_path / "x.parquet", 400)
        one, other = built(tmp_path / "a", path), built(tmp_path / "b", path)
        for name, array in one._arrays.items():
            assert np.array_equal(array, other._arrays[name], equal_nan=array.dtype.kind == "f"), name


def test_tiny_catalogues(tmp_path: Path) -> None:
    for size in (1, 2, 3):
        catalogue = of(tmp_path / str(size), [song(f"Song {at}", energy=at / 4) for at in range(size)], clusters=None)
        assert catalogue.size == size
        assert len(catalogue.similar(catalogue.find("Song 0").seeds).rows) == size - 1
        assert len(catalogue.similar(catalogue.find("nothing").seeds).rows) == size


def test_hostile_names_are_kept_and_found(tmp_path: Path) -> None:
    names = ["\x1b]0;owned\x07", "[/red]", "\u202eevil", "東京", "a\nb", "'; DROP TABLE x; --", "\x00"]
    rows = [song(f"{name} song", f"by {name}", energy=at / 10) for at, name in enumerate(names)]
    catalogue = of(tmp_path, rows)
    found = {catalogue.track(at).title for at in range(catalogue.size)}
    assert found >= {f"{name} song" for name in names[:-1]}
    assert catalogue.search("東京")[0].title == "東京 song"


def test_several_tables_are_joined(tmp_path: Path) -> None:
    genres = write(tmp_path / "genres.csv", [song("Song", track_id=track_id(1), energy="", genre="folk")])
    other = {"id": track_id(1), "name": "Song", "album": "Here", "artists": "['Aster Vale']", "energy": "0.9"}
    albums = write(tmp_path / "albums.csv", [other])
    track = built(tmp_path / "c", genres, albums).track(0)
    assert (track.genre, track.album) == ("folk", "Here")
    assert track.features[SOUND.index("energy")] == pytest.approx(0.9)


class TestStore:
    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        of(tmp_path, [song("One"), song("Two", energy=0.9)])
        return tmp_path / "catalogue"

    def test_private_and_alone(self, home: Path) -> None:
        store.verify(home)
        (folder,) = home.glob("data-*")
        assert {path.name for path in home.iterdir()} == {folder.name, "catalogue.json"}
        assert all(path.stat().st_mode & 0o077 == 0 for path in [*home.iterdir(), *folder.iterdir()])
        of(home.parent, [song("Three")])
        assert [path for path in home.glob("data-*") if path != folder] == list(home.glob("data-*"))

    def test_whoever_holds_the_old_one_keeps_it(self, home: Path) -> None:
        """And who opens it next sees the new one (C2.8: what was loaded once was never brought up to date)."""
        old = open_catalogue(home)
        of(home.parent, [song("Three")])
        assert {old.track(at).title for at in range(2)} == {"One", "Two"}
        assert open_catalogue(home).track(0).title == "Three"

    def test_none_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(NoCatalogue, match="tui-music catalogue build"):
            open_catalogue(tmp_path)

    def test_what_is_damaged_or_of_another_version_is_refused(self, home: Path) -> None:
        good = (home / "catalogue.json").read_bytes()
        (folder,) = home.glob("data-*")
        for bad in (
            b"",
            b"{",
            good[:-40],
            good.replace(b'"schema":1', b'"schema":99'),
            good.replace(b"data-", b"../data-"),
        ):
            (home / "catalogue.json").write_bytes(bad)
            with pytest.raises(UnfitCatalogue):
                open_catalogue(home)
        (home / "catalogue.json").write_bytes(good)
        for name in ("sound", "titles_data", "year"):
            path = folder / f"{name}.npy"
            whole = path.read_bytes()
            for bad in (
                b"",
                whole[:-1],
                whole + b"x",
                whole[:50],
                b"x" * len(whole),
                whole.replace(b"<f4", b"<f8", 1) + b"y",
            ):
                path.write_bytes(bad)
                with pytest.raises(UnfitCatalogue):
                    open_catalogue(home)
            path.unlink()
            with pytest.raises(UnfitCatalogue, match="missing"):
                open_catalogue(home)
            path.write_bytes(whole)
        damaged = bytearray((folder / "year.npy").read_bytes())
        damaged[-1] ^= 1
        (folder / "year.npy").write_bytes(damaged)
        with pytest.raises(UnfitCatalogue, match="checksum"):
            store.verify(home)

    def test_objects_are_never_loaded(self, home: Path) -> None:
        (folder,) = home.glob("data-*")
        np.save(folder / "year.npy", np.array([{}, {}], object), allow_pickle=True)
        header = msgspec.json.decode((home / "catalogue.json").read_bytes())
        header["sizes"]["year"] = ["|O", [2]]
        (home / "catalogue.json").write_bytes(msgspec.json.encode(header))
        with pytest.raises(UnfitCatalogue):
            open_catalogue(home)

    def test_leavings_of_killed_builds_are_removed_later(self, home: Path) -> None:
        (home / "data-dead").mkdir()
        of(home.parent, [song("Three")])
        assert (home / "data-dead").exists(), "it may be in the making"
        os.utime(home / "data-dead", (0, 0))
        of(home.parent, [song("Four")])
        assert not (home / "data-dead").exists()


class TestProcess:
    def test_it_says_how_far_it_is(self, tmp_path: Path) -> None:
        building, steps = Building(tmp_path / "c", [table(tmp_path / "x.csv", 300)]), []
        while not building.wait(0.01):
            steps.append(building.step.done)
        building.finish()
        assert steps == sorted(steps)
        assert building.step.doing == "done"
        assert open_catalogue(tmp_path / "c").size == 300

    def test_a_failure_says_why_and_changes_nothing(self, tmp_path: Path) -> None:
        of(tmp_path, [song("Old")])
        (tmp_path / "bad.csv").write_bytes(b"a,b\n")
        building = Building(tmp_path / "catalogue", [tmp_path / "bad.csv"], {"title": "a", "artist": "b"})
        with pytest.raises(BuildFailed, match="says nothing of how tracks sound"):
            building.finish()
        assert open_catalogue(tmp_path / "catalogue").track(0).title == "Old"

    def test_following_imports_nothing_heavy(self) -> None:
        held = modules_after("import tui_music.catalogue.building")
        assert not held & {"numpy", "scipy", "sklearn", "duckdb"}

    def test_serving_needs_no_training_stack(self) -> None:
        held = modules_after("import tui_music.catalogue.catalogue, tui_music.catalogue.playlist")
        assert not held & {"sklearn", "scipy", "pandas"}


def killed_somewhere(tmp_path: Path, rng: random.Random, seconds: float, times: int) -> int:
    """Kill builds at random moments; how many had replaced the old catalogue."""
    old = write(tmp_path / "old.csv", [song("Old")])
    new = table(tmp_path / "new.csv", 2_000)
    home, replaced = tmp_path / "catalogue", 0
    for _ in range(times):
        shutil.rmtree(home, ignore_errors=True)
        built(home, old)
        building = Building(home, [new], clusters=3)
        building.wait(rng.random() * seconds)
        building.kill()
        store.verify(home)
        assert open_catalogue(home).size in (1, 2_000)
        replaced += open_catalogue(home).size == 2_000
    return replaced


def test_killed_three_times_the_old_catalogue_is_in_use(tmp_path: Path) -> None:
    killed_somewhere(tmp_path, random.Random(3), 3.0, 3)


@pytest.mark.slow
def test_killed_forty_times_the_old_catalogue_is_in_use(tmp_path: Path) -> None:
    begin = time.monotonic()
    Building(tmp_path / "c", [table(tmp_path / "x.csv", 2_000)], clusters=3).finish()
    replaced = killed_somewhere(tmp_path, random.Random(40), 1.15 * (time.monotonic() - begin), 40)
    assert 0 < replaced < 40
