"""Charts of a catalogue, computed in a thread: popularity by year and genre, how features are spread and correlate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_music.catalogue.catalogue import Catalogue
from tui_music.library.history import Float64
from tui_music.text import shown
from tui_music.tui.tracks_asked import Own
from tui_music.tui.tracks_charts import AMOUNTS, UNITS, Entry, Matrix, Ranked, name_of, value_of
from tui_music.tui.widgets.chart import Plotted
from tui_music.tui.widgets.figures import NOTHING, Figure, counted, spark

_BINS, _SMALL = 40, 12
#: A genre of fewer tracks is no genre to rank; so many are.
_FEWEST, _GENRES = 10, 20


def charts(catalogue: Catalogue, own: Own | None) -> list[Entry]:
    """Everything there is to chart, in the order of the list."""
    popular = np.where(catalogue.popularity >= 0, catalogue.popularity, np.nan).astype(np.float64)
    with_popularity = np.array([_r(catalogue.raw[at], popular) for at in range(len(catalogue.feature_names))])
    features = [_feature(catalogue, own, column, with_popularity) for column in AMOUNTS]
    return [*_by_year(catalogue, popular), *_by_genre(catalogue, popular), *features, _matrix(catalogue)]


def _by_year(catalogue: Catalogue, popular: Float64) -> list[Entry]:
    known = (catalogue.year > 0) & np.isfinite(popular)
    if not known.any():
        return []
    years = np.array(catalogue.year)[known].astype(np.int64)
    first, last = int(years.min()), int(years.max())
    sums = np.bincount(years - first, popular[known])
    tracks = np.bincount(years - first)
    mean = np.where(tracks > 0, sums / np.maximum(tracks, 1), 0.0)
    plotted = Plotted(
        Figure("mean popularity by year of release"),
        mean.tolist(),
        [(year - first, str(year)) for year in range(first - first % -10, last + 1, 10)],
        lambda at: Figure(f"{first + at}: {mean[at]:.0f} of 100, {counted(int(tracks[at]), 'track')}"),
        Figure(f"{counted(int(tracks.sum()), 'track')} of {first}–{last}"),
    )
    size = Plotted(
        Figure("tracks by year of release"),
        tracks.tolist(),
        plotted.ticks,
        lambda at: Figure(f"{first + at}: {counted(int(tracks[at]), 'track')}"),
        plotted.aside,
    )
    whole = Figure(f"{float(popular[known].mean()):.0f}")
    return [
        Entry(Figure("popularity by year"), spark(_coarse(mean)), whole, plotted),
        Entry(Figure("tracks by year"), spark(_coarse(tracks.astype(np.float64))), NOTHING, size),
    ]


def _by_genre(catalogue: Catalogue, popular: Float64) -> list[Entry]:
    means: list[tuple[float, str, int]] = []
    for genre, size in catalogue.genres():
        if size < _FEWEST:
            break
        of = popular[catalogue.of_genre(genre)]
        if np.isfinite(of).any():
            means.append((float(np.nanmean(of)), genre, size))
    if not means:
        return []
    means.sort(key=lambda each: (-each[0], each[1]))
    bars = [
        Ranked(shown(genre), mean / 100, Figure(f"{mean:.0f}"), counted(size, "track"))
        for mean, genre, size in means[:_GENRES]
    ]
    title = Figure(f"mean popularity of genres, {len(bars)} of {len(means)}")
    return [
        Entry(Figure("popularity by genre"), spark([each[0] for each in means[:_SMALL]]), bars=tuple(bars), title=title)
    ]


def _feature(catalogue: Catalogue, own: Own | None, column: str, with_popularity: Float64) -> Entry:
    """How a column is spread, with quartiles, and what it goes with."""
    at = catalogue.feature_names.index(column)
    values = np.asarray(catalogue.raw[at])
    values = values[np.isfinite(values)].astype(np.float64)
    name, mean = name_of(column), float(catalogue.means[at])
    if not len(values):
        return Entry(name, title=Figure(f"{name}: no track of the catalogue says"))
    unit, digits, low, high, per = UNITS.get(column, ("", 2, 0.0, 1.0, 1.0))
    inside = np.clip(values / per, low, high)
    bins, edges = np.histogram(inside, _BINS, (low, high))
    share = bins / len(values) * 100
    step = (high - low) / 4
    spoken = f" ({unit})" if unit else ""
    plotted = Plotted(
        Figure(f"{name}{spoken}: share of tracks, %"),
        share.tolist(),
        [(round(part * (_BINS - 1) / 4), f"{low + part * step:.{0 if step >= 1 else 2}f}") for part in range(5)],
        lambda bucket: Figure(
            f"{edges[bucket]:.{digits + 1}f}–{edges[bucket + 1]:.{digits + 1}f}: {share[bucket]:.1f} %"
        ),
        counted(len(values), "track"),
    )
    least, *quartiles, most = (value_of(column, float(each)) for each in np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    mine = own.means.get(column) if own is not None else None
    yours = "" if mine is None or mine != mine else f"   your plays {value_of(column, mine)}"
    said = [
        Figure(f"mean {value_of(column, mean)}   quartiles {' · '.join(quartiles)}"),
        Figure(f"least {least}   most {most}{yours}"),
    ]
    r = dict(zip(map(name_of, catalogue.feature_names), catalogue.correlations[at].tolist(), strict=True))
    r = {other: value for other, value in r.items() if other not in (name, "key", "mode")}
    said += _goes_with(r | {Figure("popularity"): float(with_popularity[at])})
    return Entry(name, spark(_coarse(share)), value_of(column, mean), plotted, said=tuple(said))


def _goes_with(r: dict[Figure, float]) -> list[Figure]:
    """The strongest correlations, up and down."""
    known = sorted((value, name) for name, value in r.items() if value == value)
    up = [f"{name} {value:+.2f}" for value, name in known[::-1][:3] if value >= 0.05]
    down = [f"{name} {value:+.2f}".replace("-", "−") for value, name in known[:3] if value <= -0.05]
    lines = ((f"with {' · '.join(up)}", up), (f"against {' · '.join(down)}", down))
    return [Figure(line) for line, any_ in lines if any_]


def _matrix(catalogue: Catalogue) -> Entry:
    rows = [catalogue.feature_names.index(column) for column in AMOUNTS]
    r = catalogue.correlations[np.ix_(rows, rows)]
    matrix = Matrix(tuple(map(name_of, AMOUNTS)), tuple(map(tuple, r.tolist())))
    return Entry(Figure("correlations"), matrix=matrix, title=Figure("how features go together (Pearson’s r)"))


def _coarse(values: Float64) -> list[float]:
    """As many values as a small picture has cells."""
    parts: Sequence[Float64] = np.array_split(values, _SMALL)
    return [float(part.mean()) if len(part) else 0.0 for part in parts]


def _r(one: Float64, other: Float64) -> float:
    """Pearson's r where both are known, nan where neither varies."""
    both = np.isfinite(one) & np.isfinite(other)
    x, y = np.asarray(one)[both].astype(np.float64), other[both]
    if len(x) < 2 or x.std() < 1e-9 or y.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])
