"""What importers hand over: rows as columns of small integers beside tables of what they mean, and rejections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tui_music.importers.members import Member

#: Names longer than this (characters, all names of a row together) make a row too long to be a play.
NAMES_LIMIT = 16_384
#: Plays outside these ends (UTC seconds: years 2000 to 2099) cannot be true.
EARLIEST, LATEST = 946_684_800, 4_102_444_800
#: No single play lasts longer than this (ms); int32 holds it.
LONGEST_MS = 14 * 24 * 3_600_000
EXCERPT_CELLS = 160
#: Of each file, so many rejected rows are kept one by one, the first of each reason with an excerpt; all are counted.
ROWS_KEPT = 100_000
EXCERPTS_KEPT = 1_000


class Reason(StrEnum):
    """Why a row is not a play. Stored; shown with :attr:`sentence`."""

    NO_TITLE = "no-title"
    NO_ARTIST = "no-artist"
    BAD_TIME = "bad-time"
    BAD_DURATION = "bad-duration"
    WRONG_TYPE = "wrong-type"
    NOT_A_ROW = "not-a-row"
    TOO_LONG = "too-long"
    DAMAGED = "damaged"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]

    @property
    def code(self) -> int:
        """Stands, in a column of item codes, for items that are none; below zero."""
        return -1 - list(Reason).index(self)


_SENTENCES = {
    Reason.NO_TITLE: "no title of a track, episode or chapter",
    Reason.NO_ARTIST: "a title but no artist or show",
    Reason.BAD_TIME: "time missing or impossible",
    Reason.BAD_DURATION: "listening time missing or impossible",
    Reason.WRONG_TYPE: "a field is not what it should be",
    Reason.NOT_A_ROW: "not a play",
    Reason.TOO_LONG: "longer than any play",
    Reason.DAMAGED: "damaged text",
}


class Item(NamedTuple):
    """What was played. ``kind`` is a :class:`~tui_music.library.scope.Kind`; a show or book stands as the artist."""

    kind: int
    artist: str
    title: str
    album: str | None
    uri: str | None


class Context(NamedTuple):
    """How a play began, ended and was heard; ``None`` where the source does not say."""

    reason_start: str | None = None
    reason_end: str | None = None
    shuffle: bool | None = None
    skipped: bool | None = None
    offline: bool | None = None
    incognito: bool | None = None
    platform: str | None = None
    country: str | None = None


Key = TypeVar("Key", bound=Hashable)
Meaning = TypeVar("Meaning")


class Table(list[Meaning]):
    """What codes stand for: the meaning of code n is entry n."""

    def __init__(self) -> None:
        super().__init__()
        self.next_code = count().__next__


class Codes(defaultdict[Key, int], Generic[Key]):
    """The code of each key met so far. New keys get new codes as quickly as a dict is filled, then ``mean`` tells what
    they mean, for all that are new in a column at once. Keys that mean nothing share the code of the reason."""

    def __init__(self, mean: Callable[[list[Key]], Sequence[Any]], table: Table[Any]) -> None:
        super().__init__(table.next_code)
        self._mean, self._table = mean, table

    def column(self, keys: Iterable[Key], length: int) -> NDArray[np.int32]:
        """The code of each key, shape (length,); below zero, that of a reason."""
        known = len(self)
        codes = np.fromiter(map(self.__getitem__, keys), np.int32, length)
        if len(self) > known:
            new = list(islice(reversed(self), len(self) - known))[::-1]
            meanings = self._mean(new)
            nothing = {at: meant.code for at, meant in enumerate(meanings) if isinstance(meant, Reason)}
            if nothing:
                first = len(self._table)
                self.update((new[at], code) for at, code in nothing.items())
                true = np.arange(first, first + len(new), dtype=np.int32)
                true[list(nothing)] = list(nothing.values())
                codes[codes >= first] = true[codes[codes >= first] - first]
            self._table.extend(meanings)
        return codes


class Tables:
    """What the codes of one import call stand for: items and contexts. Different codes may mean the same."""

    def __init__(self) -> None:
        self.items: Table[Item | Reason] = Table()
        self.contexts: Table[Context] = Table()
        self._codes: dict[object, Codes[Any]] = {}

    def item_codes(self, mean: Callable[[list[Key]], Sequence[Item | Reason]]) -> Codes[Key]:
        """Codes into ``items`` of whatever ``mean`` turns into items; kept for the whole call."""
        return self._codes.setdefault(mean, Codes(mean, self.items))

    def context_codes(self, mean: Callable[[list[Key]], Sequence[Context]]) -> Codes[Key]:
        """Codes into ``contexts`` of whatever ``mean`` turns into contexts; kept for the whole call."""
        return self._codes.setdefault(mean, Codes(mean, self.contexts))


@dataclass(frozen=True, slots=True)
class Columns:
    """Accepted rows of one slice of a file; arrays have shape (rows,).

    ``row`` is the 1-based number in the file, ``ended`` UTC seconds (the start of the minute where the source is
    minute-precise), ``ms_played`` milliseconds, ``item`` and ``context`` codes into the call's :class:`Tables`.
    """

    row: NDArray[np.int32]
    ended: NDArray[np.int64]
    ms_played: NDArray[np.int32]
    item: NDArray[np.int32]
    context: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.row)


@dataclass(slots=True)
class Rejections:
    """Rejected rows of one file: numbers and reasons of all, excerpts of the first of each reason."""

    rows: list[int] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    excerpts: list[str | None] = field(default_factory=list)
    counts: dict[Reason, int] = field(default_factory=dict)

    def add(self, row: int, reason: Reason, excerpt: Callable[[], str]) -> None:
        count = self.counts[reason] = self.counts.get(reason, 0) + 1
        if len(self.rows) >= ROWS_KEPT and count > 1:
            return
        self.rows.append(row)
        self.reasons.append(reason)
        self.excerpts.append(excerpt()[:EXCERPT_CELLS] if count <= EXCERPTS_KEPT else None)

    def example(self, reason: Reason) -> tuple[int, str]:
        """Row number and excerpt of the first row rejected for ``reason``."""
        row, excerpt = min(
            (row, excerpt or "")
            for row, why, excerpt in zip(self.rows, self.reasons, self.excerpts, strict=True)
            if why is reason
        )
        return row, excerpt


@dataclass(frozen=True, slots=True)
class Slice:
    """A step of reading a file: the rows decoded, and how many bytes of the file are behind us."""

    columns: Columns
    bytes_read: int


class Importer(Protocol):
    """One format. ``minute_precise`` sources round times down to the minute and are matched with richer ones."""

    name: str
    minute_precise: bool

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins with ``head`` (UTF-8, at most 64 KB) is of this format."""
        ...

    def read(self, member: Member, tables: Tables, rejected: Rejections) -> Iterator[Slice]:
        """Yield the rows of ``member`` in order, what they mean in ``tables``, the others in ``rejected``.

        Raises :class:`ImportRefused`.
        """
        ...
