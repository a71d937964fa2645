"""Import speed beside bare decoding of the same bytes with the importer's own row type, each in a process of its own.

Decoding is measured twice: *rows kept*, which ends with all rows in memory as a list of typed objects, and *rows
dropped*, which frees each file's rows before the next and so uses the same warm memory again; nothing can be done with
rows any quicker. ``python -m tests.bench.importing kept|dropped|import FOLDER`` is one run; it prints JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.histories import ROOT


@dataclass(frozen=True, slots=True)
class Run:
    """Medians of several runs. ``peak`` is the most memory resident, in bytes."""

    seconds: float
    rows: int
    peak: int

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def measure(export: Path, runs: int = 3) -> tuple[Run, Run, Run]:
    """Decoding with rows kept, with rows dropped, and import into an empty library; the runs take turns, the files are
    in the page cache."""
    for path in sorted(export.iterdir()):
        path.read_bytes()
    taken: dict[str, list[Run]] = {"kept": [], "dropped": [], "import": []}
    for _ in range(runs):
        for what, found in taken.items():
            command = [sys.executable, "-m", "tests.bench.importing", what, str(export)]
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
            found.append(Run(**json.loads(done.stdout)))
    kept, dropped, whole = (
        Run(median(run.seconds for run in found), found[0].rows, max(run.peak for run in found))
        for found in taken.values()
    )
    return kept, dropped, whole


def _decode(export: Path, keep: bool) -> int:
    import msgspec

    from tui_music.importers.spotify_extended import Row

    decoder = msgspec.json.Decoder(list[Row])
    rows = 0
    kept: list[list[Row]] = []
    for path in sorted(export.iterdir()):
        decoded = decoder.decode(path.read_bytes())
        rows += len(decoded)
        if keep:
            kept.append(decoded)
    return rows


def _import(export: Path, folder: Path) -> int:
    from tui_music.library.ingest import import_paths
    from tui_music.library.library import Library

    return import_paths(Library(folder / "library.duckdb"), [export], "mira").read


def main() -> None:
    what, export = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        if what != "import":
            import msgspec  # noqa: F401 - imports are not what is measured
        else:
            import tui_music.library.ingest  # noqa: F401
        begin = time.perf_counter()
        rows = _import(export, Path(folder)) if what == "import" else _decode(export, keep=what == "kept")
        seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "rows": rows, "peak": peak}))
    sys.stdout.flush()
    os._exit(0)  # freeing a million rows is not what is measured


if __name__ == "__main__":
    main()
