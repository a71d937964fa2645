"""Spotify's account data: the last year, to the minute, with names and listening time only.

Music, podcast and audiobook files differ in their keys; older files mix podcasts in among the music, untold.
``endTime`` is when the play ended, UTC, rounded down to the minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

import msgspec
import numpy as np

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
        items = tables.item_codes(_item)
        nothing_said = tables.contexts.setdefault(Context(), len(tables.contexts))
        for part in _rows.read(member, rejected):
            rows = part.rows
            ended = seconds([row.end_time for row in rows], "2000-00-00 00:00")
            columns = played(
                part.numbers,
                ended - ended % 60,
                durations([row.ms_played for row in rows]),
                items.column(map(_names_of, rows), len(rows)),
                np.full(len(rows), nothing_said, np.int32),
                tables,
                rejected,
                partial(_excerpt, rows),
            )
            yield Slice(columns, part.bytes_read)


def _item(names: tuple[str | None, ...]) -> Item | Reason:
    artist, track, show, episode, book, chapter = names
    if show or episode:
        return item_of(Kind.PODCAST, show, episode, None, None)
    if book or chapter:
        return item_of(Kind.AUDIOBOOK, book, chapter or book, None, None)
    return item_of(Kind.MUSIC, artist, track, None, None)


def _excerpt(rows: list[Row], position: int) -> str:
    row = rows[position]
    artist, title = row.artist or row.show or row.book or "?", row.track or row.episode or row.chapter or "?"
    return f"{row.end_time[:40]} · {artist[:60]} – {title[:60]} · {row.ms_played} ms"


IMPORTER = SpotifyShort()
