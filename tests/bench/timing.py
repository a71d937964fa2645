"""Work timed, in the words of the benchmarks' table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

Line = tuple[str, str, str]  # what, measured, bar


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def once(work: Callable[[], object]) -> str:
    begin = time.perf_counter()
    work()
    return f"{time.perf_counter() - begin:.2f} s"


def many(work: Callable[[int], object], times: int) -> str:
    """``work`` is given how often it was done before."""
    taken = []
    for n in range(times):
        begin = time.perf_counter()
        work(n)
        taken.append(1000 * (time.perf_counter() - begin))
    return f"p50 {percentile(taken, 0.5):.1f}, p95 {percentile(taken, 0.95):.1f} ms"
