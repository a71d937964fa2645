"""Files are known by what is in them; every form of Spotify's two exports is read, and what each row says is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exports import PERSONAL, Row, as_json, chapter, episode, old_row, row, short
from tests.importers.reading import read, recognised
from tui_music.importers import importers
from tui_music.importers.columns import Context, Item, Reason
from tui_music.kinds import Kind

PODCAST = {"endTime": "2023-05-01 10:00", "podcastName": "Show", "episodeName": "Episode", "msPlayed": 1}
BOOK = {"endTime": "2023-05-01 10:00", "audiobookName": "Book", "chapterName": "Chapter 1", "msPlayed": 1}


def test_every_importer_is_found() -> None:
    assert {importer.name for importer in importers()} == {"spotify-extended", "spotify-account"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (as_json([row()]), "spotify-extended"),
        (as_json([old_row()]), "spotify-extended"),
        (as_json([episode()], indent=4), "spotify-extended"),
        (as_json([short()]), "spotify-account"),
        (as_json([PODCAST]), "spotify-account"),
        (as_json([BOOK]), "spotify-account"),
        (as_json([None, short()]), "spotify-account"),
        (b"\xef\xbb\xbf\r\n " + as_json([row()]), "spotify-extended"),
        (as_json([row(platform="x" * 100_000)]), "spotify-extended"),
        (as_json([{**row(), "platform": "x" * 100_000}])[:1] + as_json([row()])[1:], "spotify-extended"),
        (b"", None),
        (b"[]", None),
        (b"{}", None),
        (b"[[[[[", None),
        (b"\x00" * 1_000, None),
        (b"%PDF-1.7 \"ts\": \"ms_played\":", None),
        (b"The keys are \"ts\": and \"ms_played\":, as in [{\"ts\": 1, \"ms_played\": 2}]", None),
        (as_json([{"username": "x", "email": "y", "country": "DE"}]), None),  # Userdata.json
        (json.dumps({"searchQueries": [{"ts": 1}]}).encode(), None),
        (as_json([{"uts": "1", "artist": "a", "track": "b"}]), None),
    ],
)  # fmt: skip
def test_formats_are_told_by_content(content: bytes, name: str | None, tmp_path: Path) -> None:
    assert recognised(tmp_path, content) == name


@pytest.mark.parametrize("fields", [row(7), old_row(7)], ids=["23 keys", "21 keys"])
def test_a_row_of_the_extended_history(fields: Row, tmp_path: Path) -> None:
    assert len(fields) == (21 if "username" in fields else 23)
    (accepted,) = read(tmp_path, as_json([fields])).accepted
    assert accepted.ended == 1_614_600_007
    assert accepted.ms == 200_000
    assert accepted.item == Item(Kind.MUSIC, "Artist", "Song", "Album", fields["spotify_track_uri"])
    assert accepted.context == Context("trackdone", "trackdone", False, None, False, False, "ios", "DE")


@pytest.mark.parametrize("name", ["shuffle", "skipped", "offline", "incognito_mode"])
@pytest.mark.parametrize("flag", [True, False, None])
def test_flags_keep_three_values(name: str, flag: bool | None, tmp_path: Path) -> None:
    (accepted,) = read(tmp_path, as_json([row() | {name: flag}])).accepted
    assert getattr(accepted.context, name.removesuffix("_mode")) is flag


def test_fields_may_be_missing_and_new_ones_may_come(tmp_path: Path) -> None:
    kept = ("ts", "ms_played", "master_metadata_track_name", "master_metadata_album_artist_name")
    fields = {key: row()[key] for key in kept} | {"something_new": {"a": [1]}}
    (accepted,) = read(tmp_path, as_json([fields])).accepted
    assert accepted.item == Item(Kind.MUSIC, "Artist", "Song", None, None)
    assert accepted.context == Context()


@pytest.mark.parametrize(
    ("fields", "name", "item"),
    [
        (episode(), "Streaming_History_Audio_1.json", (Kind.PODCAST, "Show", "Episode")),
        (episode(), "Streaming_History_Video_2018-2024.json", (Kind.VIDEO, "Show", "Episode")),
        (episode(), "endvideo.json", (Kind.VIDEO, "Show", "Episode")),
        (row(), "Streaming_History_Video_2018-2024.json", (Kind.MUSIC, "Artist", "Song")),
        (chapter(), "endsong_3.json", (Kind.AUDIOBOOK, "Book", "Chapter 1")),
        (chapter(), "video", (Kind.AUDIOBOOK, "Book", "Chapter 1")),
        (chapter(title=None), "x", (Kind.AUDIOBOOK, "Book", "Book")),
        (row(title="  Song\t"), "x", (Kind.MUSIC, "Artist", "Song")),
        (PODCAST, "StreamingHistory_podcast_0.json", (Kind.PODCAST, "Show", "Episode")),
        (BOOK, "StreamingHistory_audiobook_0.json", (Kind.AUDIOBOOK, "Book", "Chapter 1")),
        (short(), "StreamingHistory3.json", (Kind.MUSIC, "Artist", "Song")),
    ],
)
def test_kinds(fields: Row, name: str, item: tuple[Kind, str, str], tmp_path: Path) -> None:
    (accepted,) = read(tmp_path, as_json([fields]), name).accepted
    assert (accepted.item.kind, accepted.item.artist, accepted.item.title) == item


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (row(title=None), Reason.NO_TITLE),
        (row(title="", artist="Artist"), Reason.NO_TITLE),
        (episode(title=None), Reason.NO_TITLE),
        (episode(show=None), Reason.NO_ARTIST),
        (row(artist=None), Reason.NO_ARTIST),
        (short(title=""), Reason.NO_TITLE),
        (short(artist=""), Reason.NO_ARTIST),
        ({"endTime": "2023-05-01 10:00", "msPlayed": 1}, Reason.NO_TITLE),
        ({**PODCAST, "endTime": "soon"}, Reason.BAD_TIME),
        ({**PODCAST, "msPlayed": -1}, Reason.BAD_DURATION),
        ({**BOOK, "msPlayed": "1"}, Reason.BAD_DURATION),
        ({**short(), "artistName": 5}, Reason.WRONG_TYPE),
    ],
)
def test_rows_that_are_no_plays(fields: Row, reason: Reason, tmp_path: Path) -> None:
    good = short(9) if "endTime" in fields else row(9)
    outcome = read(tmp_path, as_json([fields, good]))
    assert outcome.reasons == [reason]
    assert len(outcome.accepted) == 1


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2021-03-01T12:00:07Z", 7),
        ("2021-03-01T12:00:07.9Z", 7),
        ("2021-03-01T12:00:07+00:00", 7),
        ("2021-03-01T14:00:07+02:00", 7),
        ("2021-03-01 12:00:07", 7),
        (" 2021-03-01T12:00:07Z ", 7),
        ("2021-03-01", -12 * 3600),
    ],
)
def test_times_of_the_extended_history_are_utc(written: str, seconds: int, tmp_path: Path) -> None:
    outcome = read(tmp_path, as_json([row(ts=written), row(100)]))
    assert [each.ended for each in outcome.accepted] == [1_614_600_000 + seconds, 1_614_600_100]


def test_times_of_the_account_data_are_minutes_of_utc(tmp_path: Path) -> None:
    rows = [short(0), {**short(0), "endTime": "2021-03-01 12:01:59"}]
    assert [each.ended for each in read(tmp_path, as_json(rows)).accepted] == [1_614_600_000, 1_614_600_060]


def test_the_local_time_zone_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        ends = [read(tmp_path, as_json([each])).accepted[0].ended for each in (row(0), short(0))]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert ends == [1_614_600_000] * 2


def test_personal_fields_are_not_even_decoded(tmp_path: Path) -> None:
    (accepted,) = read(tmp_path, as_json([PERSONAL | row()])).accepted
    assert not any(value in repr(accepted) for value in PERSONAL.values())
