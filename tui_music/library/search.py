"""Artists and tracks found as one types, whatever the accents, case or typing errors.

Every name is indexed by its trigrams, hashed into a fixed number of lists. A search counts shared trigrams, rarest
first, keeps at most 2,000 candidates and judges those by their text. Names are numbered by weight, so every list, and
every set of equally good answers, is in order of weight; no answer depends on codes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from re import escape, finditer
from typing import Any, Literal, Self

import msgspec
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from tui_music.library.history import Bool, Float64, Int32, Int64, Names, UInt8
from tui_music.settings import write_private
from tui_music.text import fold

SCHEMA = 1
#: Names judged by their text in one search.
CANDIDATES = 2000
_LONGEST_QUERY, _LONGEST_NAME = 64, 160  # characters that are compared
_LISTS = 1 << 18
_CHUNK = 1 << 14  # names: list and name fit one uint32, which sorts fast
_BUDGET = 500_000  # entries read in one search; the longest lists tell least and are left out
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")  # so that "dont" finds "Don’t"
_ARTICLE = "the "
_UNSPACED = "\u0e00"  # scripts from here on write words without spaces

# What a match is worth. A name that is only similar gets a share of the last.
_EXACT, _PREFIX, _IN_ORDER, _ALL_WORDS, _INSIDE, _BY_ARTIST, _SIMILAR = 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7
_LEAST = 62.0  # percent of similarity

_ARRAYS: dict[str, type[np.integer[Any]]] = {
    **dict.fromkeys(("code", "artist", "entries"), np.int32),
    **dict.fromkeys(("offset", "first"), np.int64),
    "text": np.uint8,
}


Weights = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]


class UnfitIndex(ValueError):
    """A stored index that is missing, damaged, of another version or of other names. Build it again."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An artist or a track, by code, and how well it fits, 0..1."""

    kind: Literal["artist", "track"]
    code: int
    score: float


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    revision: int
    artists: int
    tracks: int
    names: str
    sizes: dict[str, int]
    checksum: str


@dataclass(frozen=True, slots=True, repr=False)
class SearchIndex:
    """Folded names in order of weight, and for every trigram list the names that are in it.

    ``text`` uint8 (bytes,) is UTF-8, cut by ``offset`` int64 (names + 1,). ``code`` int32 (names,): artist codes as
    they are, track codes as their complement. ``artist`` int32 (names,): position here of a track's artist, the number
    of names for an artist. ``entries`` int32: positions, ascending in each list; ``first`` int64 (lists + 1,) cuts it.
    ``names`` is a digest of the names indexed, ``revision`` the library's. Memory: about 130 bytes a name.
    """

    revision: int
    names: str
    text: UInt8
    offset: Int64
    code: Int32
    artist: Int32
    first: Int64
    entries: Int32

    def __len__(self) -> int:
        return len(self.code)

    @classmethod
    def build(cls, names: Names, artist_weight: Weights, track_weight: Weights, *, revision: int = 0) -> Self:
        """Index ``names``; weights (hours or ms), shapes (artists,) and (tracks,), settle what fits equally well."""
        artists, total = len(names.artists), len(names.artists) + len(names.tracks)
        order = _by_weight(names, artist_weight, track_weight)
        position = np.empty(total, np.int32)
        position[order] = np.arange(total, dtype=np.int32)
        artist = np.full(total, total, np.int32)
        artist[artists:] = position[names.track_artist]
        code = np.concatenate([np.arange(artists), ~np.arange(total - artists)]).astype(np.int32)
        keys = [_key(name)[:_LONGEST_NAME] for table in (names.artists, names.tracks) for name in table]
        keys = [keys[i] for i in order.tolist()]
        first, entries = _lists(keys)
        encoded = [key.encode() for key in keys]
        offset = np.zeros(total + 1, np.int64)
        np.cumsum([len(key) for key in encoded], out=offset[1:])
        text = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(revision, digest(names), text, offset, code[order], artist[order], first, entries)

    def search(self, text: str, limit: int = 200, artists: bool = True, tracks: bool = True) -> list[Hit]:
        """The best ``limit`` artists and tracks for what was typed so far, best first; none for an empty text."""
        query = _key(text[:_LONGEST_NAME])[:_LONGEST_QUERY].strip()
        if not query or limit < 1 or not (artists or tracks):
            return []
        wanted = np.ones(len(self), np.bool_) if artists and tracks else (self.code >= 0) == artists
        if len(query) < 3:
            judged = self._judged(query, self._beginning(query, wanted), similar=False)
        else:
            judged = self._judged(query, self._sharing(query, wanted), similar=True)
        judged.sort(key=lambda pair: (-pair[0], pair[1]))
        codes = ((score, int(self.code[at])) for score, at in judged[:limit])
        return [Hit("artist", code, score) if code >= 0 else Hit("track", ~code, score) for score, code in codes]

    def _list(self, number: int) -> Int32:
        return self.entries[self.first[number] : self.first[number + 1]]

    def _beginning(self, query: str, wanted: Bool) -> Int32:
        """Names for one or two characters: those that begin so, then those with a word that does."""
        words = self._list(int(_hashes(f"  {query}")[0][-1]))
        words = words[wanted[words]]
        found = [self._starting(words, query), words]
        if query >= _UNSPACED:
            places = [hit.start() for hit in islice(finditer(escape(query.encode()), self.text.data), CANDIDATES)]
            inside = np.searchsorted(self.offset, np.array(places, np.int64), side="right").astype(np.int32) - 1
            found.insert(1, inside[wanted[inside]])
        return _first_of(found, CANDIDATES)

    def _sharing(self, query: str, wanted: Bool) -> Int32:
        """Names that share trigrams with ``query``: those with all of them, then the most similar.

        The artist's trigrams count for a track too, so that "artist title" finds it.
        """
        lists = np.unique(_hashes("  " + query.replace(" ", "  "))[0])
        lists = lists[np.argsort(self.first[lists + 1] - self.first[lists], kind="stable")]
        shared = np.zeros(len(self) + 1, np.uint8)
        read = used = 0
        for number in lists.tolist():
            entries = self._list(number)
            if used and read + len(entries) > _BUDGET:
                break
            shared[entries] += 1
            read += len(entries)
            used += 1
        alone = shared[:-1]
        with_artist = np.minimum(alone + shared[self.artist], used)  # of tracks by artists that are not wanted, too
        alone[~wanted] = 0
        with_artist[~wanted] = 0
        whole = np.flatnonzero(alone == used).astype(np.int32)
        either = np.flatnonzero(with_artist == used).astype(np.int32)
        some = np.flatnonzero(alone >= max(1, used // 4)).astype(np.int32)
        likeness = alone[some].astype(np.int64) * 2000 // (used + 1 + self.offset[some + 1] - self.offset[some])
        most = np.flatnonzero(with_artist >= max(1, used // 2)).astype(np.int32)
        similar = _top(some, likeness, CANDIDATES // 3)
        return _first_of(
            [
                self._starting(whole, query)[: CANDIDATES // 3],
                whole[: CANDIDATES // 3],
                similar,
                either[: CANDIDATES // 3],
                _top(most, with_artist[most].astype(np.int64), CANDIDATES),
            ],
            CANDIDATES,
        )

    def _starting(self, positions: Int32, query: str) -> Int32:
        """Those of ``positions`` whose name, with or without its article, starts with ``query``; equal ones first."""
        found = []
        for wanted in (query.encode(), (_ARTICLE + query).encode()):
            left = positions[self.offset[positions + 1] - self.offset[positions] >= len(wanted)]
            for place, byte in enumerate(wanted):
                left = left[self.text[self.offset[left] + place] == byte]
            found.append((left, self.offset[left + 1] - self.offset[left] == len(wanted)))
        equal = np.concatenate([left[same] for left, same in found])
        return np.concatenate([np.sort(equal), np.sort(np.concatenate([left for left, _ in found]))])

    def _texts(self, positions: Int32) -> list[str]:
        data = self.text.data
        starts, ends = self.offset[positions].tolist(), self.offset[positions + 1].tolist()
        return [str(data[start:end], "utf-8", "replace") for start, end in zip(starts, ends, strict=True)]

    def _judged(self, query: str, positions: Int32, similar: bool) -> list[tuple[float, int]]:
        """(score, position) of what fits; names of no better than similar spelling only when ``similar``."""
        owners = self.artist[positions]
        known = np.unique(owners[owners < len(self)])
        artist = dict(zip(known.tolist(), self._texts(known), strict=True))
        words = [f" {word}" for word in query.split()]
        judged, rest = [], []
        for at, text, owner in zip(positions.tolist(), self._texts(positions), owners.tolist(), strict=True):
            by = artist.get(owner, "")
            if score := _fit(query, words, text, by):
                judged.append((score, at))
            else:
                rest.append((at, text, by))
        if similar and rest:
            likeness = _likeness(query, [(text, by) for _, text, by in rest]).tolist()
            judged += [(_SIMILAR * like / 100, at) for (at, _, _), like in zip(rest, likeness, strict=True) if like]
        return judged

    def save(self, path: Path) -> None:
        """Write the index to ``path`` (``.npz``, no pickle), whole or not at all."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        sizes = {name: len(array) for name, array in arrays.items()}
        artists, checksum = int(np.count_nonzero(self.code >= 0)), _checksum(arrays.values())
        header = _Header(SCHEMA, self.revision, artists, len(self) - artists, self.names, sizes, checksum)
        buffer = io.BytesIO()
        np.savez(buffer, header=np.frombuffer(msgspec.json.encode(header), np.uint8), **arrays)
        write_private(path, buffer.getvalue())

    @classmethod
    def load(cls, path: Path, *, names: Names | None = None, revision: int | None = None) -> Self:
        """The index stored at ``path``, which must be of ``names`` and ``revision`` where those are given.

        Raises UnfitIndex for anything else.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
                    raise UnfitIndex("compressed")  # so that nothing is larger in memory than on disk
            with np.load(path, allow_pickle=False) as stored:
                header = msgspec.json.decode(stored["header"].tobytes(), type=_Header)
                arrays = {name: stored[name] for name in _ARRAYS}
        except Exception as error:  # damage shows in many ways, and the answer is always to build again
            raise UnfitIndex(f"{path} is no search index: {error}") from error
        if (
            header.schema != SCHEMA
            or (revision is not None and header.revision != revision)
            or (names is not None and header.names != digest(names))
        ):
            raise UnfitIndex(f"{path} is of another version or of other names")
        if not _sound(header, arrays):
            raise UnfitIndex(f"{path} is damaged")
        return cls(header.revision, header.names, **arrays)


def digest(names: Names) -> str:
    """A digest of the artists and tracks, in order of their codes."""
    hashed = blake2b(digest_size=16)
    for table in (names.artists, names.tracks):
        hashed.update("\0".join([str(len(table)), *table]).encode("utf-8", "surrogatepass"))
    hashed.update(np.ascontiguousarray(names.track_artist, np.int32).tobytes())
    return hashed.hexdigest()


def _checksum(arrays: Iterable[NDArray[Any]]) -> str:
    hashed = blake2b(digest_size=16)
    for array in arrays:
        hashed.update(np.ascontiguousarray(array).data)
    return hashed.hexdigest()


def _sound(header: _Header, arrays: dict[str, NDArray[Any]]) -> bool:
    """Whether the arrays are of the stated types and sizes and refer to nothing outside each other."""
    n = header.artists + header.tracks
    if any(array.ndim != 1 or array.dtype != _ARRAYS[name] for name, array in arrays.items()):
        return False
    sizes = {"code": n, "artist": n, "offset": n + 1, "first": _LISTS + 1}
    if any(len(arrays[name]) != size for name, size in (header.sizes | sizes).items() if name in arrays):
        return False
    code, artist, entries = arrays["code"], arrays["artist"], arrays["entries"]
    return (
        _cuts(arrays["offset"], len(arrays["text"]))
        and _cuts(arrays["first"], len(entries))
        and _within(entries, 0, n)
        and _within(artist, 0, n + 1)
        and _within(code, -header.tracks, header.artists)
        and header.checksum == _checksum(arrays.values())
    )


def _cuts(bounds: Int64, length: int) -> bool:
    return bool(bounds[0] == 0 and bounds[-1] == length and (bounds[1:] >= bounds[:-1]).all())


def _within(values: Int32, low: int, high: int) -> bool:
    return len(values) == 0 or bool(values.min() >= low and values.max() < high)


def _key(name: str) -> str:
    return fold(name.translate(_APOSTROPHES), guests=True)


def _by_weight(names: Names, artist_weight: Weights, track_weight: Weights) -> Int64:
    """Artists and, after them, tracks, in order of weight, the heaviest first, then of names."""
    weight = np.nan_to_num(np.concatenate([artist_weight, track_weight]).astype(np.float64))
    by_artist, by_title = _ranks(names.artists), _ranks(names.tracks)
    artist = np.concatenate([by_artist, by_artist[names.track_artist]])
    title = np.concatenate([np.full(len(by_artist), -1), by_title])
    return np.lexsort((title, artist, -weight))


def _ranks(table: list[str]) -> Int64:
    """Each name's place in code point order."""
    ranks = np.empty(len(table), np.int64)
    ranks[sorted(range(len(table)), key=table.__getitem__)] = np.arange(len(table))
    return ranks


def _hashes(padded: str) -> tuple[Int64, Int64]:
    """Lists of the trigrams of names that are apart by newlines, words by two spaces; and which name each is of."""
    points = np.frombuffer(padded.encode("utf-32-le"), np.uint32)
    ends = points == 10
    space = points == 32
    a, b, c = points[:-2], points[1:-1], points[2:]
    of_one_word = ~(ends[:-2] | ends[1:-1] | ends[2:] | (space[1:-1] & space[2:]))
    mixed = ((a * np.uint32(0x9E3779B1) + b) * np.uint32(0x85EBCA77) + c) * np.uint32(0xC2B2AE3D)
    lists = (mixed ^ (mixed >> np.uint32(15))) % np.uint32(_LISTS)
    return lists[of_one_word].astype(np.int64), np.cumsum(ends)[:-2][of_one_word]


def _lists(keys: list[str]) -> tuple[Int64, Int32]:
    """``first`` and ``entries`` of the index over ``keys``. Built in chunks, to bound memory."""
    parts: list[tuple[int, NDArray[np.uint32]]] = []
    sizes = np.zeros(_LISTS, np.int64)
    for start in range(0, len(keys), _CHUNK):
        chunk = "\n".join(keys[start : start + _CHUNK]).replace(" ", "  ").replace("\n", " \n  ")
        lists, name = _hashes(f"  {chunk} ")
        pairs = np.sort((lists.astype(np.uint32) * np.uint32(_CHUNK)) | name.astype(np.uint32))
        pairs = pairs[np.diff(pairs, prepend=~pairs[:1]) != 0]  # np.unique, four times as fast
        sizes += np.bincount(pairs // _CHUNK, minlength=_LISTS)
        parts.append((start, pairs))
    first = np.concatenate([[0], np.cumsum(sizes)])
    entries = np.empty(int(first[-1]), np.int32)
    free = first[:-1].copy()
    for start, pairs in parts:
        lists = (pairs // _CHUNK).astype(np.int64)
        counts = np.bincount(lists, minlength=_LISTS)
        before = np.cumsum(counts) - counts
        entries[np.arange(len(pairs)) + (free - before)[lists]] = (pairs % _CHUNK).astype(np.int32) + start
        free += counts
    return first, entries


def _first_of(groups: list[Int32], count: int) -> Int32:
    """The first ``count`` distinct positions of ``groups`` read one after another."""
    every = np.concatenate(groups)
    _, place = np.unique(every, return_index=True)
    return every[np.sort(place)[:count]]


def _top(positions: Int32, score: Int64, count: int) -> Int32:
    """The ``count`` positions with the highest scores, the first ones among equals."""
    if len(positions) <= count:
        return positions
    rank = (score.astype(np.int64) << 32) - positions
    return positions[np.argpartition(rank, -count)[-count:]]


def _fit(query: str, words: list[str], text: str, artist: str) -> float:
    """What ``text`` (a track by ``artist``, or an artist when that is empty) is worth; 0 when at most similar."""
    bare = text.removeprefix(_ARTICLE)
    if query in (text, bare):
        return _EXACT
    if text.startswith(query) or bare.startswith(query):
        return _PREFIX
    if f" {query}" in text:
        return _IN_ORDER
    spaced = f" {text}"
    missing = [word for word in words if word not in spaced]
    if not missing:
        return _ALL_WORDS
    if query in text:
        return _INSIDE
    spaced = f" {artist}"
    if artist and all(word in spaced for word in missing):
        return _ALL_WORDS if len(missing) < len(words) else _BY_ARTIST
    return 0.0


def _likeness(query: str, names: list[tuple[str, str]]) -> Float64:
    """Percent of similarity of (name, artist), in whole numbers so that weight settles near ties; 0 for too little."""
    query = query.removeprefix(_ARTICLE)
    alone = [text.removeprefix(_ARTICLE) for text, _ in names]
    both = [f"{artist.removeprefix(_ARTICLE)} {text}" if artist else "" for text, artist in names]
    best = np.zeros(len(names))
    for part, worth, choices in ((0, 1.0, alone), (1, 0.9, alone), (0, 0.95, both), (1, 0.85, both)):
        scorer = fuzz.partial_ratio if part else fuzz.ratio
        like = process.cdist([query], choices, scorer=scorer, score_cutoff=_LEAST / worth)[0] * worth
        if part:  # the query may be like a part of the name, not the other way round
            like[[len(choice) < len(query) for choice in choices]] = 0
        np.maximum(best, like, out=best)
    return np.round(best)
