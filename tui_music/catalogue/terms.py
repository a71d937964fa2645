"""What tracks are called and filed under, as an inverted index: artist, genre, explicit, year.

A term is a whole artist, not a word of the name: words of names are near noise. Weights
are TF-IDF with cosine (Salton and Buckley 1988); a term stands once or not at all, so a track's vector has the term's
idf = ln(tracks / tracks with it), and a term of every track says nothing. Of terms that most tracks have, the index
keeps the tracks without, so that no list is longer than half the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tui_music.catalogue.features import Float32
from tui_music.library.history import Bool, Float64, Int32, Int64, UInt8

ARTIST, GENRE, EXPLICIT, YEAR = range(4)
#: Tracks that are read at a time.
_BLOCK = 1 << 16
#: What an index is stored as.
ARRAYS = ("kind", "first", "tracks", "inverted", "start", "terms", "idf", "norm")


@dataclass(frozen=True, repr=False, eq=False)
class Terms:
    """``kind`` uint8 (terms,). ``tracks`` int32: tracks of each term, ascending (those without where ``inverted``),
    cut by ``first`` int64 (terms + 1,). ``terms`` int32: terms of each track, cut by ``start`` int64 (tracks + 1,).
    ``idf`` float32 (terms,), ``norm`` float32 (tracks,): 1 / length of a track's vector, 0 for a track of no terms."""

    kind: UInt8
    first: Int64
    tracks: Int32
    inverted: Bool
    start: Int64
    terms: Int32
    idf: Float32
    norm: Float32

    def of(self, track: int) -> Int32:
        return self.terms[self.start[track] : self.start[track + 1]]

    def having(self, term: int) -> Int32:
        """Tracks with a term, ascending."""
        listed = self.tracks[self.first[term] : self.first[term + 1]]
        if not self.inverted[term]:
            return listed
        rest = np.ones(len(self.norm), np.bool_)
        rest[listed] = False
        return np.flatnonzero(rest).astype(np.int32)

    def query(self, seeds: Sequence[tuple[int, float]]) -> dict[int, float]:
        """The weighted sum of the unit vectors of tracks, by term: its product with a track's is the mean cosine."""
        total = sum(weight for _, weight in seeds)
        query: dict[int, float] = {}
        for track, weight in seeds:
            length = float(self.norm[track])
            for term in self.of(track).tolist():
                query[term] = query.get(term, 0.0) + weight / total * length * float(self.idf[term])
        return query

    def cosine(self, query: dict[int, float]) -> Float32:
        """Weighted mean cosine of every track with the tracks of a query, 0–1, shape (tracks,)."""
        gain = {term: weight * float(self.idf[term]) for term, weight in sorted(query.items())}
        whole = sum(worth for term, worth in gain.items() if self.inverted[term])
        if sum(int(self.first[term + 1] - self.first[term]) for term in gain) > len(self.terms) // 4:
            found = self._summed(gain)  # of so many seeds that reading all tracks is quicker
        else:
            found = np.full(len(self.norm), whole, np.float32)
            for term, worth in gain.items():
                listed = self.tracks[self.first[term] : self.first[term + 1]]
                found[listed] += np.float32(-worth if self.inverted[term] else worth)
        found *= self.norm
        found[found < 1e-5] = 0.0  # rounding, where nothing is shared
        return np.minimum(found, 1.0, out=found)

    def exact(self, query: dict[int, float], tracks: Int64) -> Float64:
        """The same for some tracks, in float64."""
        gain = np.zeros(len(self.kind))
        for term, weight in query.items():
            gain[term] = weight * float(self.idf[term])
        begin, many = self.start[tracks], self.start[tracks + 1] - self.start[tracks]
        owner = np.repeat(np.arange(len(tracks)), many)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many) + begin[owner]
        out = np.bincount(owner, gain[self.terms[place]], len(tracks)) * self.norm[tracks]
        return np.clip(np.where(out < 1e-5, 0.0, out), 0.0, 1.0)

    def _summed(self, gain: dict[int, float]) -> Float32:
        worth = np.zeros(len(self.kind), np.float32)
        worth[list(gain)] = list(gain.values())
        out = np.zeros(len(self.norm), np.float32)
        for start in range(0, len(out), _BLOCK):
            bounds = self.start[start : start + _BLOCK + 1]
            # one 0 more, so that tracks without terms at the end have a place to begin
            value = np.append(worth.take(self.terms[bounds[0] : bounds[-1]], mode="clip"), np.float32(0))
            total = np.add.reduceat(value, bounds[:-1] - bounds[0])
            out[start : start + _BLOCK] = np.where(np.diff(bounds) > 0, total, 0)
        return out


def build(rows: Iterable[Sequence[tuple[int, str]]]) -> tuple[Terms, list[tuple[int, str]]]:
    """The index of tracks that are (kind, text) terms, each once; and the terms by number, by kind and text."""
    found: dict[tuple[int, str], int] = {}
    numbers: list[int] = []
    lengths: list[int] = []
    for row in rows:
        lengths.append(len(row))
        numbers += [found.setdefault(term, len(found)) for term in row]
    names = sorted(found)
    place = np.empty(len(names), np.int32)
    place[[found[name] for name in names]] = np.arange(len(names), dtype=np.int32)
    terms = place[np.array(numbers, np.int64)] if numbers else np.empty(0, np.int32)
    count, size = len(names), len(lengths)
    start = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
    owner = np.repeat(np.arange(size, dtype=np.int32), lengths)
    frequency = np.bincount(terms, minlength=count)
    idf = np.log(max(size, 1) / np.maximum(frequency, 1))
    length = np.sqrt(np.bincount(owner, idf[terms] ** 2, minlength=size))
    norm = np.where(length > 0, 1 / np.where(length > 0, length, 1.0), 0.0)
    inverted = frequency > size / 2
    lists = np.split(owner[np.argsort(terms, kind="stable")], np.cumsum(frequency)[:-1]) if count else []
    for term in np.flatnonzero(inverted).tolist():
        rest = np.ones(size, np.bool_)
        rest[lists[term]] = False
        lists[term] = np.flatnonzero(rest).astype(np.int32)
    first = np.concatenate([[0], np.cumsum([len(each) for each in lists], dtype=np.int64)]).astype(np.int64)
    kinds = np.array([kind for kind, _ in names], np.uint8)
    joined = np.concatenate([*lists, np.empty(0, np.int32)]).astype(np.int32)
    kept = Terms(kinds, first, joined, inverted, start, terms, idf.astype(np.float32), norm.astype(np.float32))
    return kept, names
