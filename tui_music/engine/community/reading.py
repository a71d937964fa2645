"""Reading a community from files that are public, or from the library's own listeners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from tui_music.engine.community import formats, listenbrainz
from tui_music.engine.community.book import Book
from tui_music.engine.community.community import Community, CommunityRefused, FileAccount
from tui_music.engine.community.formats import Format
from tui_music.importers.members import Member, members
from tui_music.library.library import Library
from tui_music.library.scope import COUNTED_MS, Kind

FORMATS = (*formats.TEXTS, *listenbrainz.FORMATS)
#: How gzip, zstd and xz begin.
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ")
OWN = "the listeners of this library"
#: More rows of one file do not fit into the memory of a small machine.
MOST_ROWS = 50_000_000
#: Is told the share done (0–1) and at what.
Say = Callable[[float, str], None]


def read_community(paths: Sequence[Path], say: Say = lambda done, doing: None) -> Community:
    """The community of these files, folders or zips: public data sets are recognised by what is in them.

    Files of other kinds are passed over. Raises :class:`CommunityRefused` when none is recognised, they are of several
    data sets, cannot be read, or hold no plays.
    """
    found = sorted(_recognised(paths), key=lambda each: each[1].order)
    if not found:
        names = ", ".join(dict.fromkeys(each.family for each in FORMATS))
        raise CommunityRefused(f"No plays of many listeners in {', '.join(map(str, paths))}. What is read: {names}.")
    families = list(dict.fromkeys(each.family for _, each in found))
    if len(families) > 1:
        raise CommunityRefused(f"These are several data sets ({', '.join(families)}). Give one at a time.")
    book = Book()
    size, behind = sum(member.size for member, _ in found) or 1, 0
    for member, how in found:
        book.say = lambda read, behind=behind, member=member: say((behind + read) / size, f"reading {member.name}")  # type: ignore[misc]
        book.files.append(_read(book, member, how))
        behind += member.size
    community = book.community(families[0])
    if not community.plays.nnz:
        raise CommunityRefused(f"There is no play of an artist in {', '.join(map(str, paths))}.")
    return community


def _recognised(paths: Sequence[Path]) -> list[tuple[Member, Format]]:
    found = []
    for path in paths:
        for member in members(path.expanduser()):
            if isinstance(member, Exception):
                raise CommunityRefused(str(member))
            head = member.head()
            if head.startswith(_PACKED):
                raise CommunityRefused(f"{member.shown}: it is packed. Unpack it and give the folder.")
            how = next((each for each in FORMATS if each.recognises(head)), None)
            if how:
                found.append((member, how))
    return found


def _read(book: Book, member: Member, how: Format) -> FileAccount:
    book.mended = book.latin = 0
    outcomes = Counter(islice(how.rows(book, member), MOST_ROWS + 1))
    rows = outcomes.total()
    if rows > MOST_ROWS:
        raise CommunityRefused(f"{member.shown}: it has more than {MOST_ROWS:,} rows. Give a part of it.")
    kept = outcomes.pop(None, 0)
    rejected = tuple(sorted((reason, count) for reason, count in outcomes.items() if reason))
    return FileAccount(member.shown, how.name, rows, kept, rejected, book.mended, book.latin)


def own_community(library: Library, counted_ms: int = COUNTED_MS, say: Say = lambda done, doing: None) -> Community:
    """The listeners of a library and the artists of their counted plays of music. Raises :class:`CommunityRefused`
    when there are no two of them, and what the library raises."""
    book = Book()
    listeners = library.listeners()
    for at, listener in enumerate(listeners):
        say(at / len(listeners), f"reading the plays of {listener.name}")
        history = library.load(listener.name)
        rows = np.flatnonzero((history.kind == Kind.MUSIC) & (history.ms_played >= counted_ms))
        outcomes = Counter(
            book.play(listener.name, history.names.artists[artist], history.names.tracks[track], start)
            for artist, track, start in zip(
                *(column[rows].tolist() for column in (history.artist, history.track, history.start)), strict=True
            )
        )
        kept = outcomes.pop(None, 0)
        rejected = tuple(sorted((reason, count) for reason, count in outcomes.items() if reason))
        book.files.append(FileAccount(listener.name, "library", len(rows), kept, rejected, 0, 0))
    community = book.community(OWN)
    if len(community.listeners) < 2:
        raise CommunityRefused("A community has at least two listeners, and this library has fewer. Give public data.")
    return community
