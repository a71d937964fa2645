"""Spotify's extended streaming history: every play since the account began, to the second.

Both schemas are read: 21 keys with ``username``, and 23 with ``audiobook_*``. ``ts`` is when the play *ended*, in UTC.
Personal fields (user name, addresses, user agent, city) are not even decoded. A row with a track is music, whatever the
file is called; of the others, those in a file named as video are video.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from tui_music.importers.columns import Context, Item, Reason, Rejections, Slice, Tables
from tui_music.importers.json_rows import JsonRows
from tui_music.importers.members import Member
from tui_music.importers.spotify import durations, has_keys, item_of, played, seconds, tracks_of, word
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


_track_of = attrgetter(
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
)
_spoken_of = attrgetter(
    "episode_name",
    "episode_show_name",
    "spotify_episode_uri",
    "audiobook_title",
    "audiobook_chapter_title",
    "audiobook_uri",
    "audiobook_chapter_uri",
)
_context_of = attrgetter(
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

    def read(self, member: Member, tables: Tables, rejected: Rejections) -> Iterator[Slice]:
        spoken = tables.item_codes(_videos if "video" in member.name.lower() else _episodes)
        tracks, contexts = tables.item_codes(tracks_of), tables.context_codes(_contexts)
        for part in _rows.read(member, rejected):
            rows = part.rows
            item = tracks.column(map(_track_of, rows), len(rows))
            silent = np.flatnonzero(item == Reason.NO_TITLE.code)
            item[silent] = spoken.column([_spoken_of(rows[at]) for at in silent.tolist()], len(silent))
            columns = played(
                part.numbers,
                seconds([row.ts for row in rows], "2000-00-00T00:00:00Z"),
                durations([row.ms_played for row in rows]),
                item,
                contexts.column(map(_context_of, rows), len(rows)),
                rejected,
                partial(_excerpt, rows),
            )
            yield Slice(columns, part.bytes_read)


Names = tuple[str | None, ...]


def _episodes(spoken: Sequence[Names]) -> list[Item | Reason]:
    return [_spoken(Kind.PODCAST, *names) for names in spoken]


def _videos(spoken: Sequence[Names]) -> list[Item | Reason]:
    return [_spoken(Kind.VIDEO, *names) for names in spoken]


def _spoken(
    kind: Kind,
    episode: str | None,
    show: str | None,
    uri: str | None,
    book: str | None,
    chapter: str | None,
    book_uri: str | None,
    chapter_uri: str | None,
) -> Item | Reason:
    if episode or show:
        return item_of(kind, show, episode, None, uri)
    return item_of(Kind.AUDIOBOOK, book, chapter or book, None, chapter_uri or book_uri)


def _contexts(heard: Sequence[tuple[Any, ...]]) -> list[Context]:
    return [
        Context(word(began), word(ended), shuffle, skipped, offline, incognito, word(platform), word(country))
        for began, ended, shuffle, skipped, offline, incognito, platform, country in heard
    ]


def _excerpt(rows: list[Row], position: int) -> str:
    row = rows[position]
    artist = row.master_metadata_album_artist_name or row.episode_show_name or row.audiobook_title or "?"
    title = row.master_metadata_track_name or row.episode_name or row.audiobook_chapter_title or "?"
    return f"{row.ts[:40]} · {artist[:60]} – {title[:60]} · {row.ms_played} ms"


IMPORTER = SpotifyExtended()
