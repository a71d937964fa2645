"""A hostile zip cannot hurt: it is refused by name, its good members are read, nothing of it is written anywhere."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exports import as_json, imported, new_library, row, stored_texts, titles, write, zipped
from tests.importers import zips
from tui_music.errors import ImportRefused
from tui_music.importers import importer_for
from tui_music.importers.columns import Rejections, Tables
from tui_music.importers.members import Caps, Member, members
from tui_music.library.library import Library

MODEST = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(MODEST, max_examples=20_000)

HOSTILE: dict[str, tuple[Callable[[], bytes], str, list[str]]] = {
    "bomb": (zips.bomb, "unpacks to", []),
    "overlap": (zips.overlap, "times its size|overlap", []),
    "small overlap": (lambda: zips.overlap(2), "overlap", []),
    "larger than it says": (lambda: zips.lying(lambda size: size // 2), "damaged", ["good"]),
    "smaller than it says": (lambda: zips.lying(lambda size: size * 2), "", ["good", *["Song"] * 2_000]),
    "encrypted": (zips.encrypted, "encrypted", ["good"]),
    "unknown method": (zips.unknown_method, "compressed in a way", ["good"]),
    "wrong checksum": (zips.wrong_checksum, "damaged", ["good"]),
    "links": (zips.links, "", ["good"]),
    "odd names": (zips.odd_names, "", [f"good {at}" for at in range(len(zips.NAMES))]),
    "nameless": (zips.nameless, "", ["good", "good"]),
    "truncated": (zips.truncated, "damaged", []),
    "almost whole": (lambda: zips.truncated(0.99), "damaged", []),
    "its first bytes": (lambda: zips.truncated(0.01), "damaged", []),
    "duplicate names": (zips.duplicate_names, "", ["good 0", "good 1"]),
    "501 files": (lambda: zips.many(501), "501 files", []),
    "endless contents": (zips.endless_contents, "list of contents", []),
}  # fmt: skip


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_zip_is_refused_by_name_and_good_members_are_read(
    case: str, library: Library, tmp_path: Path
) -> None:
    make, sentence, good = HOSTILE[case]
    hostile = write(tmp_path / "in" / "hostile.zip", make())
    sound = write(tmp_path / "in" / "sound.json", [row(500, "sound")])
    report = imported(library, hostile, sound)
    if sentence:
        (refused,) = report.refused
        assert re.search(f"^{hostile}.*: .*({sentence})", refused), refused
    else:
        assert report.refused == ()
    assert titles(library) == sorted([*good, "sound"])
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["hostile.zip", "sound.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "in"]


MEASURE = """
import json, sys
from pathlib import Path
from tui_music.library.ingest import import_paths
from tui_music.library.library import Library

def peak():  # MB of this program; the resource module would count what the parent had when it forked
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024

home, warm, *hostile = map(Path, sys.argv[1:])
import_paths(Library(home / "library.duckdb"), [warm])
before = peak()
grown = {}
for path in hostile:
    import_paths(Library(home / "library.duckdb"), [path])
    grown[path.stem] = peak() - before
print(json.dumps(grown))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_hostile_zips_take_little_memory_and_leave_nothing_behind(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    warm = write(folder / "warm.json", [row(at, f"Song {at}") for at in range(5_000)])
    cases = {"nearly a bomb": zips.nearly_a_bomb, **{case: make for case, (make, _, _) in HOSTILE.items()}}
    hostile = [write(folder / f"{case}.zip", make()) for case, make in cases.items()]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, home, warm, *hostile],
        capture_output=True,
        check=True,
        cwd=elsewhere,
        env={**os.environ, "TMPDIR": str(elsewhere), "HOME": str(elsewhere)},
    )
    grown: dict[str, float] = json.loads(done.stdout)
    assert max(grown.values()) < 200, grown
    assert list(elsewhere.iterdir()) == []
    assert [path.name for path in home.iterdir()] == ["library.duckdb"]
    assert {path.name for path in tmp_path.iterdir()} == {"in", "elsewhere", "home"}


def test_names_of_members_are_kept_as_they_are_and_drive_nothing(library: Library, tmp_path: Path) -> None:
    report = imported(library, write(tmp_path / "odd.zip", zips.odd_names()))
    assert [Path(file.path).name for file in report.files if "evil" in file.path][:2] == ["evil.json", "evil.json"]
    assert any("\x1b" in text for text in stored_texts(library))  # shown only through Shown


def test_caps_of_a_zip(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", zipped({"a.json": [row()] * 10, "b.json": [row()] * 100}, zipfile.ZIP_STORED))

    def sentence(caps: Caps) -> str:
        (only,) = members(path, caps)
        return str(only)

    assert "2 files, more than 1" in sentence(Caps(members=1))
    assert "one file in it is" in sentence(Caps(member_bytes=30_000))
    assert "it unpacks to" in sentence(Caps(total_bytes=60_000))
    assert len(list(members(path))) == 2


def test_what_lies_beside_an_export_is_passed_over(tmp_path: Path) -> None:
    names = ["__MACOSX/._a.json", ".DS_Store", "x/.hidden.json", "folder/", "x/a.json"]
    path = write(tmp_path / "a.zip", zipped(dict.fromkeys(names, b"")))
    assert [each.inside for each in members(path) if isinstance(each, Member)] == ["x/a.json"]


WHOLE = zipped({f"part {at}.json": as_json([row(at, f"Song {at}")]) for at in range(3)})


def any_bytes_in_a_zip(tmp_path: Path, place: float, fill: bytes, cut: float) -> None:
    at = round(place * len(WHOLE))
    content = (WHOLE[:at] + fill + WHOLE[at + len(fill) :])[: round(cut * len(WHOLE))]
    for member in members(write(tmp_path / "x.zip", content)):
        if isinstance(member, Member):
            with contextlib.suppress(ImportRefused):
                if importer := importer_for(member):
                    assert sum(len(part.columns) for part in importer.read(member, Tables(), Rejections())) <= 1


CHANGES = given(
    place=st.floats(0, 1),
    fill=st.one_of(st.binary(max_size=8), st.sampled_from([b"\xff" * 4, b"\xff" * 2, b"\0" * 4, b"PK\x05\x06"])),
    cut=st.one_of(st.just(1.0), st.floats(0, 1)),
)
test_a_changed_zip_is_read_or_refused = MODEST(CHANGES(any_bytes_in_a_zip))
test_a_changed_zip_is_read_or_refused_long = pytest.mark.slow(LONG(CHANGES(any_bytes_in_a_zip)))
