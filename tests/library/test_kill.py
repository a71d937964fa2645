"""Whatever ends an import early leaves the library as it was, or complete: a kill, ctrl+c, a full disk."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exports import answers, assert_healthy, copied, imported, new_library, row, write
from tui_music.demo import demo_zip
from tui_music.library.library import Library

#: Imports the second path into the library at the first, and says when it begins to read and to store.
IMPORT = """
import sys
from pathlib import Path
from tui_music.library.ingest import import_paths
from tui_music.library.library import Library

def tell(progress):
    if stages[-1] != progress.stage:
        stages.append(progress.stage)
        print(progress.stage, flush=True)

stages = [""]
import_paths(Library(Path(sys.argv[1])), [Path(sys.argv[2])], progress=tell)
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library as it was before."""
    folder = tmp_path_factory.mktemp("base")
    library = new_library(folder / "home")
    imported(library, write(folder / "a.json", [row(at, f"Before {at}") for at in range(2_000)]))
    return library


@pytest.fixture(scope="module")
def complete(base: Library, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, object]:
    """What complete libraries answer: of the demo alone, and of the demo after what was there before."""
    folder = tmp_path_factory.mktemp("complete")
    new, grown = new_library(folder / "new"), copied(base, folder / "grown")
    imported(new, demo_zip())
    imported(grown, demo_zip())
    return answers(new), answers(grown)


def started(library: Library) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", IMPORT, str(library.path), str(demo_zip())]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def assert_as_before_or_complete(library: Library, before: object | None, after: object) -> bool:
    """Whether it is complete."""
    if before is None and not library.exists():
        return False
    found = answers(library)
    assert_healthy(library)
    assert found in (before, after)
    return found == after


def killed(rng: random.Random, base: Library, complete: tuple[object, object], folder: Path) -> bool:
    """Kill one import at a random moment: at any time, or while it stores."""
    new = rng.random() < 0.4
    library = new_library(folder) if new else copied(base, folder)
    process = started(library)
    assert process.stdout
    if rng.random() < 0.6:
        while process.stdout.readline() not in ("storing\n", ""):
            pass
        time.sleep(rng.uniform(0, 0.35))
    else:
        time.sleep(rng.uniform(0, 1.2))
    process.kill()
    process.wait()
    process.stdout.close()
    whole = assert_as_before_or_complete(library, None if new else answers(base), complete[0 if new else 1])
    imported(library, demo_zip())
    assert answers(library) == complete[0 if new else 1]
    assert [path.name for path in library.path.parent.iterdir()] == ["library.duckdb"]
    return whole


def test_five_kills(base: Library, complete: tuple[object, object], tmp_path: Path) -> None:
    rng = random.Random()
    for number in range(5):
        killed(rng, base, complete, tmp_path / f"{number}")


@pytest.mark.slow
def test_fifty_kills(base: Library, complete: tuple[object, object], tmp_path: Path) -> None:
    rng = random.Random(50)
    whole = sum(killed(rng, base, complete, tmp_path / f"{number}") for number in range(50))
    print(f"50 kills: {whole} libraries complete, {50 - whole} as before")
    assert 0 < whole < 50


@pytest.mark.parametrize("when", ["reading", "storing"])
@pytest.mark.parametrize("new", [True, False])
def test_ctrl_c(when: str, new: bool, base: Library, tmp_path: Path) -> None:
    library = new_library(tmp_path / "home") if new else copied(base, tmp_path / "home")
    before = None if new else library.path.read_bytes()
    command = [sys.executable, "-m", "tui_music", "--library", str(tmp_path / "home"), "import", str(demo_zip())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    while not process.stderr.readline().startswith(when):
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert "Stopped. The library is as it was before." in err
    assert "Traceback" not in err
    if new:
        assert not library.exists()
    else:
        assert answers(library) == answers(base)
        assert library.path.read_bytes() == before
    assert [path.name for path in library.path.parent.glob("*")] == ([] if new else ["library.duckdb"])


LIMITED = """
import resource, sys
from tui_music.__main__ import main
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
main()
"""


@pytest.mark.parametrize(("new", "more"), [(True, 20_000), (True, 1_500_000), (False, 20_000)])
def test_a_file_that_may_not_grow(new: bool, more: int, base: Library, tmp_path: Path) -> None:
    """``ulimit -f``, as on a quota."""
    library = new_library(tmp_path / "home") if new else copied(base, tmp_path / "home")
    limit = more + (0 if new else library.path.stat().st_size)
    command = [
        sys.executable,
        "-c",
        LIMITED,
        str(limit),
        "--library",
        str(tmp_path / "home"),
        "import",
        str(demo_zip()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert_out_of_room(done, library, base, new)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "none", str(folder)], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("needs the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(("new", "room"), [(True, 50_000), (True, 2_000_000), (False, 50_000)])
def test_a_full_disk(new: bool, room: int, base: Library, small_disk: Path) -> None:
    library = new_library(small_disk / "home") if new else copied(base, small_disk / "home")
    used = 0 if new else library.path.stat().st_size
    (small_disk / "filler").write_bytes(bytes(8_388_608 - used - room))
    command = [sys.executable, "-m", "tui_music", "--library", str(small_disk / "home"), "import", str(demo_zip())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (small_disk / "filler").unlink()
    assert_out_of_room(done, library, base, new)


def assert_out_of_room(done: subprocess.CompletedProcess[str], library: Library, base: Library, new: bool) -> None:
    """It failed and said so, and the library is as it was; or there was room enough after all."""
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert list(library.path.parent.glob(".*")) == []
    if done.returncode:
        assert "no room to write" in done.stderr
        assert "The library is as it was before." in done.stderr
        assert_as_before_or_complete(library, None if new else answers(base), None)
        imported(library, demo_zip())
    assert len(library.load("me")) > 40_000
    assert_healthy(library)
