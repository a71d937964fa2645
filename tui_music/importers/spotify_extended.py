"""Spotify's extended streaming history: every play since the account began, to the second.

Both schemas are read: 21 keys with ``username``, and 23 with ``audiobook_*``. ``ts`` is when the play *ended*, in UTC.
Personal fields (user name, addresses, user agent, city) are not even decoded. A row with a track is music, whatever the
file is called; of the others, those in a file named as video are video.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

import msgspec
import numpy as np

from numpy.typing import NDArray

from tui_music.importers.columns import Context, Item, Reason, Rejections, Slice
from tui_music.importers.json_rows import JsonRows
from tui_music.importers.members import Member
from tui_music.importers.spotify import durations, first_seen, has_keys, item_of, played, seconds
from tui_music.kinds import Kind


class Row(msgspec.Struct, gc=False):
    """The fields read of one row."""

    ts: str
    ms_played: int | float
    master_metadata_track_name: str | None = None
    master_metadata_album_artist_name: str | None = None
    master_metadata_album_album_name: str | None = None
    spotify_track_uri: str | None = None
    episode_name: str | None = None
    episode_show_name: str | None = None
    spotify_episode_uri: str | None = None
    audiobook_title: str | None = None
    audiobook_uri: str | None = None
    audiobook_chapter_title: str | None = None
    audiobook_chapter_uri: str | None = None
    reason_start: str | None = None
    reason_end: str | None = None
    shuffle: bool | None = None
    skipped: bool | None = None
    offline: bool | None = None
    incognito_mode: bool | None = None
    platform: str | None = None
    conn_country: str | None = None


_track = attrgetter(
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
)
_context = attrgetter(
    "reason_start",
    "reason_end",
    "shuffle",
    "skipped",
    "offline",
    "incognito_mode",
    "platform",
    "conn_country",
)
_rows = JsonRows(Row, {"ts": Reason.BAD_TIME, "ms_played": Reason.BAD_DURATION})


class SpotifyExtended:
    name = "spotify-extended"
    minute_precise = False

    def recognises(self, head: bytes) -> bool:
        return has_keys(head, b"ts", b"ms_played")

    def read(self, member: Member, rejected: Rejections) -> Iterator[Slice]:
        other = Kind.VIDEO if "video" in member.name.lower() else Kind.PODCAST
        for part in _rows.read(member, rejected):
            rows = part.rows
            item, items = _items(rows, other)
            context, contexts = first_seen(map(_context, rows), len(rows))
            columns = played(
                part.numbers,
                seconds([row.ts for row in rows], "2000-00-00T00:00:00Z"),
                durations([row.ms_played for row in rows]),
                item,
                items,
                context,
                [Context(*found) for found in contexts],
                rejected,
                partial(_excerpt, rows),
            )
            yield Slice(columns, part.bytes_read)


def _items(rows: list[Row], other: Kind) -> tuple[NDArray[np.int32], list[Item | Reason]]:
    """Codes of shape (rows,) and what each stands for."""
    item, tracks = first_seen(map(_track, rows), len(rows))
    items = [item_of(Kind.MUSIC, artist, title, album, uri) for title, artist, album, uri in tracks]
    for code, (title, *_) in enumerate(tracks):
        if not title:  # rows without a track share a code here, and may be many things
            for position in np.flatnonzero(item == code).tolist():
                item[position] = len(items)
                items.append(_spoken(rows[position], other))
    return item, items


def _spoken(row: Row, other: Kind) -> Item | Reason:
    if row.episode_name or row.episode_show_name:
        return item_of(other, row.episode_show_name, row.episode_name, None, row.spotify_episode_uri)
    book = row.audiobook_title
    return item_of(
        Kind.AUDIOBOOK,
        book,
        row.audiobook_chapter_title or book,
        None,
        row.audiobook_chapter_uri or row.audiobook_uri,
    )


def _excerpt(rows: list[Row], position: int) -> str:
    row = rows[position]
    artist = row.master_metadata_album_artist_name or row.episode_show_name or row.audiobook_title or "?"
    title = row.master_metadata_track_name or row.episode_name or row.audiobook_chapter_title or "?"
    return f"{row.ts[:40]} · {artist[:60]} – {title[:60]} · {row.ms_played} ms"


IMPORTER = SpotifyExtended()
