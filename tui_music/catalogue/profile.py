"""How a listener's music sounds, and how that moved over the years; what two tracks have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tui_music.catalogue.catalogue import Catalogue
from tui_music.catalogue.features import FEATURES, WORDS
from tui_music.catalogue.tables import SOUND
from tui_music.library.history import Float64, Int32, Int64

#: The columns a mean can be taken of: a key is a place on a circle.
TOLD = tuple(name for name in SOUND if name != "key")
_ROWS = [SOUND.index(name) for name in TOLD]
#: Standard deviations: as far apart two tracks still are the same, from as far on they are called alike.
_SAME, _MARKED = 0.3, 0.8
#: Features that are told of two tracks, where both have the same.
_COMPARED = ("energy", "tempo", "valence", "danceability")


@dataclass(frozen=True, eq=False)
class SoundProfile:
    """Weighted means over plays, in the columns' own units: ``mean`` float64 (TOLD,) of all, ``by_year`` (years, TOLD)
    of each of ``years`` int64 (years,); ``weight`` (years,) is the weight of the plays whose track is in the
    catalogue. nan where nothing is known. ``covered`` is the share of the whole weight that the catalogue knows."""

    mean: Float64
    years: Int64
    by_year: Float64
    weight: Float64
    covered: float


def sound_profile(catalogue: Catalogue, track: Int32, weight: Float64, year: Int64) -> SoundProfile:
    """The profile of plays, all of shape (plays,): their ``track`` in the catalogue (−1 for none), what each counts
    for (plays, ms or completion), and the local ``year`` it was in."""
    known = np.flatnonzero(track >= 0)
    years, place = np.unique(year[known], return_inverse=True)
    sums, counts = np.zeros((len(years), len(TOLD))), np.zeros((len(years), len(TOLD)))
    for column, row in enumerate(_ROWS):
        value = catalogue.raw[row][track[known]].astype(np.float64)
        told = np.isfinite(value)
        sums[:, column] = np.bincount(place[told], (value * weight[known])[told], len(years))
        counts[:, column] = np.bincount(place[told], weight[known][told], len(years))
    whole = float(weight.sum())
    return SoundProfile(
        mean=_share(sums.sum(0), counts.sum(0)),
        years=years.astype(np.int64),
        by_year=_share(sums, counts),
        weight=np.bincount(place, weight[known], len(years)).astype(np.float64),
        covered=float(weight[known].sum()) / whole if whole else 0.0,
    )


def in_common(catalogue: Catalogue, one: int, other: int) -> str:
    """What two tracks have in common ("same energy and tempo, both acoustic"), "" for nothing that stands out."""
    raw = np.array(catalogue.raw[:, [one, other]], np.float64).T
    apart = dict(zip(FEATURES, catalogue.pipeline.standardised(raw).T.tolist(), strict=True))
    known = {name for place, name in enumerate(SOUND) if np.isfinite(raw[:, place]).all()}
    return words_in_common({name: pair for name, pair in apart.items() if name in known or name == "duration"})


def words_in_common(apart: Mapping[str, Sequence[float]]) -> str:
    """The same of two places, given by feature in standard deviations from the mean."""
    same = [name for name in _COMPARED if name in apart and abs(apart[name][0] - apart[name][1]) <= _SAME]
    both = [
        words[0] if apart[name][0] > 0 else words[1]
        for name, words in WORDS.items()
        if name in apart and name not in same and min(map(abs, apart[name])) >= _MARKED and _one_side(*apart[name])
    ]
    told = [f"same {_and(same[:2])}"] if same else []
    return ", ".join(told + ([f"both {_and(both[:2])}"] if both else []))


def _one_side(one: float, other: float) -> bool:
    return (one > 0) == (other > 0)


def _and(words: list[str]) -> str:
    return " and ".join(words)


def _share(sums: Float64, counts: Float64) -> Float64:
    return np.where(counts > 0, sums / np.where(counts > 0, counts, 1.0), np.nan)
