"""The cache of replies: what is kept is found again, what is damaged, full or locked only makes the program slower."""

from __future__ import annotations

import json
import os
import pickle  # noqa: TID251  # to plant some
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import ClassVar

import diskcache
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tui_music.services import cache as caches
from tui_music.services.cache import DAY, CacheKey, ReplyCache
from tui_music.services.disk import PlainDisk
from tui_music.text import fold

NOW = 1_750_000_000
ILSE = CacheKey("lastfm", "similar_artists", ("Ilse Morn",), 100)


def reply(text: str = "Ilse Morn", size: int = 0) -> bytes:
    return json.dumps({"artist": text, "similar": "x" * size}).encode()


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "cache" / "replies"


@pytest.fixture
def cache(folder: Path) -> ReplyCache:
    return ReplyCache(folder, clock=lambda: NOW)


def names(cache: ReplyCache, method: str = "similar_artists") -> list[str]:
    return [key.args[0] for key, _ in cache.each(method)]


def filled(folder: Path, replies: int = 200) -> Path:
    """The file of a cache of ``Artist 0000`` and on, closed."""
    cache = ReplyCache(folder)
    for at in range(replies):
        cache.put(CacheKey("lastfm", "similar_artists", (f"Artist {at:04}",), 100), reply(size=2_000))
    cache.close()
    assert cache.trouble is None
    return folder / "cache.db"


class TestReplies:
    def test_what_is_put_is_found_with_its_time(self, cache: ReplyCache) -> None:
        assert cache.get(ILSE) is None
        cache.put(ILSE, reply())
        found = cache.get(ILSE)
        assert found
        assert (found.payload, found.fetched_at, found.not_found) == (reply(), NOW, False)
        assert cache.trouble is None

    def test_a_later_reply_takes_the_place_of_an_earlier_one(self, cache: ReplyCache) -> None:
        cache.put(ILSE, reply("first"), fetched_at=NOW - 5)
        cache.put(ILSE, reply("second"))
        found = cache.get(ILSE)
        assert found
        assert (found.payload, found.fetched_at) == (reply("second"), NOW)
        assert cache.stats().entries == 1

    def test_what_a_service_does_not_know_is_remembered(self, cache: ReplyCache) -> None:
        cache.put(ILSE, None)
        found = cache.get(ILSE)
        assert found
        assert found.not_found

    def test_nothing_is_made_by_asking(self, cache: ReplyCache, folder: Path) -> None:
        assert (cache.get(ILSE), names(cache), cache.revision()) == (None, [], 0)
        cache.close()
        cache.clear()
        assert not folder.parent.exists()
        assert cache.trouble is None

    @pytest.mark.parametrize("payload", [b"", b"{", b"\x80\x04", b"{} {}"])
    def test_what_is_no_json_is_a_mistake_of_the_program(self, payload: bytes, cache: ReplyCache) -> None:
        with pytest.raises(ValueError, match=r"JSON|data"):
            cache.put(ILSE, payload)

    def test_many_at_once_are_kept_all_or_none(self, cache: ReplyCache) -> None:
        keys = [CacheKey("lastfm", "m", (f"{at:04}",)) for at in range(1_000)]
        with pytest.raises(ValueError, match="JSON"):
            cache.put_all([*((key, reply()) for key in keys), (ILSE, b"wrong")])
        assert names(cache, "m") == []
        cache.put_all([(key, reply()) for key in keys], fetched_at=NOW - 5)
        assert names(cache, "m") == [key.args[0] for key in keys]
        assert (found := cache.get(keys[5]))
        assert found.fetched_at == NOW - 5

    def test_many_are_kept_at_once(self, cache: ReplyCache) -> None:
        keys = [CacheKey("lastfm", "similar_artists", (f"Artist {at:02}",), 100) for at in range(30)]
        cache.put_all(((key, None if at % 2 else reply(str(at))) for at, key in enumerate(keys)), NOW - DAY)
        assert names(cache) == [key.args[0] for key in keys]
        assert [(found.not_found, found.fetched_at) for _, found in cache.each("similar_artists")] == [
            (bool(at % 2), NOW - DAY) for at in range(30)
        ]

    def test_all_or_none(self, cache: ReplyCache) -> None:
        with pytest.raises(ValueError, match="truncated"):
            cache.put_all([(ILSE, reply()), (CacheKey("lastfm", "top_tags", ("Tallow",)), b"{")])
        assert cache.get(ILSE) is None

    def test_another_run_finds_it(self, cache: ReplyCache, folder: Path) -> None:
        cache.put(ILSE, reply())
        cache.close()
        assert ReplyCache(folder).get(ILSE)

    def test_closed_is_opened_when_needed(self, cache: ReplyCache) -> None:
        cache.put(ILSE, reply("first"))
        cache.close()
        cache.put(ILSE, reply("second"))
        assert (found := cache.get(ILSE))
        assert found.payload == reply("second")

    def test_all_replies_to_a_method_in_the_order_of_their_names(self, cache: ReplyCache) -> None:
        for name in ("Cairn", "Aster", "Björk"):
            cache.put(CacheKey("lastfm", "similar_artists", (name,), 100), reply(name))
            cache.put(CacheKey("lastfm", "similar_artists_of", (name,), 100), reply("another method"))
            cache.put(CacheKey("lastfm", "similar", (name,), 100), reply("another method"))
        cache.put(CacheKey("other", "similar_artists", ("Dale",)), None)
        found = list(cache.each("similar_artists"))
        assert [key.args for key, _ in found] == [("aster",), ("bjork",), ("cairn",), ("dale",)]
        assert [cached.payload for _, cached in found] == [reply("Aster"), reply("Björk"), reply("Cairn"), b"null"]
        assert found[0][0] == CacheKey("lastfm", "similar_artists", ("Aster",), 100)

    def test_the_revision_changes_with_every_reply(self, cache: ReplyCache, folder: Path) -> None:
        seen = [cache.revision()]
        for at in (NOW, NOW, NOW - 50):
            cache.put(ILSE, reply(), fetched_at=at)
            seen.append(cache.revision())
        assert len(set(seen)) == 4
        assert ReplyCache(folder).revision() == seen[-1], "kept over runs"
        cache.clear()
        cache.put(ILSE, reply())
        assert cache.revision() not in seen

    def test_the_revision_of_some_methods_changes_with_their_replies_alone(self, cache: ReplyCache) -> None:
        cache.put(ILSE, reply())
        before, whole = cache.revision("similar_artists", "top_tags"), cache.revision()
        cache.put(CacheKey("lastfm", "top_tracks", ("Ilse",), 20), reply())
        assert cache.revision("similar_artists", "top_tags") == before
        assert cache.revision() != whole
        cache.put(CacheKey("lastfm", "top_tags", ("Ilse",)), reply())
        assert cache.revision("similar_artists", "top_tags") != before

    def test_clear_removes_everything(self, cache: ReplyCache, folder: Path) -> None:
        cache.put(ILSE, reply())
        (folder.with_name("replies.damaged")).mkdir()
        cache.clear()
        assert list(folder.parent.iterdir()) == []
        assert cache.stats() == caches.CacheStats(0, 0, 0, 0, 0)
        cache.put(ILSE, reply())
        assert cache.get(ILSE)


class TestKeys:
    @given(st.lists(st.text(), min_size=1, max_size=3), st.lists(st.text(), min_size=1, max_size=3))
    def test_equal_after_folding_or_apart(self, one: list[str], other: list[str]) -> None:
        """Through the text that is kept: what the cache tells apart is what the keys tell apart."""
        first, second = (CacheKey("lastfm", "m", tuple(args)) for args in (one, other))
        assert (first == second) == (list(map(fold, one)) == list(map(fold, other)))
        assert (caches._text(first) == caches._text(second)) == (first == second)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["a", "b", "a,b", 'a"']),
                st.sampled_from(["m", "m,", 'm"']),
                st.lists(st.sampled_from(["x", "y", "x,y", '"', "[", "x y", "", "null"]), max_size=3).map(tuple),
                st.none() | st.integers(0, 2),
            ),
            min_size=2,
            max_size=2,
            unique=True,
        )
    )
    def test_service_method_arguments_and_limit_all_count(
        self, parts: list[tuple[str, str, tuple[str, ...], int | None]]
    ) -> None:
        one, other = (CacheKey(*each) for each in parts)
        assert (caches._text(one) == caches._text(other)) == (one == other)
        assert (one == other) <= (parts[0][:2] + parts[0][3:] == parts[1][:2] + parts[1][3:])

    def test_a_shorter_list_is_another_question(self, cache: ReplyCache) -> None:
        """C0.19: an entry of 50 must not answer a question for 100."""
        cache.put(CacheKey("lastfm", "similar_artists", ("Ilse Morn",), 50), reply())
        assert cache.get(ILSE) is None

    def test_names_are_folded_and_ids_are_not(self, cache: ReplyCache) -> None:
        cache.put(CacheKey("lastfm", "top_tags", ("BJÖRK",)), reply())
        assert cache.get(CacheKey("lastfm", "top_tags", ("  björk ",)))
        mbid = "A74B1B7F-71A5-4011-9441-D0B5E4122711"
        assert CacheKey("musicbrainz", "mb_artist", (mbid,)).args == (mbid.lower(),)


class TestFreshness:
    @pytest.mark.parametrize(
        ("method", "payload", "days", "fresh_for"),
        [
            ("artist_info", b"{}", 30, 30),
            ("artist_info", b"{}", 2, 2),
            ("similar_artists", b"{}", 30, 30),
            ("similar_artists", b"{}", 2, 7),
            ("lb_similar", b"{}", 2, 7),
            ("top_tracks", b"{}", 2, 7),
            ("top_tags", b"{}", 2, 7),
            ("similar_artists", None, 30, 7),
            ("artist_info", None, 2, 7),
        ],
    )
    def test_days(self, method: str, payload: bytes | None, days: int, fresh_for: int, folder: Path) -> None:
        cache, key = ReplyCache(folder, days, clock=lambda: NOW), CacheKey("lastfm", method, ("Ilse Morn",))
        for age, fresh in ((0, True), (fresh_for * DAY - 1, True), (fresh_for * DAY, False)):
            cache.put(key, payload, fetched_at=NOW - age)
            assert (found := cache.get(key))
            assert cache.fresh(found) == fresh
            assert cache.fresh(found, now=NOW + 400 * DAY) is False

    def test_a_reply_from_the_future_is_fetched_anew(self, cache: ReplyCache) -> None:
        cache.put(ILSE, reply(), fetched_at=NOW + 3 * DAY)
        assert (found := cache.get(ILSE))
        assert not cache.fresh(found)
        cache.put(ILSE, reply(), fetched_at=NOW + 60)
        assert (found := cache.get(ILSE))
        assert cache.fresh(found), "clocks differ by a little"


class TestCounts:
    def test_hits_misses_and_stale(self, cache: ReplyCache, folder: Path) -> None:
        cache.get(ILSE)
        cache.put(ILSE, reply())
        cache.get(ILSE)
        cache.get(ILSE)
        cache.put(ILSE, reply(), fetched_at=NOW - 50 * DAY)
        cache.get(ILSE)
        cache.served_stale()
        stats = cache.stats()
        assert (stats.hits, stats.misses, stats.stale, stats.entries) == (2, 2, 1, 1)
        assert len(reply()) < stats.bytes < len(reply()) + 50
        cache.close()
        assert ReplyCache(folder).stats() == stats, "kept over runs"

    def test_a_hit_is_not_a_write(self, cache: ReplyCache, folder: Path) -> None:
        cache.put(ILSE, reply())
        cache.close()
        before = (folder / "cache.db").stat().st_mtime_ns
        for _ in range(caches._COUNTED - 1):
            cache.get(ILSE)
        assert (folder / "cache.db").stat().st_mtime_ns == before
        cache.get(ILSE)
        assert cache.stats().hits == ReplyCache(folder).stats().hits == caches._COUNTED


class TestTheCap:
    def test_the_oldest_of_last_fm_go_and_no_others(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(caches, "CAP", 100_000)
        monkeypatch.setattr(caches, "_ROOM", 5_000)
        cache, order = ReplyCache(folder), random.Random(5).sample(range(300), 300)
        for service in ("musicbrainz", "lastfm"):
            for at in order:
                cache.put(CacheKey(service, f"of_{service}", (f"{at:03}",)), reply(size=1_000), fetched_at=NOW + at)
                sizes = [len(cached.payload) for _, cached in cache.each("of_lastfm")] if at % 20 == 0 else []
                assert sum(sizes) <= 100_000
        assert len(names(cache, "of_musicbrainz")) == 300
        kept = {int(name) for name in names(cache, "of_lastfm")}
        assert 70 <= len(kept) <= 100
        unlucky = set(range(300)) - kept
        assert sum(at > 200 for at in unlucky) <= 0.2 * 100, "those that stay are the latest, but for what came early"
        assert max(kept) == 299
        assert cache.trouble is None

    def test_in_order_of_fetching(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(caches, "CAP", 30_000)
        monkeypatch.setattr(caches, "_ROOM", 2_000)
        cache = ReplyCache(folder)
        for at in range(200):
            cache.put(CacheKey("lastfm", "m", (f"{at:03}",)), reply(size=1_000), fetched_at=NOW + at)
        kept = [int(name) for name in names(cache, "m")]
        assert kept == list(range(200 - len(kept), 200))
        assert 24 <= len(kept) <= 29
        cache.put_all([(CacheKey("lastfm", "n", (f"{at}",)), reply(size=1_000)) for at in range(15)])
        assert cache.stats().bytes <= 30_000
        assert len(names(cache, "n")) == 15


class TestPrivacy:
    def test_only_the_owner_can_read(self, folder: Path) -> None:
        before = os.umask(0)
        try:
            folder.mkdir(parents=True)
            (folder / "cache.db").touch()
            cache = ReplyCache(folder)
            cache.put(ILSE, reply())
            assert {path.name for path in folder.iterdir()} == {"cache.db", "cache.db-wal", "cache.db-shm"}
            assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600] * 3
            assert folder.stat().st_mode & 0o777 == 0o700
        finally:
            os.umask(before)


class Planted:
    """Unpickled, it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


class TestPickles:
    @pytest.fixture
    def ran(self, tmp_path: Path) -> Path:
        return tmp_path / "ran"

    def plant(self, folder: Path, ran: Path) -> None:
        """Pickles where diskcache would load them: values in the row and in a file, and a key."""
        code = pickle.dumps(Planted(ran))
        filled(folder, 4)
        (folder / "planted.val").write_bytes(code)
        with closing(sqlite3.connect(folder / "cache.db")) as connection, connection:
            of = "UPDATE Cache SET {} WHERE key LIKE '%artist 000{}%'"
            connection.execute(of.format("mode = 4, value = ?", 0), (code,))
            connection.execute(of.format("mode = 4, value = NULL, filename = 'planted.val'", 1))
            connection.execute(of.format("raw = 0, key = ?", 2), (code,))

    def test_are_dangerous_to_diskcache_alone(self, folder: Path, ran: Path) -> None:
        self.plant(folder, ran)
        with closing(diskcache.Cache(folder)) as plain:
            list(plain)
        assert ran.exists()

    def test_are_refused(self, folder: Path, ran: Path) -> None:
        self.plant(folder, ran)
        cache = ReplyCache(folder)
        assert names(cache) == ["artist 0003"]
        for at, found in enumerate((False, False, False, True)):
            key = CacheKey("lastfm", "similar_artists", (f"Artist 000{at}",), 100)
            assert bool(cache.get(key)) == found
            cache.put(key, reply())
            assert cache.get(key)
        cache.stats()
        cache.clear()
        assert not ran.exists()

    def test_a_row_cannot_name_a_file_to_be_removed(self, folder: Path, tmp_path: Path) -> None:
        precious = tmp_path / "precious"
        precious.touch()
        with closing(sqlite3.connect(filled(folder, 1))) as connection, connection:
            connection.execute("UPDATE Cache SET mode = 2, filename = ?", (os.path.relpath(precious, folder),))
        cache, key = ReplyCache(folder), CacheKey("lastfm", "similar_artists", ("Artist 0000",), 100)
        assert cache.get(key) is None
        cache.put(key, reply())
        assert cache.get(key)
        cache.clear()
        assert precious.exists()

    def test_are_refused_by_the_disk_itself(self, folder: Path, ran: Path) -> None:
        self.plant(folder, ran)
        with closing(diskcache.Cache(folder, disk=PlainDisk)) as opened:
            with pytest.raises(ValueError, match="no text"):
                list(opened)
            with closing(sqlite3.connect(folder / "cache.db")) as connection:
                keys = connection.execute("SELECT key FROM Cache WHERE raw = 1").fetchall()
            for at, (key,) in enumerate(sorted(keys)[:2]):
                assert f"000{at}" in key
                with pytest.raises(ValueError, match="no plain bytes"):
                    opened.get(key)
            for key, value in ((("a", "tuple"), b"{}"), ("key", {"a": 1}), (b"key", b"{}"), ("key", "text")):
                with pytest.raises(ValueError, match="of the cache must be"):
                    opened.set(key, value)
        assert not ran.exists()


def spoil(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def setting(name: str, value: object) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (name, value))

    return change


def statements(*script: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(";".join(script))

    return change


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a cache as it should be."""
    return filled(tmp_path_factory.mktemp("sound"))


class TestDamage:
    DAMAGES: ClassVar[dict[str, Callable[[Path], object]]] = {
        "garbage": lambda path: path.write_bytes(random.Random(5).randbytes(50_000)),
        "text": lambda path: path.write_text("no cache at all\n" * 500),
        "truncated": truncate,
        "overwritten pages": lambda path: spoil(path, 4096, random.Random(5).randbytes(path.stat().st_size - 8192)),
        "overwritten schema": lambda path: spoil(path, 100, b"\xff" * 3000),
        "no tables of ours": statements("DROP TABLE Cache", "CREATE TABLE Cache (a)"),
        "setting unknown to the disk": setting("disk_unknown", 5),
        "setting that is a method": setting("keep", 5),
        "setting that is a property": setting("directory", 5),
        "sums that are no numbers": statements("UPDATE Settings SET value = 'many'", "UPDATE Counts SET n = 'many'"),
    }

    @pytest.mark.parametrize("damage", DAMAGES)
    def test_the_program_goes_on(self, damage: str, folder: Path) -> None:
        type(self).DAMAGES[damage](filled(folder))
        cache = ReplyCache(folder)
        for _ in range(2):
            cache.get(ILSE)
            names(cache)
            assert all(number >= 0 for number in astuple(cache.stats()))
            assert cache.revision() >= 0
            cache.put(ILSE, reply())
            assert (found := cache.get(ILSE))
            assert found.payload == reply()
        cache.close()
        again = ReplyCache(folder)
        assert again.get(ILSE)
        assert again.trouble is None
        assert sorted(path.name for path in folder.parent.iterdir()) in (["replies"], ["replies", "replies.damaged"])
        assert folder.stat().st_mode & 0o777 == 0o700

    @example(2306, b"\x80", False)
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(0, 2**20), st.binary(min_size=1, max_size=5_000), st.booleans())
    def test_whatever_is_damaged(self, sound: Path, tmp_path: Path, where: int, data: bytes, cut: bool) -> None:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        path, size = Path(shutil.copy(sound, folder)), sound.stat().st_size
        spoil(path, where % size, data)
        if cut:
            os.truncate(path, where % size)
        cache = ReplyCache(folder)
        for _ in range(2):
            cache.get(ILSE)
            cache.put(ILSE, reply())
            names(cache)
            cache.stats()
            cache.revision()
        assert (found := cache.get(ILSE))
        assert found.payload == reply()
        cache.clear()

    def test_it_is_said_and_at_most_one_is_kept(self, folder: Path) -> None:
        for times in range(3):
            filled(folder, 3).write_bytes(b"garbage %d" % times * 500)
            cache = ReplyCache(folder)
            assert cache.get(ILSE) is None
            assert cache.trouble == (
                f"The cache of replies was damaged; it was moved to {folder}.damaged, and a new one is made."
            )
            assert not folder.exists()
        assert [path.name for path in folder.parent.iterdir()] == ["replies.damaged"]
        assert (folder.parent / "replies.damaged" / "cache.db").read_bytes().startswith(b"garbage 2")

    @pytest.mark.parametrize("value", [b"", b"\x00", b"x\x9c\x03\x00", b'{"at":1', b"5", b"null", "text", None, 5])
    def test_a_bad_value_costs_itself(self, value: object, folder: Path) -> None:
        with closing(sqlite3.connect(filled(folder, 3))) as connection, connection:
            connection.execute("UPDATE Cache SET value = ? WHERE key LIKE '%0001%'", (value,))
            connection.execute("UPDATE Cache SET key = CAST(x'5B2273696D696C61725F61727469737473222CFF' AS TEXT)"
                               " WHERE key LIKE '%0002%'")  # fmt: skip
        cache = ReplyCache(folder)
        assert names(cache) == ["artist 0000"]
        key = CacheKey("lastfm", "similar_artists", ("Artist 0001",), 100)
        assert cache.get(key) is None
        assert cache.trouble == f"A reply in the cache in {folder} cannot be read; it is fetched again when needed."
        cache.put(key, reply())
        assert cache.get(key)
        assert names(cache) == ["artist 0000", "artist 0001"]

    def test_an_empty_file_is_an_empty_cache(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "cache.db").touch()
        cache = ReplyCache(folder)
        assert (cache.get(ILSE), cache.revision(), cache.stats().entries) == (None, 0, 0)
        cache.put(ILSE, reply())
        assert cache.get(ILSE)
        assert cache.trouble is None

    def test_a_folder_in_place_of_the_file(self, folder: Path) -> None:
        (folder / "cache.db").mkdir(parents=True)
        cache = ReplyCache(folder)
        cache.put(ILSE, reply())
        assert cache.get(ILSE) is None
        assert cache.trouble
        assert str(folder) in cache.trouble

    def test_a_file_in_place_of_the_folder(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True)
        folder.write_text("")
        cache = ReplyCache(folder)
        cache.put(ILSE, reply())
        assert cache.get(ILSE) is None
        assert cache.trouble
        assert str(folder) in cache.trouble

    def test_removed_by_somebody_meanwhile(self, cache: ReplyCache, folder: Path) -> None:
        cache.put(ILSE, reply())
        folder.rename(folder.with_name("elsewhere"))
        assert cache.get(ILSE) is None
        cache.put(ILSE, reply("again"))
        assert (found := cache.get(ILSE))
        assert found.payload == reply("again")


def alone(script: str, *arguments: object) -> list[str]:
    """The command of a script on a cache in a process of its own, imports done before it gives up its rights."""
    start = (
        "import os, resource, sys\nfrom pathlib import Path\nimport tui_music.services.disk\n"
        "from tui_music.services.cache import CacheKey, ReplyCache\n"
        "def key(n): return CacheKey('lastfm', 'similar_artists', (f'Artist {n:04}',), 100)\n"
        "cache = ReplyCache(Path(sys.argv[1]))\n"
    )
    return [sys.executable, "-c", start + script, *map(str, arguments)]


def said(script: str, *arguments: object) -> list[str]:
    done = subprocess.run(alone(script, *arguments), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


class TestHindrances:
    def test_a_full_disk(self, folder: Path) -> None:
        """Played by a limit on the size of files."""
        filled(folder)
        script = """
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
cache.put(key(9999), b'"%s"' % (b'x' * 2_000_000))
print(cache.get(key(9999)) is None, len(list(cache.each('similar_artists'))), cache.get(key(7)) is not None)
print(cache.trouble)
"""
        for size in (0, 20_000, 400_000):
            known, trouble = said(script, folder, size)
            assert known == "True 200 True"
            assert trouble.startswith(f"The cache in {folder} ")
            assert trouble.endswith("new replies are not kept.")
        cache = ReplyCache(folder)
        cache.put(ILSE, reply())
        assert cache.get(ILSE)
        assert len(names(cache)) == 201
        assert cache.trouble is None

    def test_read_only(self) -> None:
        """As somebody who may not write; root gives up its rights for that."""
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "replies"
            file = filled(folder)
            for path, mode in ((file, 0o444), (folder, 0o555), (Path(place), 0o755)):
                path.chmod(mode)
            script = """
cache.revision()  # what it imports may not be readable afterwards
if os.geteuid() == 0:
    os.setuid(65534)
print(len(list(cache.each('similar_artists'))), cache.get(key(7)) is not None, cache.stats().hits, cache.revision() > 0)
print(cache.trouble)
cache.put(key(9999), b'{}')
print(cache.get(key(9999)), cache.trouble)
"""
            seen, before, after = said(script, folder)
            assert seen == "200 True 1 True"
            assert before == "None", "nothing is wrong as long as nothing is to be kept"
            assert after.startswith(f"None The cache in {folder} cannot be used (")
            folder.chmod(0o700)

    def test_held_by_another_program(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(caches, "PATIENCE", 0.1)
        cache = ReplyCache(folder)
        with closing(sqlite3.connect(filled(folder), isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            started = time.monotonic()
            cache.put(ILSE, reply())
            assert time.monotonic() - started < 30, "diskcache alone tries for 60 s"
            assert cache.trouble == f"The cache in {folder} is held by another program; new replies are not kept."
            assert len(names(cache)) == 200, "reading needs no lock"
            assert cache.stats().entries == 200
        cache.put(ILSE, reply())
        assert cache.get(ILSE) is None, "it is not tried again at once"
        monkeypatch.setattr("time.monotonic", lambda: started + 1000)
        cache.put(ILSE, reply())
        assert cache.get(ILSE)
        assert cache.trouble is None

    def test_held_while_it_is_open(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(caches, "PATIENCE", 0.1)
        cache = ReplyCache(folder)
        cache.put(ILSE, reply())
        with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            cache.put(ILSE, reply("another"))
            assert "held by another program" in str(cache.trouble)
        assert (found := cache.get(ILSE))
        assert found.payload == reply()

    def test_held_before_anybody_can_read(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(caches, "PATIENCE", 0.1)
        folder.mkdir(parents=True)
        with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            other.execute("CREATE TABLE Other (a)")
            cache = ReplyCache(folder)
            assert (cache.get(ILSE), names(cache)) == (None, [])
            assert cache.trouble == f"The cache in {folder} is held by another program; the program goes on without it."


class TestSharing:
    def test_two_processes(self, folder: Path) -> None:
        script = "for n in range(150):\n    cache.put(key(n % 100 + int(sys.argv[2])), b'{}')\nprint(cache.trouble)"
        answers: list[list[str]] = []
        threads = [threading.Thread(target=lambda at=at: answers.append(said(script, folder, at))) for at in (0, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [["None"], ["None"]]
        assert names(ReplyCache(folder)) == [f"artist {n:04}" for n in range(150)]

    def test_threads(self, cache: ReplyCache) -> None:
        def work(first: int) -> None:
            for at in range(first, first + 50):
                key = CacheKey("lastfm", "m", (f"{at:03}",))
                cache.put(key, reply())
                assert cache.get(key)

        threads = [threading.Thread(target=work, args=(first,)) for first in (0, 25, 50, 75)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(names(cache, "m")) == 125
        assert cache.stats().hits == 200
        assert cache.trouble is None

    def test_killed_while_it_writes(self, folder: Path) -> None:
        script = "print('ready', flush=True)\nfor n in range(9000):\n    cache.put(key(n), b'\"%s\"' % (b'x' * 3000))"
        for times in range(4):
            with subprocess.Popen(alone(script, folder), stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout
                process.stdout.readline()
                time.sleep(0.05 + 0.05 * times)
                process.send_signal(signal.SIGKILL)
            cache = ReplyCache(folder)
            found = list(cache.each("similar_artists"))
            assert [key.args[0] for key, _ in found] == [f"artist {n:04}" for n in range(len(found))]
            assert {len(cached.payload) for _, cached in found} <= {3002}
            assert cache.trouble is None
            with closing(sqlite3.connect(folder / "cache.db")) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
