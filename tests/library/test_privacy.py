"""Personal fields are never stored, and what is forgotten is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.exports import (
    PERSONAL,
    answers,
    as_json,
    assert_healthy,
    imported,
    new_library,
    plays,
    row,
    stored_bytes,
    stored_texts,
    write,
)
from tui_music.library.library import Library


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


def test_personal_fields_are_never_stored(library: Library, tmp_path: Path) -> None:
    rows: list[Any] = [PERSONAL | row(at, f"Song {at}") for at in range(50)]
    rows += [PERSONAL | row(60, title=None), PERSONAL | row(61, ms=-1), PERSONAL | {**row(62), "shuffle": 5}]
    text = as_json(rows)
    damaged = text[:-1].replace(b'"Song 7"', b'"Song 7', 1).replace(b'"Song 9"', b"NaN", 1)
    cut = text[: text.rindex(b'"sentinel-user') + 12]
    for at, content in enumerate((text, damaged, cut, text[: text.rindex(b'"Sentinelshire') + 9])):
        imported(library, write(tmp_path / f"{at}.json", content))
    assert len(plays(library)) == 50
    kept = stored_bytes(library.path.parent)
    texts = stored_texts(library)
    assert "Song 33" in texts
    for value in PERSONAL.values():
        assert value.encode() not in kept
        assert value[:8].encode() not in kept
        assert not any(value[:8] in each for each in texts)


def test_forgetting_a_listener_leaves_nothing_of_them(library: Library, tmp_path: Path) -> None:
    theirs = [row(at, f"Their song {at}", f"Their artist {at}", platform=f"theirs {at}") for at in range(300)]
    theirs.append(row(400, title=None, artist="Their rejected artist"))
    imported(library, write(tmp_path / "them.json", theirs), listener="them")
    imported(library, write(tmp_path / "mine.json", [row(0), theirs[0]]))
    size, before = library.path.stat().st_size, answers(library)["me"]
    assert b"Their song 17" in stored_bytes(library.path.parent)
    assert library.forget("them") == 300
    kept = stored_bytes(library.path.parent)
    assert b"Their song 17" not in kept
    assert b"Their rejected" not in kept
    assert b"theirs 17" not in kept
    assert [path.name for path in library.path.parent.iterdir()] == ["library.duckdb"]
    assert library.path.stat().st_mode & 0o777 == 0o600
    assert library.path.stat().st_size <= size
    found = answers(library)
    assert set(found) == {"me"}
    assert found["me"][:5] == before[:5]  # type: ignore[index]
    assert_healthy(library)
    assert imported(library, tmp_path / "them.json", listener="them").added == 300
