"""The formats of public data sets with many listeners' plays, each recognised by its first rows.

A format reads a file into a :class:`Book` and yields for each row ``None``, or why it is not used.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from tui_music.engine.community.book import Book, whole_number
from tui_music.engine.community.community import Reason
from tui_music.importers.members import Member

#: ``fields`` of one row to a book.
Row = Callable[[Book, list[str]], Reason | None]


@dataclass(frozen=True)
class Format:
    """``family`` are formats that belong together; those of lower ``order`` are read first."""

    name: str
    family: str
    recognises: Callable[[bytes], bool]
    rows: Callable[[Book, Member], Iterator[Reason | None]]
    order: int = 0


def _tabs(fields: int, row: Row, *, header: bool = False) -> Callable[[Book, Member], Iterator[Reason | None]]:
    """Reads rows of so many fields with tabs between them."""

    def rows(book: Book, member: Member) -> Iterator[Reason | None]:
        stream = member.open()
        try:
            lines = book.lines(stream)
            if header:
                next(lines, None)
            for line in lines:
                if isinstance(line, Reason):
                    yield line
                else:
                    cells = line.split("\t")
                    yield row(book, cells) if len(cells) == fields else Reason.FIELDS
        finally:
            stream.close()

    return rows


def _starts(pattern: str) -> Callable[[bytes], bool]:
    compiled = re.compile(pattern.encode(), re.IGNORECASE)
    return lambda head: compiled.match(head) is not None


# HetRec 2011 Last.fm: ids in one file, their names in another


def _hetrec_artist(book: Book, cells: list[str]) -> Reason | None:
    name = book.name(cells[1])
    if isinstance(name, Reason):
        return name
    book.artists.add(("id", cells[0]), name)
    return None


def _hetrec_tag(book: Book, cells: list[str]) -> Reason | None:
    name = book.name(cells[1])
    if isinstance(name, Reason):
        return name
    book.tags.add(("id", cells[0]), name)
    return None


def _hetrec_plays(book: Book, cells: list[str]) -> Reason | None:
    return book.pair(cells[0], book.artists.code.get(("id", cells[1]), Reason.UNKNOWN), cells[2])


def _hetrec_tagged(book: Book, cells: list[str]) -> Reason | None:
    return book.tagging(cells[0], book.artists.code.get(("id", cells[1])), book.tags.code.get(("id", cells[2])))


def _hetrec_friend(book: Book, cells: list[str]) -> Reason | None:
    return book.friend(cells[0], cells[1])


def _hetrec(name: str, header: str, row: Row, order: int) -> Format:
    fields = header.count(" ") + 1
    pattern = header.replace(" ", "\t") + r"\r?\n"
    return Format(name, "HetRec 2011 Last.fm", _starts(pattern), _tabs(fields, row, header=True), order)


# Last.fm 360K and 1K (Celma 2010)


def _lastfm_360k(book: Book, cells: list[str]) -> Reason | None:
    return book.pair(cells[0], book.artist(cells[2]), cells[3].strip())


def _lastfm_1k(book: Book, cells: list[str]) -> Reason | None:
    try:
        at = int(datetime.fromisoformat(cells[1]).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return Reason.BAD_TIME
    return book.play(cells[0], cells[3], cells[5].strip(), at)


# A CSV of scrobbles: Username, Artist, Track, Album, Date, Time


_CSV_FIELDS = ("username", "artist", "track", "date", "time")
#: The data set says no time zone: the clock is taken for UTC.
_DATES = ("%d %b %Y", "%d-%b-%Y", "%Y-%m-%d", "%d/%m/%Y")


def _csv_header(head: bytes) -> list[str] | None:
    first = head.split(b"\n", 1)[0][:4096].decode("utf-8", "replace").strip()
    names = [name.strip().casefold() for name in first.split(",")]
    return names if set(_CSV_FIELDS) <= set(names) else None


@cache
def _day(text: str) -> int | None:
    """UTC seconds of the begin of a day."""
    for form in _DATES:
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    return None


@cache
def _clock(text: str) -> int | None:
    """Seconds since midnight of 17:05 or 17:05:59."""
    parts = [whole_number(part) for part in text.split(":")]
    if len(parts) not in (2, 3) or not all(0 <= part < most for part, most in zip(parts, (24, 60, 60), strict=False)):
        return None
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def _scrobbles(book: Book, member: Member) -> Iterator[Reason | None]:
    header = _csv_header(member.head()) or []
    at = [header.index(name) for name in _CSV_FIELDS]
    stream = member.open()
    try:
        lines = book.lines(stream)
        next(lines, None)
        for line in lines:
            yield line if isinstance(line, Reason) else _scrobble(book, line, at, len(header))
    finally:
        stream.close()


def _scrobble(book: Book, line: str, at: list[int], fields: int) -> Reason | None:
    """Each row is read alone: a quote that is not closed costs its own row."""
    try:
        cells = next(csv.reader((line,), strict=True), [])
    except csv.Error:
        return Reason.DAMAGED
    if len(cells) != fields:
        return Reason.FIELDS
    listener, artist, track, date, time = (cells[column].strip() for column in at)
    day, clock = _day(date), _clock(time)
    if day is None or clock is None:
        return Reason.BAD_TIME
    return book.play(listener, artist, track, day + clock)


TEXTS = (
    _hetrec("artists.dat", "id name url pictureURL", _hetrec_artist, 0),
    _hetrec("tags.dat", "tagID tagValue", _hetrec_tag, 0),
    _hetrec("user_artists.dat", "userID artistID weight", _hetrec_plays, 1),
    _hetrec("user_friends.dat", "userID friendID", _hetrec_friend, 2),
    _hetrec("user_taggedartists.dat", "userID artistID tagID day month year", _hetrec_tagged, 2),
    Format(
        "Last.fm 360K",
        "Last.fm 360K",
        _starts(r"[0-9a-f]{40}\t[0-9a-f-]*\t[^\t\n]*\t\s*\d+\s*\n"),
        _tabs(4, _lastfm_360k),
    ),
    Format(
        "Last.fm 1K",
        "Last.fm 1K",
        _starts(r"user_\d+\t\d{4}-\d\d-\d\dT[^\t\n]*\t[^\t\n]*\t[^\t\n]*\t[^\t\n]*\t"),
        _tabs(6, _lastfm_1k),
    ),
    Format("Last.fm CSV", "Last.fm CSV", lambda head: _csv_header(head) is not None, _scrobbles),
)
