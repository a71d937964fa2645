"""Real exports that are not part of the project: imported whole, and counted again without any of its code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.exports import answers, assert_healthy, imported, new_library, shortened, write
from tui_music.importers.columns import Reason
from tui_music.library.library import Library

pytestmark = pytest.mark.real_data

Row = dict[str, Any]
TRACK, ARTIST, ALBUM = (f"master_metadata_{name}" for name in ("track_name", "album_artist_name", "album_album_name"))
COUNTED_MS = 30_000
ZONE = ZoneInfo("America/New_York")  # set, not guessed; it has summer time


@pytest.fixture(scope="module")
def export() -> Path:
    return Path(os.environ["TUI_MUSIC_REAL_DATA"]).absolute() / "spotify-export" / "my_spotify_data.zip"


@pytest.fixture(scope="module")
def files(export: Path) -> dict[str, list[Row]]:
    with zipfile.ZipFile(export) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


@pytest.fixture(scope="module")
def rows(files: dict[str, list[Row]]) -> list[Row]:
    return [row for part in files.values() for row in part]


@pytest.fixture(scope="module")
def library(export: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = new_library(tmp_path_factory.mktemp("real") / "home")
    imported(library, export)
    write(library.path.with_name("settings.toml"), f'zone = "{ZONE.key}"'.encode())
    return library


@dataclass(frozen=True)
class Play:
    """A play of music, by the rules of the README and by no code of the project."""

    start: datetime
    end: datetime
    ms: int
    artist: str
    track: str
    album: str | None


@pytest.fixture(scope="module")
def music(rows: list[Row]) -> list[Play]:
    """Every play of music once, in order of start, in local time."""
    distinct: dict[tuple[object, ...], Row] = {}
    for row in rows:
        if row[TRACK] and row[ARTIST]:
            key = (row["ts"], row["ms_played"], row[ARTIST].strip(), row[TRACK].strip())
            if key not in distinct or (distinct[key][ALBUM] is None and row[ALBUM]):
                distinct[key] = row
    plays = []
    for row in distinct.values():
        end = datetime.strptime(row["ts"], "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
        start = end - timedelta(seconds=-(-row["ms_played"] // 1000))
        names = (row[ARTIST].strip(), row[TRACK].strip(), row[ALBUM])
        plays.append(Play(start.astimezone(ZONE), end, row["ms_played"], *names))
    return sorted(plays, key=lambda play: play.start)


def asked(library: Library, *arguments: str) -> Any:
    command = [sys.executable, "-m", "tui_music", "--library", str(library.path.parent), *arguments, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_every_row_is_accounted_for(export: Path, files: dict[str, list[Row]], rows: list[Row], tmp_path: Path) -> None:
    library = new_library(tmp_path / "home")
    report = imported(library, export)
    assert report.read == len(rows) == 41_418
    assert {Path(file.path).name: file.read for file in report.files} == {
        Path(name).name: len(part) for name, part in files.items()
    }
    titled = [row for row in rows if row[TRACK] or row["episode_name"] or row.get("audiobook_chapter_title")]
    assert {reason: found.count for reason, found in report.reasons.items()} == {
        Reason.NO_TITLE: len(rows) - len(titled)
    }
    assert report.rejected == 138
    assert report.kinds["music"] == sum(bool(row[TRACK]) for row in rows)
    keys = {(row["ts"], row["ms_played"], row[ARTIST], row[TRACK], row["episode_name"]) for row in titled}
    assert report.added == len(keys)
    assert report.refused == ()
    assert_healthy(library)
    again = imported(library, export)
    assert (again.added, again.duplicate, again.rejected) == (0, len(titled), 138)
    assert_healthy(library)


def test_totals_agree_with_an_independent_count(library: Library, music: list[Play]) -> None:
    stats = asked(library, "stats")
    counted = [play for play in music if play.ms >= COUNTED_MS]
    days = sorted({play.start.date() for play in music})
    assert stats["plays"] == len(music)
    assert stats["counted_plays"] == len(counted)
    assert stats["hours"] == pytest.approx(sum(play.ms for play in music) / 3_600_000, abs=1e-3)
    assert stats["artists"] == len({play.artist for play in music})
    assert stats["tracks"] == len({(play.artist, play.track) for play in music})
    assert stats["albums"] == len({(play.artist, play.album) for play in music if play.album})
    assert stats["first"] == music[0].start.isoformat()
    assert stats["last"] == music[-1].start.isoformat()
    assert stats["active_days"] == len(days)
    assert stats["longest_streak_days"] == longest_streak(days)
    assert stats["longest_gap_days"] == max(((after - before).days - 1 for before, after in pairwise(days)), default=0)
    a_day = sorted(Counter(play.start.date() for play in counted).values(), reverse=True)
    assert stats["eddington"] == sum(count > rank for rank, count in enumerate(a_day))
    assert stats["sessions"] == sessions(music)
    by_artist: dict[str, list[Play]] = defaultdict(list)
    for play in counted:
        by_artist[play.artist].append(play)
    assert stats["one_hit_wonders"] == sum(
        len(plays) >= 10 and len({play.track for play in plays}) == 1 for plays in by_artist.values()
    )
    years = set(range(music[0].start.year, music[-1].start.year + 1))
    assert stats["every_year_artists"] == sum(
        years <= {play.start.year for play in plays} for plays in by_artist.values()
    )
    for year in stats["years"]:
        mine = [play for play in music if play.start.year == year["year"]]
        assert year["hours"] == pytest.approx(sum(play.ms for play in mine) / 3_600_000, abs=1e-3)
        assert year["counted_plays"] == sum(play.ms >= COUNTED_MS for play in mine)
        assert year["new_artists"] == sum(plays[0].start.year == year["year"] for plays in by_artist.values())


def longest_streak(days: list[date]) -> int:
    best = run = 1
    for before, after in pairwise(days):
        run = run + 1 if (after - before).days == 1 else 1
        best = max(best, run)
    return best


def sessions(plays: list[Play]) -> int:
    count, end = 0, datetime.min.replace(tzinfo=UTC)
    for play in plays:
        count += play.start - end >= timedelta(minutes=30)
        end = max(end, play.end)
    return count


def test_artists_agree_with_an_independent_count(library: Library, music: list[Play]) -> None:
    ms: Counter[str] = Counter()
    plays: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for play in music:
        ms[play.artist] += play.ms
        plays[play.artist] += 1
        counted[play.artist] += play.ms >= COUNTED_MS
    rows = asked(library, "artists", "-n", "100000")
    order = sorted(ms, key=lambda artist: (-ms[artist], -counted[artist], artist))
    assert [row["artist"] for row in rows] == order
    for row in rows:
        artist = row["artist"]
        assert row["hours"] == pytest.approx(ms[artist] / 3_600_000, abs=1e-4)
        assert (row["plays"], row["counted_plays"]) == (plays[artist], counted[artist])
    by_plays = asked(library, "artists", "--sort", "plays", "-n", "100000")
    assert [row["artist"] for row in by_plays] == sorted(ms, key=lambda artist: (-counted[artist], -ms[artist], artist))
    mine = [play for play in music if play.artist == order[0]]
    songs = asked(library, "songs", order[0])
    assert {row["track"]: row["plays"] for row in songs} == Counter(play.track for play in mine)
    year = asked(library, "artists", "--range", "2021", "-n", "100000")
    assert {row["artist"]: row["plays"] for row in year} == Counter(
        play.artist for play in music if play.start.year == 2021
    )


def test_other_forms_of_the_export_give_the_same_library(
    files: dict[str, list[Row]], library: Library, tmp_path: Path
) -> None:
    """Loose files of other names, split and backwards, one call each. (The hint of the video file stays.)"""
    other = new_library(tmp_path / "other")
    for name, part in reversed(files.items()):
        half = len(part) // 3
        for at, piece in enumerate((part[half:], part[:half])):
            name = f"{'video' if 'Video' in name else 'part'} {at}"
            imported(other, write(tmp_path / name, piece[::-1]))
    assert answers(other) == answers(library)
    assert_healthy(other)


def test_the_account_data_made_of_it_finds_its_partners(rows: list[Row], library: Library, tmp_path: Path) -> None:
    """What Spotify's short format would say of the same plays: every row is matched, one to one, in either order."""
    distinct = {(row["ts"], row["ms_played"], row[ARTIST], row[TRACK]): row for row in rows if row[TRACK]}
    short = sorted(map(shortened, distinct.values()), key=lambda row: str(row["endTime"]))
    whole = write(tmp_path / "short" / "whole.json", short)
    parts = [write(tmp_path / "parts" / f"{at}.json", short[at * 10_000 : (at + 1) * 10_000]) for at in range(5)]
    after, before = new_library(tmp_path / "after"), new_library(tmp_path / "before")
    extended = Path(os.environ["TUI_MUSIC_REAL_DATA"]).absolute() / "spotify-export" / "my_spotify_data.zip"
    imported(after, extended)
    report = imported(after, whole)
    assert (report.read, report.added, report.unmatched) == (len(short), 0, 0)
    assert imported(before, *parts).added == len(short)
    alike = Counter(tuple(row.values()) for row in short)
    assert sum(count - 1 for count in alike.values()) > 0, "some look alike at a minute's precision, and stay"
    imported(before, extended)
    assert answers(before) == answers(after) == answers(library)
    for each in (before, after):
        assert_healthy(each)


def test_small_exports(tmp_path: Path) -> None:
    """Spotify's is read whole; the others are no format of ours yet, and said to be none."""
    folder = Path(os.environ["TUI_MUSIC_REAL_DATA"]).absolute() / "exports"
    library = new_library(tmp_path / "home")
    report = imported(library, folder)
    (file,) = report.files
    rows = json.loads(Path(file.path).read_bytes())
    assert Path(file.path).name == "Streaming_History_Audio_spotify_import_test.json"
    assert file.read == len(rows)
    assert len(library.load()) == file.added > 0
    assert report.refused == ()
    assert not any("Streaming_History" in name for name in report.ignored)
    assert_healthy(library)


def test_nothing_personal_is_kept(files: dict[str, list[Row]], library: Library) -> None:
    kept = library.path.read_bytes()
    names = ("username", "ip_addr", "ip_addr_decrypted", "user_agent_decrypted", "city", "region")
    values = {row[name] for part in files.values() for row in part for name in names if row.get(name)}
    for value in values:
        if len(value) > 6:
            assert value.encode() not in kept
