"""The demo's data: made again the same, of the promised size, with every oddity of real exports in it."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from make_demo import FOLDER, demo_files

from tui_music.demo import demo_zip

Rows = list[dict[str, Any]]
TITLE, ARTIST, ALBUM = (f"master_metadata_{key}" for key in ("track_name", "album_artist_name", "album_album_name"))
NAMING = (TITLE, "episode_name", "audiobook_title")


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return demo_files()


@pytest.fixture(scope="module")
def files(made: dict[str, bytes]) -> dict[str, Rows]:
    """The rows of each file, by its name without the folder."""
    return {name.removeprefix(f"{FOLDER}/"): json.loads(data) for name, data in made.items() if name.endswith(".json")}


@pytest.fixture(scope="module")
def rows(files: dict[str, Rows]) -> Rows:
    return [row for part in files.values() for row in part]


@pytest.fixture(scope="module")
def songs(rows: Rows) -> Rows:
    """Plays of music, each once."""
    seen = {(row["ts"], row["ms_played"], row["spotify_track_uri"]): row for row in rows if row[TITLE]}
    return list(seen.values())


def test_the_generator_writes_the_shipped_files_byte_for_byte(made: dict[str, bytes]) -> None:
    with zipfile.ZipFile(demo_zip()) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(made)
        assert all(archive.read(name) == data for name, data in made.items())


def test_it_is_small_and_in_parts_like_a_real_export(files: dict[str, Rows], made: dict[str, bytes]) -> None:
    assert demo_zip().stat().st_size < 2_000_000
    assert list(files) == [
        "Streaming_History_Audio_2015-2019_0.json",
        "Streaming_History_Audio_2019-2022_1.json",
        "Streaming_History_Audio_2022-2024_2.json",
        "Streaming_History_Video_2021-2024.json",
    ]
    assert max(map(len, made.values())) < 12_300_000


def test_the_first_part_has_the_older_keys_and_the_others_the_newer(files: dict[str, Rows]) -> None:
    first, *others = files.values()
    assert {len(row) for row in first} == {21}
    assert {row["username"] for row in first} == {""}
    for part in others:
        assert {len(row) for row in part} == {23}
        assert all("audiobook_title" in row and "username" not in row for row in part)


def test_there_are_about_forty_thousand_plays_over_nine_years(songs: Rows) -> None:
    assert 39_500 < len(songs) < 40_500
    assert min(row["ts"] for row in songs) < "2015-03"
    assert max(row["ts"] for row in songs) >= "2024-06-30"
    assert 380 <= len({row[ARTIST] for row in songs}) <= 400
    assert 3_300 < len({(row[ARTIST], row[TITLE]) for row in songs}) < 3_900


def test_a_few_artists_are_heard_most(songs: Rows) -> None:
    heard: Counter[str] = Counter()
    for row in songs:
        heard[row[ARTIST]] += row["ms_played"]
    ranked = [name for name, _ in heard.most_common()]
    assert ranked[:3] == ["Vesper & the Lamps", "Halden Choir", "東ノ宮"]
    assert {"Nine Fathoms", "Ola Brandt", "The [untitled]", "Kassia Rue"} == set(ranked[3:7])
    assert 0.05 < heard[ranked[0]] / heard.total() < 0.12
    assert sum(heard[name] for name in ranked[100:]) / heard.total() > 0.2


def test_a_track_lasts_as_long_every_time(songs: Rows) -> None:
    lengths: dict[str, set[int]] = {}
    for row in songs:
        if row["reason_end"] == "trackdone":
            lengths.setdefault(row["spotify_track_uri"], set()).add(row["ms_played"])
    assert all(len(found) == 1 for found in lengths.values())


@pytest.mark.parametrize(
    ("what", "test", "least"),
    [
        ("podcasts", lambda row: row["episode_name"], 400),
        ("an audiobook", lambda row: row.get("audiobook_chapter_title"), 20),
        ("rows that name nothing", lambda row: not any(row.get(key) for key in NAMING), 80),
        ("missing albums", lambda row: row[TITLE] and row[ALBUM] is None, 30),
        ("unknown reasons", lambda row: row["reason_end"] is None, 50),
        ("unknown skips", lambda row: row["skipped"] is None, 5_000),
        ("skips", lambda row: row["skipped"] is True, 3_000),
        ("forward button", lambda row: row["reason_end"] == "fwdbtn", 4_000),
        ("restarts", lambda row: row["reason_start"] == "backbtn", 100),
        ("nothing heard", lambda row: row["ms_played"] == 0, 50),
        ("offline", lambda row: row["offline"], 1_000),
        ("offline times in ms", lambda row: (row["offline_timestamp"] or 0) > 10**12, 100),
        ("offline times in s", lambda row: 10**9 < (row["offline_timestamp"] or 0) < 10**10, 100),
        ("offline times of 0", lambda row: row["offline_timestamp"] == 0, 100),
        ("no offline time", lambda row: row["offline_timestamp"] is None, 100),
        ("private sessions", lambda row: row["incognito_mode"], 100),
        ("abroad", lambda row: row["conn_country"] == "JP", 30),
        ("Chinese characters", lambda row: "東" in (row[ARTIST] or ""), 500),
        ("Hebrew", lambda row: "ע" in (row[ARTIST] or ""), 50),
        ("Arabic", lambda row: "م" in (row[ARTIST] or ""), 100),
        ("brackets", lambda row: row[ARTIST] == "The [untitled]", 300),
        ("markup", lambda row: row[ARTIST] == "[/red]", 50),
        ("remix", lambda row: row[TITLE] == "Heaven [Remix]", 100),
        ("guest", lambda row: row[TITLE] == "Paper Lanterns (feat. Ola Brandt)", 100),
        ("an action", lambda row: "[@click" in (row[TITLE] or ""), 1),
        ("emoji", lambda row: "🦊" in (row[TITLE] or ""), 1),
        ("combining marks", lambda row: any(map(unicodedata.combining, row[ARTIST] or "")), 20),
        ("control characters", lambda row: "\x1b" in (row[ARTIST] or ""), 10),
        ("a line break", lambda row: "\n" in (row[TITLE] or ""), 1),
        ("a right-to-left override", lambda row: "\u202e" in (row[ARTIST] or ""), 10),
        ("a very long title", lambda row: len(row[TITLE] or "") > 300, 1),
    ],
)  # fmt: skip
def test_it_has(what: str, test: Callable[[dict[str, Any]], object], least: int, rows: Rows) -> None:
    assert sum(bool(test(row)) for row in rows) >= least, what


def test_rows_stand_twice_within_a_file_and_across_files(files: dict[str, Rows]) -> None:
    def keys(part: Rows) -> list[tuple[object, ...]]:
        return [(row["ts"], row["ms_played"], row["spotify_track_uri"], row["spotify_episode_uri"]) for row in part]

    parts = [keys(part) for part in files.values()]
    assert sum(len(part) - len(set(part)) for part in parts) >= 100
    assert all(set(part) & set(following) for part, following in pairwise(parts[:-1]))


def test_different_songs_end_in_the_same_second(songs: Rows) -> None:
    assert len(songs) - len({row["ts"] for row in songs}) >= 8


def test_the_video_file_holds_episodes_and_music(files: dict[str, Rows]) -> None:
    video = files["Streaming_History_Video_2021-2024.json"]
    assert sum(bool(row[TITLE]) for row in video) == 40
    assert sum(bool(row["episode_name"]) for row in video) >= 40


def test_there_is_a_silence_and_a_long_streak(songs: Rows) -> None:
    days = {row["ts"][:10] for row in songs}
    assert not any("2019-02-05" <= day <= "2019-02-24" for day in days)
    assert sum("2021-01-06" <= day <= "2021-06-15" for day in days) >= 158  # days here end at midnight UTC
