"""The community: reading, learning, opening, asking; with ``--evaluate`` the table of all recommenders, and with the
extra ``bench`` the ALS of ``implicit`` in the same splits. ``python -m tests.bench.community PATH…``"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from tui_music.engine.community import kept
from tui_music.engine.community.building import Building
from tui_music.engine.community.community import Community
from tui_music.engine.community.models import Float32, emphasis
from tui_music.engine.community.reading import read_community
from tui_music.engine.evaluation.evaluate import evaluate, validated
from tui_music.engine.evaluation.splits import held_out_items
from tui_music.settings import Settings

Line = tuple[str, str, str]  # what, measured, bar
_FACTORS, _REGULARISATIONS, _ALPHAS = (64, 128), (0.1, 3.0, 10.0), (1.0, 5.0, 20.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", help="public data of many listeners")
    parser.add_argument("--evaluate", action="store_true", help="compare recommenders, too (minutes)")
    options = parser.parse_args()
    os.umask(0o077)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for what, measured, bar in measure(Settings(home, home / "cache", home), options.paths):
            print(f"  {what:<44}{measured:<40}{bar}", flush=True)
    if options.evaluate:
        _evaluate(read_community(options.paths))


def measure(settings: Settings, paths: Sequence[Path]) -> Iterator[Line]:
    start = time.perf_counter()
    child = Building(settings, paths, 5, 5)
    while not child.wait(0.05):
        pass
    child.finish()
    yield "read and learnt, in a child process", f"{time.perf_counter() - start:.1f} s", "< 120 s"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    yield "most memory of the child", f"{peak / 1e3:,.0f} MB", "< 4,000 MB"
    file = settings.community_dir / kept.FILE
    yield "file", f"{file.stat().st_size / 1e6:.1f} MB", ""
    start = time.perf_counter()
    community = kept.load(file)
    yield "opened", f"{1000 * (time.perf_counter() - start):.0f} ms", ""
    for size in (50, 300, 1_000):
        yield f"a listener of {size:,} artists", _asked(community, size, explained=0), "< 20 ms"
        yield "… with 25 answers explained", _asked(community, size, explained=25), ""


def _asked(community: kept.Kept, size: int, explained: int) -> str:
    rng, taken = np.random.default_rng(0), []
    for _ in range(40):
        some = rng.permutation(len(community.artists))[:size].tolist()
        plays = {community.artists[code]: float(rng.integers(1, 300)) for code in some}
        start = time.perf_counter()
        profile = community.profile(plays)
        scores = community.blend.scores(profile)
        if explained:
            community.blend.parts(profile, np.argsort(-scores[0])[:explained])
        taken.append(1000 * (time.perf_counter() - start))
    half, most = np.quantile(taken, (0.5, 0.95))
    return f"p50 {half:.1f}, p95 {most:.1f} ms"


class ImplicitALS:
    """ALS of ``implicit``, listeners folded in by its own means."""

    def __init__(self, factors: int, regularisation: float, alpha: float) -> None:
        self.factors, self.regularisation, self.alpha = factors, regularisation, alpha
        self.name = f"implicit ALS {factors}, {regularisation:g}, {alpha:g}"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> ImplicitALS:
        from implicit.als import AlternatingLeastSquares

        self.model_ = AlternatingLeastSquares(
            self.factors, self.regularisation, alpha=self.alpha, iterations=15, random_state=0, num_threads=1
        )
        self.model_.fit(csr_matrix(emphasis(counts, 1.0)), show_progress=False)
        return self

    def scores(self, profiles: csr_array) -> Float32:
        said = csr_matrix(emphasis(profiles, 1.0))
        listeners: Float32 = self.model_.recalculate_user(np.arange(said.shape[0]), said)
        scores: Float32 = listeners @ self.model_.item_factors.T
        return scores


def _evaluate(community: Community) -> None:
    more: list[ImplicitALS] = []
    try:
        import implicit  # noqa: F401

        trial = held_out_items(community, 0)
        tried = [ImplicitALS(*each) for each in product(_FACTORS, _REGULARISATIONS, _ALPHAS)]
        more = [max(tried, key=lambda model: validated(trial, model))]
    except ImportError:
        print("implicit is not installed: pip install -e '.[bench]'")
    table = evaluate(community, lambda done, doing: None, more=more)
    print("\n".join(table.notes), f"\n{table.seconds:.0f} s")
    for row in table.rows:
        figures = f"NDCG {row.ndcg:.4f} ({row.low:.4f} to {row.high:.4f})  recall {row.recall:.4f}"
        more_figures = f"precision {row.precision:.4f}  F1 {row.f1:.4f}  hit {row.hit_rate:.3f}  MRR {row.mrr:.3f}"
        print(f"  {row.protocol:<16}{row.recommender:<34}{figures}  {more_figures}  coverage {row.coverage:.3f}")


if __name__ == "__main__":
    main()
