"""``python -m tests.bench`` prints a table of everything measured. ``--help`` says how to measure less."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from tests.bench import importing, knowing, recommending, screens, starting
from tests.bench.histories import LISTENER, SHAPES, export, home
from tests.bench.timing import Line, percentile
from tui_music.library.library import Library

PARTS = ("import", "start", "screens", "recommending", "knowing")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plays", type=int, nargs="+", default=list(SHAPES), help="sizes of the histories")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "tui-music-bench"))
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    os.umask(0o077)
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "duckdb", "msgspec", "numpy"))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}")
    for plays in options.plays:
        folder = export(options.keep, plays)
        print(f"\n{plays:,} plays, {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:,.0f} MB of JSON")
        if "import" in options.only:
            show(_import(folder))
        if "start" in options.only:
            show(_start(home(options.keep, plays)))
        if "screens" in options.only:
            show(_screens(home(options.keep, plays), plays))
        if "recommending" in options.only:
            show(recommending.measure(Library(home(options.keep, plays) / "library.duckdb").load(LISTENER)))
    if "knowing" in options.only:
        print(f"\n{knowing.ARTISTS:,} artists with {knowing.SIMILAR} similar ones each, {knowing.PLAYS:,} plays")
        with tempfile.TemporaryDirectory() as scratch:
            show(knowing.measure(Path(scratch)))


def show(lines: Iterator[Line]) -> None:
    for what, measured, bar in lines:
        print(f"  {what:<38}{measured:<50}{bar}", flush=True)


def _import(folder: Path) -> Iterator[Line]:
    kept, dropped, whole = importing.measure(folder)
    yield "bare decoding, rows kept", f"{kept.seconds:.2f} s, {kept.rate:,.0f} rows/s", ""
    yield "bare decoding, rows dropped", f"{dropped.seconds:.2f} s, {dropped.rate:,.0f} rows/s", ""
    yield "import", f"{whole.seconds:.2f} s, {whole.rate:,.0f} rows/s", ""
    yield "import ÷ decoding, rows kept", f"{whole.rate / kept.rate:.0%}", "≥ 50 %"
    yield "import ÷ decoding, rows dropped", f"{whole.rate / dropped.rate:.0%}", ""
    yield "most memory while importing", f"{whole.peak / 1e6:,.0f} MB", "bounded by one file"


def _start(folder: Path) -> Iterator[Line]:
    start = starting.measure(folder)
    yield "first paint, smallest app", f"{start.minimal:.3f} s", ""
    yield "first paint", f"{start.paint:.3f} s, × {start.paint / start.minimal:.2f}", "≤ × 1.3"
    yield "library on screen, counted anew", f"{start.counted:.3f} s", "≤ 1.5 s"
    yield "library on screen, kept", f"{start.kept:.3f} s", "≤ 1.5 s"
    yield "--help", f"{start.help:.3f} s", "≤ 0.15 s"


def _screens(folder: Path, plays: int) -> Iterator[Line]:
    tour = screens.measure(folder)
    for name, visit in tour.visits.items():
        for which, reply, bar in (("first", visit.first, "≤ 300 ms"), ("again", visit.again, "≤ 150 ms, ≤ 40 KB")):
            if reply:
                yield f"{name}, opened {which}", f"{1000 * reply.last:.0f} ms, {reply.size / 1000:.1f} KB", bar
        for what, replies in visit.keys.items():
            times = [1000 * reply.last for reply in replies]
            sizes = [reply.size for reply in replies]
            begun = percentile([1000 * reply.first for reply in replies], 0.95)
            figures = f"p50 {percentile(times, 0.5):.0f}, p95 {percentile(times, 0.95):.0f} ms"
            figures += f" (begun {begun:.0f})"
            yield (
                f"{name}, {what}",
                f"{figures}, {sum(sizes) / len(sizes):,.0f} B a key",
                "p95 ≤ 50 ms" + (", ≤ 1 KB" if what == "cursor" else ""),
            )
    yield "bytes in 5 s without a key", f"{tour.idle:,}", "0"
    yield "memory, every screen visited", f"{tour.memory / 1e6:,.0f} MB", f"≤ {400 if plays > 500_000 else 250} MB"
    yield "longest stall, starting", f"{1000 * tour.stalls[0]:.0f} ms", "≤ 100 ms"
    yield "longest stall, afterwards", f"{1000 * tour.stalls[1]:.0f} ms", "≤ 100 ms"


if __name__ == "__main__":
    main()
