"""The account data, minute-precise, beside the extended history: matched one to one, nothing lost, in any order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports import (
    assert_healthy,
    imported,
    new_library,
    row,
    short,
    titles,
    write,
)
from tui_music.library.library import Library


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


def test_a_short_row_is_the_extended_play_of_its_minute_names_and_length(library: Library, tmp_path: Path) -> None:
    extended = write(tmp_path / "extended.json", [row(5), row(500, "Other")])
    account = write(tmp_path / "short.json", [short(5), short(500, "Other")])
    imported(library, extended)
    report = imported(library, account)
    assert (report.added, report.duplicate, report.unmatched) == (0, 2, 0)
    assert titles(library) == ["Other", "Song"]
    assert_healthy(library)
