"""Where readers of all formats write down what they read, row by row, until it becomes a :class:`Community`."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from tui_music.engine.community.community import Community, Events, FileAccount, Reason, Tagged, counted
from tui_music.engine.community.mending import mend
from tui_music.importers.columns import EARLIEST, LATEST
from tui_music.importers.members import ByteStream

#: Bytes of the longest row, and characters of the longest name, that are believed.
ROW_BYTES = 64 << 10
NAME_CHARS = 1_000
#: More plays of one artist by one listener cannot be true: a life has not as many minutes.
MOST_PLAYS = 50_000_000
_SLICE = 1 << 20


@dataclass(eq=False)
class Codes:
    """The code of each key, and the names by code."""

    code: dict[tuple[object, ...] | str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def add(self, key: tuple[object, ...] | str, name: str) -> int:
        found = self.code.setdefault(key, len(self.names))
        if found == len(self.names):
            self.names.append(name)
        return found


@dataclass(eq=False)
class Book:
    """What was read so far. Methods that add a row return why it is not used, or ``None``."""

    say: Callable[[int], None] = lambda read: None  # is told the bytes read
    listeners: Codes = field(default_factory=Codes)
    artists: Codes = field(default_factory=Codes)
    tracks: Codes = field(default_factory=Codes)
    tags: Codes = field(default_factory=Codes)
    files: list[FileAccount] = field(default_factory=list)
    mended: int = 0
    latin: int = 0

    def __post_init__(self) -> None:
        self._pairs = (array("i"), array("i"), array("f"))
        self._events = (array("i"), array("i"), array("i"), array("q"))
        self._tagged = (array("i"), array("i"), array("i"))
        self._friends = (array("i"), array("i"))
        self._track_artist = array("i")
        self._artist_of: dict[str, int | Reason] = {}

    def lines(self, stream: ByteStream) -> Iterator[str | Reason]:
        """The rows of a text file, without their ends; empty ones are left out. UTF-8, or row by row Latin-1."""
        rest, behind = b"", 0
        while chunk := stream.read(_SLICE):
            behind += len(chunk)
            whole, end, tail = (rest + chunk).rpartition(b"\n")
            rest = tail if len(tail) <= ROW_BYTES else tail[: ROW_BYTES + 1]  # enough to see that it is too long
            if end:
                yield from filter(None, map(self._text, whole.split(b"\n")))
            self.say(behind)
        if rest:
            yield from filter(None, [self._text(rest)])

    def _text(self, line: bytes) -> str | Reason:
        if len(line) > ROW_BYTES:
            return Reason.TOO_LONG
        line = line.rstrip(b"\r")
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.latin += 1
            return line.decode("latin-1")

    def name(self, text: str) -> str | Reason:
        """A name as it was meant."""
        text = text.strip()
        if not text:
            return Reason.NO_NAME
        if len(text) > NAME_CHARS:
            return Reason.TOO_LONG
        meant = mend(text)
        self.mended += meant != text
        return meant

    def artist(self, text: str) -> int | Reason:
        """The code of an artist by name."""
        known = self._artist_of.get(text)
        if known is None:
            name = self.name(text)
            known = name if isinstance(name, Reason) else self.artists.add(name, name)
            self._artist_of[text] = known
        return known

    def pair(self, listener: str, artist: int | Reason, plays: str) -> Reason | None:
        """A listener played an artist so often."""
        if isinstance(artist, Reason):
            return artist
        if not 0 < len(listener) <= NAME_CHARS:
            return Reason.NO_NAME
        count = whole_number(plays)
        if not 0 < count <= MOST_PLAYS:
            return Reason.BAD_COUNT
        self._write(self._pairs, self.listeners.add(listener, listener), artist, count)
        return None

    def play(self, listener: str, artist: str, title: str | None, at: int) -> Reason | None:
        """A listener played a track once, at UTC seconds ``at``."""
        if not 0 < len(listener) <= NAME_CHARS:
            return Reason.NO_NAME
        code = self.artist(artist)
        if isinstance(code, Reason):
            return code
        if not EARLIEST <= at < LATEST:
            return Reason.BAD_TIME
        track = self.tracks.add((code, title), title) if title and len(title) <= NAME_CHARS else -1
        if track == len(self._track_artist):
            self._track_artist.append(code)
        self._write(self._events, self.listeners.add(listener, listener), code, track, at)
        return None

    def tagging(self, listener: str, artist: int | None, tag: int | None) -> Reason | None:
        """A listener gave an artist a tag."""
        who = self.listeners.code.get(listener)
        if who is None or artist is None or tag is None:
            return Reason.UNKNOWN
        self._write(self._tagged, who, artist, tag)
        return None

    def friend(self, listener: str, other: str) -> Reason | None:
        """A listener names another as a friend."""
        one, two = self.listeners.code.get(listener), self.listeners.code.get(other)
        if one is None or two is None:
            return Reason.UNKNOWN
        self._write(self._friends, one, two)
        return None

    @staticmethod
    def _write(columns: tuple[array[int] | array[float], ...], *row: int) -> None:
        for column, value in zip(columns, row, strict=True):
            column.append(value)

    def community(self, source: str) -> Community:
        """All that was read."""
        shape = len(self.listeners.names), len(self.artists.names)
        listener, artist, plays = (np.array(column) for column in self._pairs)
        who, whom, track, at = (np.array(column) for column in self._events)
        one, two = (np.array(column) for column in self._friends)
        tagger, tagged, tag = (np.array(column) for column in self._tagged)
        every = np.concatenate([plays.astype(np.float32), np.ones(len(at), np.float32)])
        return Community(
            source=source,
            listeners=self.listeners.names,
            artists=self.artists.names,
            plays=counted(np.concatenate([listener, who]), np.concatenate([artist, whom]), every, shape),
            tagged=Tagged(tagger, tagged, tag, self.tags.names) if len(tag) else None,
            friends=_once(csr_array((np.ones(len(one)), (one, two)), shape=(shape[0], shape[0]))) if len(one) else None,
            events=Events(who, whom, track, at, self.tracks.names, np.array(self._track_artist)) if len(at) else None,
            files=tuple(self.files),
        )


def whole_number(text: str) -> int:
    """The number that plain digits say; −1 for anything else."""
    return int(text) if 0 < len(text) <= 18 and text.isascii() and text.isdigit() else -1


def _once(matrix: csr_array) -> csr_array:
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix
