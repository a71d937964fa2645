"""Import: every row is accounted for, and the library is a function of the rows, whatever their files and order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.exports import (
    Row,
    as_json,
    assert_healthy,
    assert_sums,
    chapter,
    episode,
    imported,
    new_library,
    old_row,
    plays,
    row,
    short,
    titles,
    write,
    zipped,
)
from tui_music.errors import BadSetting
from tui_music.importers.columns import Reason
from tui_music.kinds import Kind
from tui_music.library.ingest import Cancelled, Progress, import_paths
from tui_music.library.library import Library

MODEST = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
LONG = settings(MODEST, max_examples=400, phases=[Phase.explicit, Phase.generate, Phase.shrink])


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


# --- what may be given --------------------------------------------------------------------------------------

EXPORT: dict[str, bytes | list[Row]] = {
    "Spotify Extended Streaming History/Streaming_History_Audio_2015-2019_0.json": [old_row(0, title="Song 0")],
    "Spotify Extended Streaming History/Streaming_History_Video_2018.json": [row(1, "Song 1"), episode(2, "Song 2")],
    "MyData/endsong_0.json": [row(3, "Song 3")],
    "MyData/StreamingHistory_music_0.json": [short(60, "Song 4")],
    "MyData/Userdata.json": as_json([{"username": "sentinel-user-7391", "email": "x", "birthdate": "2000-01-01"}]),
    "MyData/ReadMeFirst.pdf": b"%PDF-1.7\n" + bytes(range(256)),
}
SONGS = [f"Song {at}" for at in range(5)]


@pytest.mark.parametrize("form", ["zip", "folder", "files", "a zip in a folder", "other names", "all at once"])
def test_an_export_may_come_in_any_form(form: str, library: Library, tmp_path: Path) -> None:
    whole = tmp_path / "in"
    files = [write(whole / "deep" / "er" / name, content) for name, content in EXPORT.items()]
    paths = [whole]
    if form == "zip":
        paths = [write(tmp_path / "my_spotify_data.zip", zipped(EXPORT))]
    elif form == "files":
        paths = files
    elif form == "a zip in a folder":
        paths = [write(tmp_path / "out" / "x.bin", zipped(EXPORT)).parent]
    elif form == "other names":
        paths = [write(tmp_path / "out" / f"{at}.txt", file.read_bytes()) for at, file in enumerate(files)]
    elif form == "all at once":
        paths = [whole, write(tmp_path / "my_spotify_data.zip", zipped(EXPORT)), files[0]]
    report = imported(library, *paths)
    assert titles(library) == SONGS
    assert report.refused == ()
    assert {Path(each).name for each in report.ignored} >= (
        set() if form == "other names" else {"Userdata.json", "ReadMeFirst.pdf"}
    )
    assert report.kinds["video"] == {"other names": 0, "all at once": 2}.get(form, 1)
    assert {file.format for file in report.files} == {"spotify-extended", "spotify-account"}
    assert_healthy(library)


def test_refused_files_are_named_and_the_others_are_imported(library: Library, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.zip", zipped(EXPORT)[:-200])
    missing = tmp_path / "missing.json"
    report = imported(library, broken, missing, write(tmp_path / "good.json", [row()]))
    assert len(report.refused) == 2
    assert str(broken) in report.refused[0]
    assert str(missing) in report.refused[1]
    assert titles(library) == ["Song"]


def test_nothing_to_import_makes_no_library(library: Library, tmp_path: Path) -> None:
    report = imported(library, write(tmp_path / "notes.txt", b"hello"), tmp_path / "missing")
    assert (report.batch, report.files, len(report.ignored), len(report.refused)) == (None, (), 1, 1)
    assert not library.path.parent.exists()


def test_a_dry_run_says_the_same_and_changes_nothing(library: Library, tmp_path: Path) -> None:
    first = write(tmp_path / "a.json", [row(), row(), row(title=None)])
    report = import_paths(library, [first], dry_run=True)
    assert_sums(report)
    assert (report.read, report.added, report.duplicate, report.rejected, report.batch) == (3, 1, 1, 1, None)
    assert not library.path.parent.exists()
    imported(library, first)
    before, stamp = library.path.read_bytes(), library.path.stat().st_mtime_ns
    report = import_paths(library, [first, write(tmp_path / "b.json", [row(9)])], "somebody", dry_run=True)
    assert (report.added, report.duplicate, report.batch, report.dry_run) == (2, 1, None, True)
    assert library.path.read_bytes() == before
    assert library.path.stat().st_mtime_ns == stamp
    assert [path.name for path in library.path.parent.iterdir()] == ["library.duckdb"]


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "\x1b[31m", "\udcff", "x" * 101])
def test_names_of_listeners_can_be_typed(name: str, library: Library, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="listener's name"):
        import_paths(library, [write(tmp_path / "a.json", [row()])], name)


@pytest.mark.parametrize(
    "name", ["Ana María", " mine ", "山田　太郎", "👩‍👩‍👧", "x" * 100, "[/red]", "O'Neil; DROP TABLE"]
)
def test_any_name_one_can_type_will_do(name: str, library: Library, tmp_path: Path) -> None:
    imported(library, write(tmp_path / "a.json", [row()]), listener=name)
    assert [each.name for each in library.listeners()] == [name.strip()]
    assert len(library.load(name.strip())) == 1


def test_progress_tells_files_bytes_and_rows(library: Library, tmp_path: Path) -> None:
    told: list[Progress] = []
    files = [write(tmp_path / f"{at}.json", [row(at)] * 10) for at in range(3)]
    import_paths(library, files, progress=told.append)
    assert [each.stage for each in told][-1] == "storing"
    assert {each.file for each in told} == {"0.json", "1.json", "2.json", ""}
    assert [each.rows for each in told] == sorted(each.rows for each in told)
    assert told[-1].bytes_read == told[-1].bytes_total == sum(file.stat().st_size for file in files)
    assert told[-1].rows == 30


def test_an_import_can_be_stopped_whatever_it_looks_through(library: Library, tmp_path: Path) -> None:
    for at in range(50):
        write(tmp_path / "in" / f"{at}.txt", b"no history")
    for stop_after in (10, 60, 99):
        asked = iter(range(1_000))
        with pytest.raises(Cancelled):
            import_paths(library, [tmp_path / "in"], cancelled=lambda: next(asked) >= stop_after)  # noqa: B023
        assert next(asked) == stop_after + 1


# --- sums ---------------------------------------------------------------------------------------------------


def test_every_row_is_added_or_duplicate_or_rejected(library: Library, tmp_path: Path) -> None:
    rows = [row(0), row(0), row(1), row(title=None), row(2, artist=None), row(3, ms=-1), 12, row(4, title="x" * 20_000)]
    first = write(tmp_path / "first.json", as_json([*rows, {**row(5), "ts": "soon"}])[:-1] + b", NaN, ]")
    second = write(tmp_path / "second.json", [row(1), row(2), {**row(6), "shuffle": 3}])
    report = imported(library, first, second)
    a, b = report.files
    assert (a.read, a.added, a.duplicate, a.rejected) == (
        10, 2, 1,
        {
            Reason.NO_TITLE: 1, Reason.NO_ARTIST: 1, Reason.BAD_DURATION: 1, Reason.NOT_A_ROW: 1,
            Reason.TOO_LONG: 1, Reason.BAD_TIME: 1, Reason.DAMAGED: 1,
        },
    )  # fmt: skip
    assert (b.read, b.added, b.duplicate, b.rejected) == (3, 1, 1, {Reason.WRONG_TYPE: 1})
    assert set(report.reasons) == set(Reason)
    assert_healthy(library)


def test_the_account_of_an_import_is_kept(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [row(0), row(0), row(1, title=None), 7])
    report = imported(library, path)
    again = imported(library, path)
    newest, oldest = library.batches()
    assert (newest.id, oldest.id) == (again.batch, report.batch)
    assert (oldest.read, oldest.added, oldest.duplicate, oldest.rejected) == (4, 1, 1, 2)
    assert (newest.read, newest.added, newest.duplicate, newest.rejected) == (4, 0, 2, 2)
    assert (oldest.listener, oldest.files[0].path, oldest.files[0].format) == ("me", str(path), "spotify-extended")
    assert [(each.reason, each.rows, each.row) for each in library.rejections()] == [
        (Reason.NO_TITLE, 2, 3),
        (Reason.NOT_A_ROW, 2, 4),
    ]
    assert [each.rows for each in library.rejections(oldest.id)] == [1, 1]
    assert [(each.row, each.reason) for each in library.rejected_rows(batch=newest.id)] == [
        (3, Reason.NO_TITLE),
        (4, Reason.NOT_A_ROW),
    ]
    (without_title, _) = library.rejected_rows(Reason.NO_TITLE)
    assert without_title.excerpt == "2021-03-01T12:00:01Z · Artist – ? · 200000 ms"
    assert library.rejected_rows(Reason.NO_TITLE, offset=1) == [without_title]
    assert library.rejected_rows(limit=0) == []


def test_examples_are_of_the_first_row(library: Library, tmp_path: Path) -> None:
    """Rows are rejected in two steps; the example is of the first in the file all the same."""
    rows = [row(0), row(1, ms=-5), {**row(2), "ms_played": "x"}, row(3, ms=-6)]
    report = imported(library, write(tmp_path / "a.json", rows))
    found = report.reasons[Reason.BAD_DURATION]
    assert (found.count, found.row, found.example) == (3, 2, "2021-03-01T12:00:01Z · Artist – Song · -5 ms")
    assert [(each.row, each.excerpt[:20]) for each in library.rejections()] == [(2, "2021-03-01T12:00:01Z")]


# --- identity -----------------------------------------------------------------------------------------------


def test_exact_duplicates_count_once_inside_and_across_files(library: Library, tmp_path: Path) -> None:
    a = write(tmp_path / "a.json", [row(0), row(0), row(1)])
    b = write(tmp_path / "b.json", [row(1), row(0), row(2)])
    report = imported(library, a, b)
    assert [(file.added, file.duplicate) for file in report.files] == [(2, 1), (1, 2)]
    assert imported(library, b, a).duplicate == 6
    assert len(plays(library)) == 3


def test_the_same_play_at_another_time_and_other_songs_at_the_same_time_stay(library: Library, tmp_path: Path) -> None:
    rows = [row(0), row(1), row(0, "Other"), row(0, artist="Other"), row(0, ms=1), row(0, "song")]
    assert imported(library, write(tmp_path / "a.json", rows)).added == 6


def test_links_and_flags_are_no_part_of_identity(library: Library, tmp_path: Path) -> None:
    """The same second, names and length are the same play; the row that says most lends its fields."""
    poor = {key: row()[key] for key in ("ts", "ms_played", "master_metadata_track_name")}
    poor["master_metadata_album_artist_name"] = "Artist"
    assert imported(library, write(tmp_path / "poor.json", [poor])).added == 1
    assert imported(library, write(tmp_path / "rich.json", [row()])).duplicate == 1
    ((_, _, _, shuffle, skipped, *_, album, began, _, platform, _, _),) = plays(library)
    assert (shuffle, skipped, album, began, platform) == (0, -1, "Album", "trackdone", "ios")
    assert_healthy(library)


@pytest.mark.parametrize("first", ["video", "audio"])
@pytest.mark.parametrize("fields", [row(), episode()], ids=["music", "episode"])
def test_the_hint_of_a_video_file_is_no_part_of_identity(
    first: str, fields: Row, library: Library, tmp_path: Path
) -> None:
    for name in [first, *({"video", "audio"} - {first})]:
        imported(library, write(tmp_path / f"Streaming_History_{name}_1.json", [fields]))
    ((_, _, kind, *_),) = plays(library)
    assert kind == (Kind.MUSIC if fields["master_metadata_track_name"] else Kind.PODCAST)


def test_what_a_row_says_is_what_is_loaded(library: Library, tmp_path: Path) -> None:
    rows = [
        row(0, shuffle=True, skipped=False, offline=None, incognito_mode=True, reason_end="fwdbtn"),
        row(10, "No album", master_metadata_album_album_name=None, platform=None, conn_country=None, ms=1_500),
        episode(20),
        chapter(30),
        short(120, "Short"),
    ]
    for at, fields in enumerate(rows):
        write(tmp_path / "in" / f"{at}.json", [fields])
    imported(library, tmp_path / "in")
    extended, account = "spotify-extended", "spotify-account"
    begin, ms, words = 1_614_600_000, 200_000, ("trackdone", "trackdone", "ios", "DE")
    assert plays(library) == [
        (
            begin - 200,
            ms,
            0,
            1,
            0,
            -1,
            1,
            False,
            "Artist",
            "Song",
            "Album",
            "trackdone",
            "fwdbtn",
            "ios",
            "DE",
            extended,
        ),
        (begin - 180, ms, 1, 0, -1, 0, 0, False, "Show", "Episode", None, *words, extended),
        (begin - 170, ms, 2, 0, -1, 0, 0, False, "Book", "Chapter 1", None, *words, extended),
        (begin - 80, ms, 0, -1, -1, -1, -1, True, "Artist", "Short", None, None, None, None, None, account),
        (begin + 8, 1_500, 0, 0, -1, 0, 0, False, "Artist", "No album", None, *words[:2], None, None, extended),
    ]


def test_names_stay_as_they_are_written(library: Library, tmp_path: Path) -> None:
    names = [
        "東ノ宮",
        "مها",
        "[/red]",
        "a\x1b]0;x\x07b",
        "a\nb",
        "\u202eabc",
        "é",
        "e\u0301",
        "🦊👩‍👩‍👧",
        " x",
        "x",
        "X",
        "a,b",
        "'",
        '"',
    ]
    rows = [row(at, title, title) for at, title in enumerate(names)]
    imported(library, write(tmp_path / "a.json", rows))
    assert titles(library) == sorted(title.strip() for title in names)
    assert library.load().names.artists == sorted({title.strip() for title in names})


def test_listeners_are_kept_apart(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [row(0), row(1)])
    assert [imported(library, path, listener=name).added for name in ("a", "b", "a")] == [2, 2, 0]
    imported(library, write(tmp_path / "b.json", [row(2, "Other", "Somebody")]), listener="b")
    assert [(each.name, each.plays, each.first) for each in library.listeners()] == [
        ("b", 3, 1_614_600_000),
        ("a", 2, 1_614_600_000),
    ]
    assert titles(library) == ["Other", "Song", "Song"], "without a name: whoever has most plays"
    assert library.load("a").names.artists == ["Artist"]
    assert_healthy(library)
