"""The catalogue at full size: ``python -m tests.bench.catalogue`` builds one of 1,160,000 invented tracks, opens it,
asks it, and with ``--others`` asks scikit-learn, faiss and usearch the same (``pip install .[bench]``).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.histories import ROOT
from tests.bench.timing import percentile
from tests.bench.tracks import table
from tui_music.catalogue.catalogue import Catalogue, open_catalogue
from tui_music.catalogue.filters import Filters, Mood
from tui_music.catalogue.playlist import playlist
from tui_music.catalogue.similar import Seed

Line = tuple[str, str, str]  # what, measured, bar
TRACKS, QUERIES, N = 1_160_000, 60, 20


def built(keep: Path, size: int) -> tuple[Path, list[Line]]:
    """A catalogue of ``size`` invented tracks, kept for the next time; and how it was built, if it was."""
    home, csv = keep / f"catalogue-{size}", keep / f"tracks-{size}.csv"
    if (home / "catalogue.json").exists():
        return home, []
    keep.mkdir(exist_ok=True, parents=True)
    table(csv, size)
    begin = time.perf_counter()
    words = ["-m", "tui_music.catalogue.build", "--into", str(home), str(csv)]
    subprocess.run([sys.executable, *words], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    seconds, peak = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return home, [
        ("size of the table", f"{csv.stat().st_size / 1e6:,.0f} MB", ""),
        ("build, with the choice of clusters", f"{seconds:.0f} s, {peak / 1e6:,.0f} MB at most", ""),
    ]


def serving(home: Path) -> Iterator[Line]:
    begin = time.perf_counter()
    catalogue = open_catalogue(home)
    yield "opened", f"{1000 * (time.perf_counter() - begin):.0f} ms", "≤ 200 ms"
    seeds = np.random.default_rng(1).integers(0, catalogue.size, 2 * QUERIES).tolist()
    some = Filters(year=(2005, 2020), tempo=(90, 140), mood=Mood.HAPPY)
    yield "similar", _many(lambda at: catalogue.similar([Seed(seeds[at])], N)), "≤ 50 ms"
    fifty = [Seed(seed) for seed in seeds[:50]]
    yield "similar to fifty", _many(lambda at: catalogue.similar(fifty[: 50 - at % 2], N)), "≤ 50 ms"
    yield (
        "similar, two of an artist",
        _many(lambda at: catalogue.similar([Seed(seeds[at])], N, per_artist=2)),
        "≤ 50 ms",
    )
    yield "similar, filtered", _many(lambda at: catalogue.similar([Seed(seeds[at])], N, filters=some)), "≤ 50 ms"
    yield "a playlist of 200", _many(lambda at: playlist(catalogue, [Seed(seeds[at])], 200)), ""
    yield "resident", _resident(), "≤ 400 MB"
    names = [f"{catalogue.track(seed).title} {catalogue.track(seed).artist}".lower() for seed in seeds]
    for length in (1, 2, 3, 5, 9):
        yield f"search, {length} typed", _many(partial(_typed, catalogue, names, length)), "≤ 50 ms"
    yield "search, all typed", _many(lambda at: catalogue.search(names[at], N)), "≤ 50 ms"
    wrong = [name[:4] + name[5:12] for name in names]
    yield "search, a letter missing", _many(lambda at: catalogue.search(wrong[at], N)), "≤ 50 ms"
    yield "a text that is spelt wrong", _many(lambda at: catalogue.find(names[at][:4] + names[at][5:])), ""
    yield "resident, after all", _resident(), "≤ 400 MB"


def others(home: Path) -> Iterator[Line]:
    """Twenty nearest by sound alone, here and by other libraries; recall is against float64."""
    catalogue = open_catalogue(home)
    points = np.ascontiguousarray(catalogue.sound.T)
    seeds = np.random.default_rng(2).integers(0, catalogue.size, QUERIES + 1).tolist()
    truth = [_brute(catalogue, seed) for seed in seeds]
    for name, make in (
        ("here", _own),
        ("scikit-learn, brute force", _sklearn),
        ("faiss, flat", _faiss),
        ("usearch, HNSW", _usearch),
    ):
        begin = time.perf_counter()
        ask = make(catalogue, points)
        if ask is None:
            yield name, "not installed", ""
            continue
        ready, taken, hits = time.perf_counter() - begin, [], 0
        for seed, best in zip(seeds, truth, strict=True):
            begin = time.perf_counter()
            found = [track for track in ask(seed) if track != seed][:N]
            taken.append(1000 * (time.perf_counter() - begin))
            hits += len(set(found) & best)
        figures = f"p50 {percentile(taken[1:], 0.5):.1f}, p95 {percentile(taken[1:], 0.95):.1f} ms"
        yield name, f"{figures}, recall@{N} {hits / (N * len(seeds)):.4f}, ready in {ready:.1f} s", ""


def _typed(catalogue: Catalogue, names: list[str], length: int, at: int) -> object:
    return catalogue.search(names[at][:length], N)


Ask = Callable[[int], list[int]]


def _brute(catalogue: Catalogue, seed: int) -> set[int]:
    sound = catalogue.sound.astype(np.float64)
    far = ((sound - sound[:, [seed]]) ** 2).sum(0)
    far[seed] = np.inf
    return set(np.lexsort((np.arange(len(far)), far))[:N].tolist())


def _own(catalogue: Catalogue, points: NDArray[np.float32]) -> Ask:
    return lambda seed: [row.track.index for row in catalogue.similar([Seed(seed)], N, 1.0).rows]


def _sklearn(catalogue: Catalogue, points: NDArray[np.float32]) -> Ask:
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(n_neighbors=N + 1, algorithm="brute").fit(points)
    return lambda seed: list(index.kneighbors(points[[seed]], return_distance=False)[0].tolist())


def _faiss(catalogue: Catalogue, points: NDArray[np.float32]) -> Ask | None:
    if not importlib.util.find_spec("faiss"):
        return None
    import faiss

    index: Any = faiss.IndexFlatL2(points.shape[1])
    index.add(points)
    return lambda seed: list(index.search(points[[seed]], N + 1)[1][0].tolist())


def _usearch(catalogue: Catalogue, points: NDArray[np.float32]) -> Ask | None:
    if not importlib.util.find_spec("usearch"):
        return None
    from usearch.index import Index

    index: Any = Index(ndim=points.shape[1], metric="l2sq", dtype="f32")
    index.add(np.arange(len(points)), points)
    return lambda seed: list(index.search(points[seed], N + 1).keys.tolist())


def _many(work: Callable[[int], object]) -> str:
    """Time passed, and the processor's, which says more where others are at work."""
    taken, used = [], []
    for at in range(QUERIES + 1):
        begin, busy = time.perf_counter(), time.process_time()
        work(at)
        taken.append(1000 * (time.perf_counter() - begin))
        used.append(1000 * (time.process_time() - busy))
    figures = f"p50 {percentile(taken[1:], 0.5):.1f}, p95 {percentile(taken[1:], 0.95):.1f} ms"
    return f"{figures}; of the processor p50 {percentile(used[1:], 0.5):.1f}, p95 {percentile(used[1:], 0.95):.1f} ms"


def _resident() -> str:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    now, most = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return f"{now:,.0f} MB, {most:,.0f} at most"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=TRACKS)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "tui-music-bench"))
    parser.add_argument("--others", action="store_true", help="compare with other libraries, too")
    options = parser.parse_args()
    os.umask(0o077)
    home, lines = built(options.keep, options.tracks)
    print(f"{options.tracks:,} invented tracks, {os.cpu_count()} cores", flush=True)
    for part in (iter(lines), serving(home), others(home) if options.others else iter(())):
        for what, measured, bar in part:
            print(f"  {what:<36}{measured:<78}{bar}", flush=True)


if __name__ == "__main__":
    main()
