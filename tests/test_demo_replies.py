"""The demo's replies: made again the same, marked as invented, like those of real services, and kept once."""

from __future__ import annotations

import json
import math
import statistics
import unicodedata
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from demo_names import SPELLINGS, STRANGERS
from make_demo import REPLIES, demo_artists, demo_replies

import tui_music
from tests.commands import Run, runner
from tests.exports import imported
from tui_music import demo
from tui_music.demo import LISTENER, demo_zip, keep_replies, prepare
from tui_music.errors import NotFound, Offline
from tui_music.library.library import Library
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.services.gateway import Services
from tui_music.services.replies import ArtistInfo, SimilarArtists, SimilarTracks, TopTags, TopTracks
from tui_music.settings import Settings, load
from tui_music.text import fold

TYPES = {
    "similar_artists": SimilarArtists,
    "similar_tracks": SimilarTracks,
    "top_tags": TopTags,
    "top_tracks": TopTracks,
    "artist_info": ArtistInfo,
}
SHIPPED = demo_zip().with_name("replies.zip")
Lines = list[tuple[str, list[str], int | None, Any]]
Similar = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def made() -> bytes:
    return demo_replies()[REPLIES]


@pytest.fixture(scope="module")
def lines(made: bytes) -> Lines:
    return [tuple(json.loads(line)) for line in made.splitlines()]


@pytest.fixture(scope="module")
def heard() -> set[str]:
    """Everyone in the demo's history, folded."""
    with zipfile.ZipFile(demo_zip()) as archive:
        rows = [row for name in archive.namelist() if name.endswith(".json") for row in json.loads(archive.read(name))]
    return {fold(name) for row in rows if (name := row["master_metadata_album_artist_name"])}


@pytest.fixture(scope="module")
def similar(lines: Lines) -> Similar:
    """Folded names: of whom was asked, who was named, and the match."""
    return {
        fold(asked[0]): {fold(each["name"]): each["match"] for each in reply["similar"]}
        for method, asked, _, reply in lines
        if method == "similar_artists" and reply
    }


def of(lines: Lines, method: str) -> dict[str, Any]:
    return {asked[0]: reply for each, asked, _, reply in lines if each == method and reply}


class TestTheReplies:
    def test_the_generator_writes_the_shipped_file_byte_for_byte(self, made: bytes) -> None:
        with zipfile.ZipFile(SHIPPED) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [REPLIES]
            assert archive.read(REPLIES) == made
        assert SHIPPED.stat().st_size < 400_000

    def test_each_is_of_its_type_and_says_that_it_is_invented(self, lines: Lines) -> None:
        for method, _, _, reply in lines:
            if reply is not None:
                assert reply["invented"] is True
                msgspec.convert(reply, TYPES[method])
        assert "invented" in REPLIES

    def test_no_two_answer_the_same_question(self, lines: Lines) -> None:
        keys = {CacheKey("lastfm", method, tuple(asked), limit) for method, asked, limit, _ in lines}
        assert len(keys) == len(lines)
        assert all(all(key.args) for key in keys), "every name folds to something"

    def test_hundreds_were_never_played_and_are_named_by_those_who_were(
        self, similar: Similar, heard: set[str]
    ) -> None:
        assert len(similar.keys() - heard) > 700
        assert len(similar.keys() & heard) > 350
        named = {name for asked in heard & similar.keys() for name in similar[asked]}
        assert 600 <= len(named - heard) <= 1_000
        for most_played in ("vesper & the lamps", "halden choir", "東ノ宮", "nine fathoms"):
            assert len(similar[most_played].keys() - heard) >= 5

    def test_nobody_is_like_himself_and_the_best_match_is_one(self, lines: Lines) -> None:
        for asked, reply in of(lines, "similar_artists").items():
            matches = [each["match"] for each in reply["similar"]]
            assert matches == sorted(matches, reverse=True)
            assert matches[0] == 1
            assert matches[-1] > 0
            assert fold(asked) not in {fold(each["name"]) for each in reply["similar"]}

    def test_similarity_holds_one_way_more_often_than_both_and_is_rarely_the_same(self, similar: Similar) -> None:
        pairs = [(one, other) for one, named in similar.items() for other in named if other in similar]
        both = [(one, other) for one, other in pairs if one in similar[other]]
        assert 0.3 < len(both) / len(pairs) < 0.6
        assert sum(similar[one][other] == similar[other][one] for one, other in both) < 0.1 * len(both)

    def test_it_follows_the_genres_and_joins_them(self, similar: Similar) -> None:
        genre = {fold(artist.name): artist.genre.name for group in demo_artists() for artist in group}
        pairs = [(genre[one], genre[other]) for one in similar for other in similar[one]]
        assert 0.7 < sum(one == other for one, other in pairs) / len(pairs) < 0.9
        assert ("dream pop", "slowcore") in pairs
        assert ("choral", "hip hop") not in pairs
        reached, new = set[str](), {"vesper & the lamps"}
        while new:
            reached |= new
            new = {other for one in new for other in similar.get(one, ())} - reached
        assert len(reached) > 0.95 * len(genre)

    def test_tags_count_from_a_hundred_down(self, lines: Lines) -> None:
        tags = [[(tag["name"], tag["count"]) for tag in reply["tags"]] for reply in of(lines, "top_tags").values()]
        assert all(each == [] or each[0][1] == 100 for each in tags)
        assert all(1 <= count <= 100 for each in tags for _, count in each)
        used = Counter(name for each in tags for name, _ in each)
        assert used["ambient"] > 60
        assert used["seen live"] > 30
        assert 100 < len(used) < 250
        assert statistics.mean(map(len, tags)) > 5

    def test_a_few_have_nearly_all_listeners(self, lines: Lines) -> None:
        logs = [math.log(reply["listeners"]) for reply in of(lines, "artist_info").values()]
        assert 1.5 < statistics.stdev(logs) < 2.3
        assert abs(statistics.mean(logs) - statistics.median(logs)) < 0.2  # log-normal
        assert all(reply["plays"] > 0 for reply in of(lines, "artist_info").values())

    def test_top_songs_are_the_artists_own_and_those_of_the_history_are_among_them(self, lines: Lines) -> None:
        tops = of(lines, "top_tracks")
        assert "Slow Harbour" in [each["title"] for each in tops["Vesper & the Lamps"]["tracks"]]
        for reply in tops.values():
            listeners = [each["listeners"] for each in reply["tracks"]]
            assert listeners == sorted(listeners, reverse=True)
            assert 1 <= len(listeners) <= 20

    def test_the_best_songs_of_the_loved_have_songs_like_them(self, lines: Lines) -> None:
        asked = [tuple(asked) for method, asked, _, _ in lines if method == "similar_tracks"]
        assert ("Vesper & the Lamps", "Slow Harbour") in asked
        assert ("Halden Choir", "Winter Ferry") in asked
        assert len(asked) > 150

    def test_something_is_missing_everywhere(self, lines: Lines) -> None:
        """As with real services: unknown artists, replies never asked for, artists without a tag."""
        everybody = {asked[0] for _, asked, _, _ in lines}
        for method in ("similar_artists", "top_tags", "top_tracks", "artist_info"):
            assert 0.85 < len(of(lines, method)) / len(everybody) < 0.98
        assert 20 < sum(reply is None for *_, reply in lines) < 80
        assert any(reply["tags"] == [] for reply in of(lines, "top_tags").values())

    def test_services_spell_some_in_their_own_way(self, lines: Lines) -> None:
        said = {each["name"] for reply in of(lines, "similar_artists").values() for each in reply["similar"]}
        for name, spelling in SPELLINGS.items():
            assert name != spelling
            assert fold(name) == fold(spelling)
            assert spelling in said
            assert name not in said

    def test_names_are_as_odd_as_those_of_the_history(self, lines: Lines) -> None:
        said = {each["name"] for reply in of(lines, "similar_artists").values() for each in reply["similar"]}
        assert len(said & {name for name, _ in STRANGERS}) >= len(STRANGERS) - 3
        odd = "".join(said)
        assert {"\x1b", "\x9b", "\u202e", "\t", "\n", "🦊", "ก", "क", "ת", "م"} <= set(odd)
        assert any(map(unicodedata.combining, odd))
        starts = {name[0] for name in said}
        assert {"=", "+", "-", "@", "#", "["} <= starts
        assert any(each["name"].startswith("=") for reply in of(lines, "top_tags").values() for each in reply["tags"])


@pytest.fixture
def settings(home: Path) -> Settings:
    return load().for_demo()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


def revision(settings: Settings) -> int:
    return ReplyCache(settings.replies_dir).revision()


class TestKeepingThem:
    def test_they_answer_without_a_network(self, settings: Settings) -> None:
        keep_replies(settings)
        with Services(settings, offline=True) as services:
            near = services.similar_artists("VESPER & THE LAMPS")
            assert near.from_cache
            assert not near.stale
            assert near.value is not None
            assert near.value.artist == "Vesper & The Lamps"
            assert len(near.value.similar) > 20
            top = services.top_tracks("Lantern Year").value
            assert top is not None
            assert {"Low Tide", "Ember Days", "Winter Ferry"} <= {each.title for each in top.tracks}
            with pytest.raises(Offline):
                services.similar_artists("Someone Real")

    def test_they_are_written_once(self, settings: Settings) -> None:
        keep_replies(settings)
        before = revision(settings)
        keep_replies(settings)
        assert before == revision(settings) > 0

    def test_they_are_renewed_when_they_are_old(self, settings: Settings) -> None:
        keep_replies(settings)
        before = revision(settings)
        keep_replies(replace(settings, cache_days=0))
        assert revision(settings) > before

    def test_they_come_back_into_an_empty_cache(self, settings: Settings) -> None:
        keep_replies(settings)
        cache = ReplyCache(settings.replies_dir)
        cache.clear()
        keep_replies(settings)
        assert cache.stats().entries > 4_000

    def test_newer_ones_take_their_place(self, settings: Settings, tmp_path: Path, monkeypatch: Any) -> None:
        keep_replies(settings)
        with zipfile.ZipFile(tmp_path / "replies.zip", "w") as archive:
            archive.writestr(REPLIES, json.dumps(["artist_info", ["Tallow"], None, {"artist": "TALLOW"}]))
        monkeypatch.setattr(demo, "_shipped", lambda name: tmp_path / name)
        keep_replies(settings)
        with Services(settings, offline=True) as services:
            assert services.artist_info("Tallow").value == ArtistInfo("TALLOW")

    def test_an_older_demo_gets_them(self, settings: Settings, run: Run) -> None:
        imported(Library(settings.library_file), demo_zip(), listener=LISTENER)
        assert not settings.replies_dir.exists()
        assert run("--demo", "stats", "--json").json["plays"] > 39_000
        with Services(settings, offline=True) as services:
            assert services.top_tags("Halden Choir").value

    def test_the_person_s_own_cache_gets_none(self, settings: Settings) -> None:
        prepare(settings)
        assert not load().replies_dir.exists()
        assert settings.library_file.exists()

    def test_a_cache_that_cannot_be_written_does_not_stop_the_demo(self, settings: Settings) -> None:
        settings.cache_dir.mkdir(parents=True)
        settings.replies_dir.write_bytes(b"in the way")
        keep_replies(settings)
        assert settings.replies_dir.read_bytes() == b"in the way"

    def test_without_the_file_it_is_said(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(demo, "__file__", "/nowhere/tui_music/demo.py")
        with pytest.raises(NotFound, match=r"replies\.zip"):
            keep_replies(settings)


def test_nothing_in_the_engine_knows_the_demo() -> None:
    engine = Path(tui_music.__file__).parent / "engine"
    text = "".join(path.read_text(encoding="utf-8") for path in engine.rglob("*.py"))
    assert "demo" not in text.lower()
    assert "invented" not in text.lower()
