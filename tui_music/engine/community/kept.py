"""What is kept of a community to recommend from: its models, its charts, and the account of how it was read.

The plays of its listeners are not kept. A file that does not fit is :class:`NoCommunity`, and is built again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tui_music.engine import models
from tui_music.engine.community.blend import Blend
from tui_music.engine.community.charts import Charted, Charts
from tui_music.engine.community.community import FileAccount
from tui_music.engine.community.content import Tags
from tui_music.engine.community.ease import PrunedEASE
from tui_music.engine.community.factors import IALS
from tui_music.engine.models import UnfitModel
from tui_music.library.history import Int64
from tui_music.text import fold

#: Counts up when what is stored changes its meaning.
VERSION = 2
#: Of artists, and of tracks.
FILE, TRACKS = "community.npz", "tracks.npz"


class NoCommunity(UnfitModel):
    """There is no community, or none that can be used."""


class About(msgspec.Struct, frozen=True):
    """How a community was read and what was learnt of it. ``paths`` is empty for the library's own listeners.
    ``all_listeners`` and ``all_artists`` were read, ``listeners`` and ``artists`` are left with at least ``min_plays``
    and ``min_listeners``; ``pairs`` is how many played whom among these. ``seconds`` is how long it took."""

    source: str
    paths: tuple[str, ...]
    files: tuple[FileAccount, ...]
    merged: int
    all_listeners: int
    all_artists: int
    listeners: int
    artists: int
    pairs: int
    min_plays: int
    min_listeners: int
    seconds: float


@dataclass(frozen=True, repr=False, eq=False)
class Kept:
    """A community to recommend from. ``artists`` are its names; ``listeners`` how many play each, shape (artists,)."""

    about: About
    artists: list[str]
    listeners: Int64
    blend: Blend
    charts: Charts

    @cached_property
    def code_of(self) -> dict[str, int]:
        """The artist of a folded name."""
        return {fold(name) or name: code for code, name in enumerate(self.artists)}

    def profile(self, plays: Mapping[str, float]) -> csr_array:
        """One listener's play counts by name as the community's, shape (1, artists). Artists it does not know are left
        out; spellings of one artist are summed."""
        counts: dict[int, float] = {}
        for name, count in plays.items():
            code = self.code_of.get(fold(name) or name)
            if code is not None and count > 0:
                counts[code] = counts.get(code, 0.0) + count
        codes = np.array(sorted(counts), np.int32)
        data = np.array([counts[code] for code in codes.tolist()], np.float32)
        return csr_array((data, codes, np.array([0, len(codes)], np.int32)), shape=(1, len(self.artists)))


def save(path: Path, about: About, artists: list[str], listeners: Int64, blend: Blend, charts: Charts) -> None:
    """Keep a community on which ``blend``, as :func:`serving_blend` makes it, was fitted."""
    ials, ease, tags = blend.models
    assert isinstance(ials, IALS)
    assert isinstance(ease, PrunedEASE)
    assert isinstance(tags, Tags)
    names, ends = models.packed(artists)
    said = {"about": about, "artists": charts.artists, "tracks": charts.tracks, "weights": blend.weights}
    arrays: dict[str, NDArray[Any]] = {
        "names": names,
        "ends": ends,
        "listeners": listeners,
        "said": np.frombuffer(msgspec.msgpack.encode(said), np.uint8),
        "factors": ials.factors_,
        "powers": np.array([ials.power, ials.regularisation, ials.alpha, ease.power, tags.power]),
        "plays": charts.plays,
        "days": charts.days,
        "plays_on": charts.plays_on,
    }
    for name, matrix in (("ease", ease.weight_), ("tags", tags.tags_)):
        arrays |= {f"{name}_value": matrix.data, f"{name}_index": matrix.indices, f"{name}_start": matrix.indptr}
    models.save(path, arrays, 0, {"community": VERSION})


def load(path: Path) -> Kept:
    """The community at ``path``. Raises :class:`NoCommunity`, whatever the file holds."""
    if not path.exists():
        raise NoCommunity("There is no community yet. tui-music community build PATH learns of one.")
    try:
        return _kept(models.load(path, parameters={"community": VERSION}).arrays)
    except (UnfitModel, KeyError, ValueError, TypeError, IndexError, msgspec.MsgspecError) as problem:
        why = "The community is damaged, or was made by another version of this program"
        raise NoCommunity(f"{why}. Build it again: tui-music community build PATH.") from problem


class _Said(msgspec.Struct):
    about: About
    artists: tuple[Charted, ...]
    tracks: tuple[Charted, ...]
    weights: tuple[float, float, float]


def _kept(arrays: Mapping[str, NDArray[Any]]) -> Kept:
    said = msgspec.msgpack.decode(arrays["said"].tobytes(), type=_Said)
    artists = models.unpacked(arrays["names"], arrays["ends"])
    size = len(artists)
    power, regularisation, alpha, of_ease, of_tags = arrays["powers"].tolist()
    factors = arrays["factors"].astype(np.float32, copy=False)
    ials = IALS(factors.shape[1], regularisation, alpha, power=power).with_factors(factors)
    ease = PrunedEASE(power=of_ease)
    ease.weight_ = _matrix(arrays, "ease", (size, size))
    tags = Tags(of_tags)
    tags.tags_ = _matrix(arrays, "tags", (size, None))
    if arrays["listeners"].shape != (size,) or len(factors) != size:
        raise ValueError("columns that are not as long as the names")
    blend = Blend(list(zip((ials, ease, tags), said.weights, strict=True)))
    charts = Charts(arrays["plays"], said.artists, said.tracks, arrays["days"], arrays["plays_on"])
    return Kept(said.about, artists, arrays["listeners"], blend, charts)


def _matrix(arrays: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, int | None]) -> csr_array:
    parts = arrays[f"{name}_value"], arrays[f"{name}_index"], arrays[f"{name}_start"]
    columns = shape[1] if shape[1] is not None else int(parts[1].max(initial=0)) + 1
    whole = csr_array(parts, shape=(shape[0], columns))
    whole.check_format(full_check=True)  # an index out of bounds would read foreign memory
    return whole
