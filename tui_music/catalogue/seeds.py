"""Playlists that people have, as tracks to start from: Exportify's CSV (and this program's), M3U8, JSPF."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tui_music.catalogue.catalogue import Catalogue, Found, Level
from tui_music.catalogue.similar import Seed
from tui_music.catalogue.tables import spotify_id
from tui_music.errors import TableRefused

_LARGEST = 50_000_000
#: Entries that are looked at.
MOST = 10_000
_TITLE, _ARTIST, _URI = ("track name", "title"), ("artist name(s)", "artist"), ("track uri", "spotify uri", "uri")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a playlist; "" where it does not say."""

    artist: str
    title: str
    spotify_id: str


class _Track(msgspec.Struct):
    title: str | None = None
    creator: str | None = None
    identifier: str | list[str] | None = None
    location: str | list[str] | None = None


class _List(msgspec.Struct):
    track: list[_Track] = []


class _Jspf(msgspec.Struct):
    playlist: _List


def read_playlist(path: Path) -> list[Entry]:
    """The entries of a playlist, recognised by what is in it. Raises :class:`TableRefused`."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as problem:
        raise TableRefused(f"{path} cannot be read: {problem.strerror}.") from None
    if len(data) > _LARGEST:
        raise TableRefused(f"{path} is too large for a playlist.")
    try:
        text = data.decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            found = list(_jspf(text))
        elif text.startswith(("#EXTM3U", "spotify:track:")) or "\n#EXTINF" in text:
            found = list(_m3u8(text))
        else:
            found = list(_csv(text))
    except (UnicodeDecodeError, msgspec.MsgspecError, csv.Error, RecursionError):
        found = []
    if not found:
        raise TableRefused(
            f"{path} is no playlist that is known (Exportify's CSV, M3U8, JSPF), or there is none in it."
        )
    return found[:MOST]


def playlist_seeds(catalogue: Catalogue, entries: list[Entry]) -> tuple[Found, int]:
    """The tracks of a playlist to start from, each once, and how many of its entries were found. Where none is, what
    the first one is like, or its artist."""
    index = catalogue.match(
        [entry.spotify_id for entry in entries],
        [entry.artist for entry in entries],
        [entry.title for entry in entries],
    ).index
    known = index[index >= 0]
    if len(known):
        return Found(tuple(Seed(track) for track in dict.fromkeys(known.tolist())), Level.FEATURES), len(known)
    return catalogue.lookup(entries[0].artist, entries[0].title), 0


def _jspf(text: str) -> Iterator[Entry]:
    for track in msgspec.json.decode(text, type=_Jspf).playlist.track:
        yield _entry(track.creator or "", track.title or "", *_listed(track.identifier), *_listed(track.location))


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _m3u8(text: str) -> Iterator[Entry]:
    label = ""
    for line in text.splitlines():
        if line.startswith("#EXTINF:"):
            label = line.partition(",")[2]
        elif line.strip() and not line.startswith("#"):
            if not label and not spotify_id(line):
                label = re.sub(r"\.\w{2,4}$", "", re.split(r"[/\\]", line.strip())[-1])
            artist, dash, title = label.partition(" - ")
            yield _entry(artist if dash else "", title if dash else label, line)
            label = ""


def _csv(text: str) -> Iterator[Entry]:
    rows = csv.reader(io.StringIO(text))
    header = [name.strip().lower() for name in next(rows, [])]
    place = [next((header.index(name) for name in names if name in header), None) for names in (_ARTIST, _TITLE, _URI)]
    if place[1] is None and place[2] is None:
        return
    for row in rows:
        artist, title, uri = (row[at] if at is not None and at < len(row) else "" for at in place)
        if artist or title or uri:
            yield _entry(artist.split(";")[0], title, uri)


def _entry(artist: str, title: str, *addresses: str) -> Entry:
    known = (spotify_id(address) for address in addresses)
    return Entry(artist.strip(), title.strip(), next((each for each in known if each), ""))
