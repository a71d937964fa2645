"""The account data, minute-precise, beside the extended history: matched one to one, nothing lost, in any order."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.exports import (
    Row,
    answers,
    assert_healthy,
    episode,
    imported,
    new_library,
    plays,
    row,
    short,
    shortened,
    titles,
    write,
)
from tui_music.library.library import Library


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


def in_every_order(tmp_path: Path, **files: list[Row]) -> Library:
    """A library of these files; in whatever order they come, one call each or one for all, it is the same."""
    paths = [write(tmp_path / f"{name}.json", rows) for name, rows in files.items()]
    first: Library | None = None
    for number, order in enumerate(permutations(paths)):
        library = new_library(tmp_path / f"library {number}")
        if number % 2:
            imported(library, *order)
        else:
            for path in order:
                imported(library, path)
        if first is None:
            first, expected = library, answers(library)
            imported(library, *paths)
        assert answers(library) == expected, [path.stem for path in order]
    assert first is not None
    assert_healthy(first)
    assert_healthy(library)
    return first


def test_a_short_row_is_the_extended_play_of_its_minute_names_and_length(library: Library, tmp_path: Path) -> None:
    extended = write(tmp_path / "extended.json", [row(5), row(500, "Other")])
    account = write(tmp_path / "short.json", [short(5), short(500, "Other")])
    imported(library, extended)
    report = imported(library, account)
    assert (report.added, report.duplicate, report.unmatched) == (0, 2, 0)
    assert titles(library) == ["Other", "Song"]
    assert_healthy(library)


def test_the_extended_history_takes_the_place_of_short_rows(library: Library, tmp_path: Path) -> None:
    assert imported(library, write(tmp_path / "short.json", [short(5), short(500, "Other")])).added == 2
    assert {play[7] for play in plays(library)} == {True}
    report = imported(library, write(tmp_path / "extended.json", [row(5), row(500, "Other"), row(900, "Third")]))
    assert (report.added, report.duplicate) == (1, 2)
    assert titles(library) == ["Other", "Song", "Third"]
    assert {play[7] for play in plays(library)} == {False}
    assert_healthy(library)


@pytest.mark.parametrize(
    "other", [short(65), short(5, title="Other"), short(5, artist="Other"), short(5, ms=200_001)],
    ids=["minute", "title", "artist", "length"],
)  # fmt: skip
def test_short_rows_without_a_partner_stay_and_are_reported(other: Row, library: Library, tmp_path: Path) -> None:
    imported(library, write(tmp_path / "extended.json", [row(5), row(5_000, "Last")]))
    report = imported(library, write(tmp_path / "short.json", [other]))
    assert (report.added, report.duplicate, report.unmatched) == (1, 0, 1)
    assert len(plays(library)) == 3
    (batch, _) = library.batches()
    assert batch.files[0].unmatched == 1
    assert_healthy(library)


def test_short_rows_outside_the_time_of_the_extended_history_lack_nothing(library: Library, tmp_path: Path) -> None:
    imported(library, write(tmp_path / "extended.json", [row(5), row(500, "Last")]))
    report = imported(library, write(tmp_path / "short.json", [short(9_000), short(-9_000)]))
    assert (report.added, report.unmatched) == (2, 0)


def test_equal_rows_inside_one_short_file_stay(library: Library, tmp_path: Path) -> None:
    account = write(tmp_path / "short.json", [short(5), short(7), short(9), short(90)])
    assert imported(library, account).added == 4
    assert imported(library, account).duplicate == 4
    assert len(plays(library)) == 4
    assert_healthy(library)


@pytest.mark.parametrize(("precise", "vague"), [(1, 3), (2, 2), (3, 1)])
def test_equal_rows_match_one_to_one_with_multiplicity(precise: int, vague: int, tmp_path: Path) -> None:
    extended = [row(at) for at in range(precise)] + [row(900, "Else")]
    account = [short(at) for at in range(vague)] + [short(900, "Else")]
    library = in_every_order(tmp_path, extended=extended, account=account)
    assert len(plays(library)) == max(precise, vague) + 1


def test_rows_of_several_short_files_match_as_well(tmp_path: Path) -> None:
    """The older export and the newer one overlap by months; what both hold is one play."""
    older = [short(at * 60, f"Song {at}") for at in range(10)] + [short(300, "Twice"), short(301, "Twice")]
    newer = [short(at * 60, f"Song {at}") for at in range(4, 14)] + [short(300, "Twice"), short(301, "Twice")]
    extended = [row(at * 60 + 7, f"Song {at}") for at in range(8)] + [row(302, "Twice")]
    library = in_every_order(tmp_path, older=older, newer=newer, extended=extended)
    assert len(plays(library)) == 16


def test_a_short_file_split_in_two_gives_the_same_library(tmp_path: Path) -> None:
    """Wherever it is split, among equal rows too, as long as each part goes over a minute's end."""
    rows = [short(0), short(70), short(130, "Twice"), short(130, "Twice"), short(130, "Twice"), short(200), short(260)]
    whole = new_library(tmp_path / "whole")
    imported(whole, write(tmp_path / "whole.json", rows))
    expected = answers(whole)
    for at in range(2, len(rows) - 1):
        library = new_library(tmp_path / f"split at {at}")
        parts = [write(tmp_path / f"{at} {begin}.json", rows[begin:end]) for begin, end in ((0, at), (at, len(rows)))]
        for path in parts[:: (-1) ** at]:
            imported(library, path)
        assert answers(library) == expected, at
        imported(library, tmp_path / "whole.json")
        assert answers(library) == expected, at
        assert_healthy(library)


def test_parts_of_a_short_file_and_the_extended_history_in_any_order(tmp_path: Path) -> None:
    """More equal short rows than extended ones, and the part that comes first in time imported last."""
    twice = [short(130, "Twice")] * 2
    first, second = [short(0), *twice], [*twice, short(260)]
    extended = [row(130, "Twice"), row(140, "Twice"), row(0), row(260), row(500)]
    library = in_every_order(tmp_path, extended=extended, second=second, first=first)
    assert titles(library) == ["Song", "Song", "Song", "Twice", "Twice", "Twice", "Twice"]


def test_a_short_file_twice_in_one_call_adds_up(library: Library, tmp_path: Path) -> None:
    account = write(tmp_path / "account.json", [short(0), short(1), short(2)])
    report = imported(library, account, write(tmp_path / "extended.json", [row(0)]), account)
    assert (report.added, report.duplicate) == (3, 4)
    assert_healthy(library)


def test_podcasts_and_audiobooks_match_too(tmp_path: Path) -> None:
    podcast = {"endTime": "2021-03-01 12:00", "podcastName": "Show", "episodeName": "Episode", "msPlayed": 200_000}
    library = in_every_order(tmp_path, extended=[episode(9)], account=[podcast])
    assert len(plays(library)) == 1
    as_music = {"endTime": "2021-03-01 12:00", "artistName": "Show", "trackName": "Episode", "msPlayed": 200_000}
    library = in_every_order(tmp_path / "old", podcasts=[podcast], mixed=[as_music])  # older files do not tell them
    assert [play[2] for play in plays(library)] == [1]


def test_listeners_are_kept_apart(library: Library, tmp_path: Path) -> None:
    imported(library, write(tmp_path / "extended.json", [row(5)]), listener="a")
    report = imported(library, write(tmp_path / "short.json", [short(5)]), listener="b")
    assert (report.added, report.unmatched) == (1, 0)
    imported(library, tmp_path / "short.json", listener="a")
    assert [(each.name, each.plays) for each in library.listeners()] == [("a", 1), ("b", 1)]
    assert_healthy(library)


def test_both_formats_in_one_call(library: Library, tmp_path: Path) -> None:
    extended = [row(at * 45, f"Song {at}") for at in range(20)]
    write(tmp_path / "in" / "b.json", extended)
    write(tmp_path / "in" / "a.json", [shortened(each) for each in extended] + [short(9_999, "Only here")])
    report = imported(library, tmp_path / "in")
    assert (report.added, report.duplicate) == (21, 20)
    assert_healthy(library)


def test_the_same_short_rows_twice_in_one_call_are_added_once(library: Library, tmp_path: Path) -> None:
    """The copies must not stand in the way of counting: three alike, one of them matched, are two more plays."""
    extended = write(tmp_path / "extended.json", [row(0, ms=1000)])
    copies = [write(tmp_path / f"{name}.json", [short(0, ms=1000)] * 3) for name in ("one", "two")]
    report = imported(library, extended, *copies)
    assert (report.added, report.duplicate) == (3, 4)
    assert_healthy(library)
