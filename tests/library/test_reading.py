"""Reading by several processes: the same outcome as by one, whatever becomes of the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.exports import (
    Row,
    answers,
    as_json,
    assert_healthy,
    episode,
    imported,
    new_library,
    row,
    short,
    write,
    zipped,
)
from tui_music.library import reading
from tui_music.library.ingest import Cancelled, ImportReport, import_paths


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Files of many kinds, shared out among processes: one refused, one ignored, one damaged, a zip."""
    rows: list[Row] = [row(at, f"Song {at % 700}", f"Artist {at % 90}") for at in range(4_000)]
    folder = tmp_path / "in"
    for at in range(6):
        write(folder / f"{at}.json", [*rows[at * 600 : at * 600 + 800], row(title=None), episode(at, f"Episode {at}")])
    write(folder / "short.json", [short(at, f"Song {at % 700}", f"Artist {at % 90}") for at in range(3_000, 6_000)])
    write(folder / "damaged.json", as_json(rows[:100])[:-900].replace(b'"Song 7"', b'"Song 7'))
    write(folder / "notes.txt", b"hello" * 1_000)
    write(folder / "a.zip", zipped({"x.json": rows[100:300], "y.json": rows[300:500]}))
    write(folder / "b.zip", zipped({"x.json": rows[100:300]})[:-30])
    return folder


def said(report: ImportReport) -> object:
    """The report without how long it took."""
    return report.files, report.refused, report.ignored, report.reasons, report.kinds


def test_several_processes_read_what_one_reads(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, several = new_library(tmp_path / "one"), new_library(tmp_path / "several")
    alone = imported(one, export)
    monkeypatch.setattr(reading, "BYTES_A_PROCESS", 1_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    together = imported(several, export)
    assert said(together) == said(alone)
    assert answers(several) == answers(one)
    assert_healthy(several)


def children() -> list[psutil.Process]:
    return list(psutil.Process().children())


def test_a_process_that_dies_costs_only_time(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = imported(new_library(tmp_path / "one"), export)
    monkeypatch.setattr(reading, "BYTES_A_PROCESS", 1_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)

    def kill() -> bool:
        for child in children():
            child.kill()
        return False

    assert said(import_paths(new_library(tmp_path / "two"), [export], cancelled=kill)) == said(alone)


def test_processes_end_when_the_import_is_stopped(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BYTES_A_PROCESS", 1_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    seen: list[int] = []

    def stop() -> bool:
        seen.append(len(children()))
        return seen[-1] > 0

    with pytest.raises(Cancelled):
        import_paths(new_library(tmp_path / "home"), [export], cancelled=stop)
    assert seen[-1] == 2
    assert children() == []


SLEEPER = """
import sys
from pathlib import Path
from tui_music.library import reading
from tui_music.library.ingest import import_paths
from tui_music.library.library import Library
import os
os.cpu_count = lambda: 2
reading.BYTES_A_PROCESS = 1_000_000
import_paths(Library(Path(sys.argv[1])), [Path(sys.argv[2])], progress=lambda at: print(at.stage, flush=True))
"""


def test_processes_end_when_the_import_is_killed(tmp_path: Path) -> None:
    rows = as_json([row(at % 80_000, f"Song {at % 700}") for at in range(25_000)])
    for at in range(2):
        write(tmp_path / "in" / f"{at}.json", rows)
    command = [sys.executable, "-c", SLEEPER, str(tmp_path / "home" / "library.duckdb"), str(tmp_path / "in")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    helpers = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert helpers
    _, alive = psutil.wait_procs(helpers, timeout=20)
    assert alive == []


def test_a_folder_full_of_modules_does_not_matter(export: Path, tmp_path: Path) -> None:
    """Nothing in the folder one happens to be in is run."""
    trap = tmp_path / "downloads"
    for name in ("msgspec", "numpy", "tui_music/__init__", "json", "duckdb"):
        write(trap / f"{name}.py", b"import pathlib, os; pathlib.Path(os.environ['TRAP']).write_text('sprung')")
    code = SLEEPER.replace("1_000_000", "1_000")
    command = [sys.executable, "-P", "-c", code, str(tmp_path / "home" / "library.duckdb"), str(export)]
    environment = {**os.environ, "TRAP": str(tmp_path / "sprung"), "PYTHONPATH": ""}
    done = subprocess.run(command, cwd=trap, env=environment, capture_output=True, text=True, check=False)
    assert not (tmp_path / "sprung").exists()
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
