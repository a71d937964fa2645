"""Names of tracks: kept as bytes, found as one types, matched with names from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_music.catalogue.cleaning import APART, Tracks, match_key
from tui_music.library.history import Int32, Int64, Names, UInt8
from tui_music.library.search import SearchIndex

UInt64 = NDArray[np.uint64]
_INDEX = ("text", "offset", "code", "artist", "first", "entries")


@dataclass(frozen=True, repr=False, eq=False)
class Strings:
    """Texts as UTF-8, cut by ``offset`` int64 (texts + 1,)."""

    data: UInt8
    offset: Int64

    def __len__(self) -> int:
        return len(self.offset) - 1

    def __getitem__(self, place: int) -> str:
        return self.data[self.offset[place] : self.offset[place + 1]].tobytes().decode("utf-8", "replace")

    @classmethod
    def of(cls, texts: Iterable[str]) -> Strings:
        encoded = [text.encode("utf-8", "replace") for text in texts]
        offset = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(each) for each in encoded], out=offset[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offset)


def credit(artist: str) -> str:
    """Credited artists as they are shown."""
    return artist.replace(APART, ", ")


def hashed(artist: str, title: str) -> int:
    """64 bits of the folded names."""
    key = match_key(artist, title).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "little")


def index_arrays(tracks: Tracks) -> dict[str, NDArray[Any]]:
    """Everything that finds tracks by name, by array name: texts, search index, keys to match by, Spotify ids."""
    billed = sorted({credit(artist) for artist in tracks.artist.tolist()})
    code_of = {name: code for code, name in enumerate(billed)}
    code = np.fromiter((code_of[credit(artist)] for artist in tracks.artist.tolist()), np.int32, len(tracks))
    popularity = np.nan_to_num(tracks.number("popularity"), nan=-1.0)
    names = Names(billed, tracks.title.tolist(), code, [], np.empty(0, np.int32), [])
    index = SearchIndex.build(names, np.zeros(len(billed)), popularity)
    keys = [
        (hashed(artist, title), track)
        for track, (artists, title) in enumerate(zip(tracks.artist.tolist(), tracks.title.tolist(), strict=True))
        for artist in artists.split(APART)
    ]
    keys.sort()
    arrays: dict[str, NDArray[Any]] = {"credit": code}
    arrays |= {f"search_{name}": getattr(index, name) for name in _INDEX}
    arrays["key"] = np.array([key for key, _ in keys], np.uint64)
    arrays["key_track"] = np.array([track for _, track in keys], np.int32)
    arrays["id"] = np.array([text.encode("ascii") for text in tracks.ids.tolist()], "S22")
    arrays["id_track"] = tracks.id_track.astype(np.int32)
    place = {text: at for at, text in enumerate(tracks.ids.tolist())}
    arrays["own_id"] = np.fromiter((place.get(text, -1) for text in tracks.id.tolist()), np.int32, len(tracks))
    for name, texts in (("credits", billed), ("titles", names.tracks), ("albums", tracks.album.tolist())):
        kept = Strings.of(texts)
        arrays |= {f"{name}_data": kept.data, f"{name}_offset": kept.offset}
    return arrays


def search_index(arrays: Mapping[str, NDArray[Any]]) -> SearchIndex:
    """The index of :func:`index_arrays`, over arrays that may be mapped into memory."""
    return SearchIndex(0, "", **{name: arrays[f"search_{name}"] for name in _INDEX})


def by_id(ids: NDArray[np.bytes_], track: Int32, wanted: Iterable[str]) -> Int32:
    """The track of each Spotify id, −1 where there is none."""
    asked = np.array([text.encode("ascii") for text in wanted], "S22")
    return _looked_up(ids, track, asked)


def by_key(keys: UInt64, track: Int32, wanted: UInt64) -> Int32:
    """The most popular track of each folded name, −1 where there is none."""
    return _looked_up(keys, track, wanted)


def _looked_up(keys: NDArray[Any], track: Int32, wanted: NDArray[Any]) -> Int32:
    if not len(keys):
        return np.full(len(wanted), -1, np.int32)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, track[place], -1).astype(np.int32)
