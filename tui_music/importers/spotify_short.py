"""Spotify's account data: the last year, to the minute, with names and listening time only.

Music, podcast and audiobook files differ in their keys; older files mix podcasts in among the music, untold.
``endTime`` is when the play ended, UTC, rounded down to the minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import repeat
from operator import attrgetter

import msgspec

from tui_music.importers.columns import Context, Item, Reason, Rejections, Slice, Tables
from tui_music.importers.json_rows import JsonRows
from tui_music.importers.members import Member
from tui_music.importers.spotify import durations, has_keys, item_of, played, seconds
from tui_music.kinds import Kind


class Row(msgspec.Struct, gc=False):
    """The fields read of one row, of whichever of the three files."""

    end_time: str = msgspec.field(name="endTime")
    ms_played: int | float = msgspec.field(name="msPlayed")
    artist: str | None = msgspec.field(name="artistName", default=None)
    track: str | None = msgspec.field(name="trackName", default=None)
    show: str | None = msgspec.field(name="podcastName", default=None)
    episode: str | None = msgspec.field(name="episodeName", default=None)
    book: str | None = msgspec.field(name="audiobookName", default=None)
    chapter: str | None = msgspec.field(name="chapterName", default=None)


_names_of = attrgetter("artist", "track", "show", "episode", "book", "chapter")
_rows = JsonRows(Row, {"endTime": Reason.BAD_TIME, "msPlayed": Reason.BAD_DURATION})


class SpotifyShort:
    name = "spotify-account"
    minute_precise = True

    def recognises(self, head: bytes) -> bool:
        return has_keys(head, b"endTime", b"msPlayed")

    def read(self, member: Member, tables: Tables, rejected: Rejections) -> Iterator[Slice]:
        items = tables.item_codes(_items)
        contexts = tables.context_codes(_contexts)
        for part in _rows.read(member, rejected):
            rows = part.rows
            ended = seconds([row.end_time for row in rows], "2000-00-00 00:00")
            columns = played(
                part.numbers,
                ended - ended % 60,
                durations([row.ms_played for row in rows]),
                items.column(map(_names_of, rows), len(rows)),
                contexts.column(repeat(None, len(rows)), len(rows)),
                rejected,
                partial(_excerpt, rows),
            )
            yield Slice(columns, part.bytes_read)


def _items(names: Sequence[tuple[str | None, ...]]) -> list[Item | Reason]:
    return [_item(*each) for each in names]


def _item(
    artist: str | None,
    track: str | None,
    show: str | None,
    episode: str | None,
    book: str | None,
    chapter: str | None,
) -> Item | Reason:
    if show or episode:
        return item_of(Kind.PODCAST, show, episode, None, None)
    if book or chapter:
        return item_of(Kind.AUDIOBOOK, book, chapter or book, None, None)
    return item_of(Kind.MUSIC, artist, track, None, None)


def _contexts(nothing_said: Sequence[None]) -> list[Context]:
    return [Context() for _ in nothing_said]


def _excerpt(rows: list[Row], position: int) -> str:
    row = rows[position]
    artist, title = row.artist or row.show or row.book or "?", row.track or row.episode or row.chapter or "?"
    return f"{row.end_time[:40]} · {artist[:60]} – {title[:60]} · {row.ms_played} ms"


IMPORTER = SpotifyShort()
