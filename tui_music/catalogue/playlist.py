"""Playlists from seeds: the most similar tracks, in an order that flows.

One question to the catalogue, so that it ends whatever there is: a playlist is shorter than asked for when there is
nothing more to put in. Neighbours are to be close in tempo (halving and doubling count for nothing), in key on the
circle of fifths (a minor key lies with its relative major), and in energy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tui_music.catalogue.catalogue import SOUND_WEIGHT, Catalogue, CatalogueTrack, Level, SimilarTrack
from tui_music.catalogue.filters import Filters
from tui_music.catalogue.similar import Seed
from tui_music.catalogue.tables import SOUND
from tui_music.library.history import Float64

LONGEST = 200
_AT = {name: place for place, name in enumerate(SOUND)}
#: Steps that are felt alike: 7 % of tempo, two fifths, 0.15 of energy. What is not known costs one.
_TEMPO, _KEY, _ENERGY, _UNKNOWN = 0.1, 2.0, 0.15, 1.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """``ms`` in all, of tracks whose duration is known; means over those where a value is known, ``None`` for none.
    Jumps are means between neighbours: tempo as a share (0.06 is 6 %), keys in fifths, energy 0–1."""

    tracks: int
    artists: int
    genres: int
    ms: int
    popularity: float | None
    tempo: float | None
    first_year: int | None
    last_year: int | None
    tempo_jump: float | None
    key_jump: float | None
    energy_jump: float | None


@dataclass(frozen=True, slots=True)
class Playlist:
    """Tracks in order, ``rank`` being the place; those that were asked for are of the level of seeds."""

    rows: tuple[SimilarTrack, ...]
    statistics: Statistics


def playlist(
    catalogue: Catalogue,
    seeds: Sequence[Seed],
    size: int = 20,
    sound: float = SOUND_WEIGHT,
    filters: Filters | None = None,
    per_artist: int = 2,
    level: Level = Level.FEATURES,
) -> Playlist:
    """A playlist of ``size`` tracks: the seeds, the first one first, and what is most like them, in an order that
    flows. Of an artist at most ``per_artist``, seeds apart. ValueError for a size outside 1–200."""
    if not 1 <= size <= LONGEST:
        raise ValueError(f"a playlist has 1 to {LONGEST} tracks, not {size}")
    begun = list(dict.fromkeys(seed.index for seed in seeds))[:size]
    rows = [SimilarTrack(0, catalogue.track(index), 0.0, 0.0, 0.0, Level.SEED) for index in begun]
    count: dict[int, int] = {}
    for index in begun:
        count[int(catalogue.artist[index])] = count.get(int(catalogue.artist[index]), 0) + 1
    asked = size + per_artist * len(begun)
    for row in catalogue.similar(seeds, asked, sound, filters, per_artist, level).rows:
        artist = int(catalogue.artist[row.track.index])
        if len(rows) < size and count.get(artist, 0) < per_artist:
            count[artist] = count.get(artist, 0) + 1
            rows.append(row)
    order = flowing(steps([row.track for row in rows]))
    placed = tuple(replace(rows[at], rank=place) for place, at in enumerate(order, 1))
    return Playlist(placed, statistics([row.track for row in placed]))


def steps(tracks: Sequence[CatalogueTrack]) -> Float64:
    """How far apart each two tracks are to follow one another, shape (tracks, tracks), symmetric."""
    cost = np.zeros((len(tracks), len(tracks)))
    for jump, unit in zip(_jumps(tracks), (_TEMPO, _KEY, _ENERGY), strict=True):
        cost += np.where(np.isfinite(jump), jump / unit, _UNKNOWN)
    np.fill_diagonal(cost, 0.0)
    return cost


def flowing(cost: Float64) -> list[int]:
    """An order that begins with the first and has small steps: the nearest next, then 2-opt (Croes 1958), as long as
    turning a part around makes it shorter; at most four turns a track."""
    left, order = list(range(1, len(cost))), [0][: len(cost)]
    while left:
        nearest = min(left, key=lambda at: (cost[order[-1], at], at))
        left.remove(nearest)
        order.append(nearest)
    path = np.array(order, np.int64)
    for _ in range(4 * len(path)):
        if len(path) < 3:
            break
        here, there = path[:-1], path[1:]
        step = cost[here, there]
        # turning path[i + 1 … j] around: two steps go, two come; beyond the end there is none
        gain = step[:, None] + np.append(step[1:], 0.0) - cost[np.ix_(here, there)]
        gain -= np.append(cost[np.ix_(there, there[1:])], np.zeros((len(there), 1)), axis=1)
        gain = np.triu(gain, 1)
        best = int(gain.argmax())
        i, j = divmod(best, len(step))
        if gain[i, j] <= 1e-9:
            break
        path[i + 1 : j + 2] = path[i + 1 : j + 2][::-1]
    return [int(at) for at in path]


def statistics(tracks: Sequence[CatalogueTrack]) -> Statistics:
    """Of tracks in this order."""
    years = [track.year for track in tracks if track.year is not None]
    neighbours = [np.diagonal(jump, 1) for jump in _jumps(tracks)]
    tempo, key, energy = (_mean([value for value in jump.tolist() if np.isfinite(value)]) for jump in neighbours)
    return Statistics(
        tracks=len(tracks),
        artists=len({track.artist for track in tracks}),
        genres=len({genre for track in tracks for genre in track.genre.split(", ") if genre}),
        ms=sum(track.duration_ms or 0 for track in tracks),
        popularity=_mean([track.popularity for track in tracks if track.popularity is not None]),
        tempo=_mean([track.tempo for track in tracks if track.tempo is not None]),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        tempo_jump=None if tempo is None else 2**tempo - 1,
        key_jump=key,
        energy_jump=energy,
    )


def _jumps(tracks: Sequence[CatalogueTrack]) -> tuple[Float64, Float64, Float64]:
    """Tempo in octaves (0–0.5), key in fifths (0–6), energy: between each two tracks, nan where not known."""
    raw = np.array([track.features for track in tracks], np.float64).reshape(len(tracks), len(SOUND))
    octaves = np.log2(raw[:, _AT["tempo"]])
    tempo = np.abs(octaves[:, None] - octaves) % 1.0
    # with the mode not known a key is taken for major
    relative = np.where(raw[:, _AT["mode"]] < 0.5, raw[:, _AT["key"]] + 3, raw[:, _AT["key"]])
    fifth = 7 * relative % 12
    key = np.abs(fifth[:, None] - fifth)
    energy = raw[:, _AT["energy"]]
    return np.minimum(tempo, 1 - tempo), np.minimum(key, 12 - key), np.abs(energy[:, None] - energy)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
