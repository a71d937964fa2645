"""Invented catalogues of any size, with the shape of real ones: a few artists and genres with most of the tracks, names
of all lengths, and features that go together (energy with loudness, against acousticness; genres and artists apart)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

_SYLLABLES = (
    "ka lo mi ren sa tu vel or an dri fe gol hai jo ne pra qui ras ste um wen yx zo bel cor dan el fi gra hol".split()
)
_PLAIN = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")
#: How features go with three hidden ones: drive, mood, and how much is sung.
_LOADING = np.array(
    [[0.4, 0.9, 0], [1.3, 0.2, 0], [0.2, 0.1, 0.5], [-1.4, 0, 0.2], [0.1, -0.4, -1.6], [0.3, 0, 0.1], [0.3, 1.2, 0]]
)
_CENTRE = np.array([0.3, 0.5, -2.6, -1.2, -2.5, -1.6, 0.0])


def tracks(size: int, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Columns of ``size`` tracks as in the table of 1,160,000, shape (size,)."""
    rng = np.random.default_rng(seed)
    artists = max(3, size // 18)
    genres = min(82, artists)
    artist = _skewed(rng, artists, size, 0.75)
    genre = _skewed(rng, genres, artists, 0.4)[artist]
    words = _words(rng, 20_000)
    hidden = rng.normal(0, 0.8, (genres, 3))[genre] + rng.normal(0, 0.4, (artists, 3))[artist]
    hidden += rng.normal(0, 0.7, (size, 3))
    plain = 1 / (1 + np.exp(-(hidden @ _LOADING.T + _CENTRE + rng.normal(0, 0.6, (size, len(_PLAIN))))))
    energy = plain[:, 1]
    return {
        "artist_name": _titles(rng, words, artists, 2)[artist],
        "track_name": _titles(rng, words, size, 4),
        "track_id": _ids(rng, size),
        "popularity": np.clip(rng.exponential(16, size) + 30 / (1 + artist**0.3), 0, 100).astype(np.int64),
        "year": rng.integers(2000, 2024, size),
        "genre": np.array([f"genre {name}" for name in words[:genres]], object)[genre],
        **dict(zip(_PLAIN, plain.round(4).T, strict=True)),
        "key": rng.integers(0, 12, size),
        "loudness": (-22 + 18 * energy + rng.normal(0, 2, size)).clip(-60, 4).round(3),
        "mode": (rng.random(size) < 0.63).astype(np.int64),
        "tempo": np.exp(rng.normal(np.log(118), 0.24, size)).clip(45, 220).round(3),
        "duration_ms": np.exp(rng.normal(np.log(228_000), 0.35, size)).astype(np.int64),
        "time_signature": np.full(size, 4),
    }


def table(path: Path, size: int, seed: int = 0) -> Path:
    """Those tracks as a CSV or Parquet file, by its name."""
    columns = tracks(size, seed)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.register("tracks", columns)
        kind = "PARQUET" if path.suffix == ".parquet" else "CSV, HEADER"
        connection.execute(f"COPY tracks TO '{path}' (FORMAT {kind})")
    return path


def _skewed(rng: np.random.Generator, kinds: int, size: int, power: float) -> NDArray[np.int64]:
    """Numbers below ``kinds``, the first ones most often."""
    share = 1 / np.arange(1, kinds + 1) ** power
    return rng.choice(kinds, size, p=share / share.sum())


def _words(rng: np.random.Generator, count: int) -> list[str]:
    picks = rng.integers(0, len(_SYLLABLES), (2 * count, 4))
    lengths = rng.integers(1, 5, 2 * count)
    made = dict.fromkeys("".join(_SYLLABLES[at] for at in row[:n]) for row, n in zip(picks, lengths, strict=True))
    return list(made)[:count]


def _titles(rng: np.random.Generator, words: list[str], count: int, most: int) -> NDArray[np.object_]:
    picks = (len(words) * rng.random((count, most)) ** 2.5).astype(int).tolist()
    lengths = rng.integers(1, most + 1, count).tolist()
    out = np.empty(count, object)
    out[:] = [" ".join(words[at] for at in row[:n]).title() for row, n in zip(picks, lengths, strict=True)]
    return out


def _ids(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    letters = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)
    drawn = letters[rng.integers(0, 62, (count, 22))]
    return np.ascontiguousarray(drawn).view("S22")[:, 0].astype("U22").astype(object)
