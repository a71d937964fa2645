"""The answers of the command line: what the library and its statistics say, under the keys the README documents."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from rapidfuzz import process

from tui_music.errors import NotFound
from tui_music.library.calendar import open_zone
from tui_music.library.history import History
from tui_music.library.ingest import ImportReport
from tui_music.library.library import Library
from tui_music.library.plays import PlayList, find_plays
from tui_music.library.ranking import Ranking
from tui_music.library.scope import Scope
from tui_music.library.statistics import by_year, totals
from tui_music.printing import Cell, Column, day, decimals, number
from tui_music.text import fold, shown

HOUR_MS = 3_600_000
TIMES_OF_DAY = ("night", "morning", "afternoon", "evening")

_FIGURES = (
    Column("hours", "hours", decimals(1), right=True),
    Column("plays", "", None),
    Column("counted_plays", "plays", number, right=True),
    Column("engagement", "eng", decimals(2), right=True),
)
_WHEN = (Column("first", "first", day), Column("last", "last", day))
ARTIST_COLUMNS = (
    Column("rank", "#", number, right=True),
    Column("artist"),
    *_FIGURES,
    Column("tracks", "songs", number, right=True),
    *_WHEN,
)
SONG_COLUMNS = (Column("track", "song"), Column("album", "album", lambda album: album or ""), *_FIGURES, *_WHEN)
PLAY_COLUMNS = (
    Column("start", "start", lambda start: start[:16].replace("T", " ")),
    Column("track"),
    Column("artist"),
    Column("album", "", None),
    Column("ms_played", "heard", lambda ms: f"{ms // 60_000}:{ms // 1000 % 60:02}", right=True),
    Column("completion", "of it", lambda share: f"{share:.0%}", right=True),
    Column("ended", "how it ended"),
    Column("kind"),
    Column("source"),
    Column("counted", "", None),
)
LISTENER_COLUMNS = (
    Column("listener"),
    Column("plays", "plays", number, right=True),
    Column("first", "first", day),
    Column("last", "last", day),
)


def moment(seconds: int | None, zone: str) -> str | None:
    """UTC seconds as ISO 8601 with the offset of ``zone``."""
    if seconds is None:
        return None
    at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    return at.astimezone(open_zone(zone)).isoformat()


def artist_rows(ranking: Ranking, rows: range | list[int], zone: str) -> list[list[Cell]]:
    return [
        [row + 1, ranking.name(row), *_figures(ranking, row), int(ranking.tracks[row]), *_when(ranking, row, zone)]
        for row in rows
    ]


def song_rows(ranking: Ranking, albums: dict[int, str | None], zone: str) -> list[list[Cell]]:
    """``albums`` gives the album of a track by its code."""
    return [
        [ranking.name(row), albums.get(code), *_figures(ranking, row), *_when(ranking, row, zone)]
        for row, code in enumerate(ranking.code.tolist())
    ]


def play_rows(plays: PlayList, limit: int) -> list[list[Cell]]:
    return [
        [
            each.start.isoformat(), each.track, each.artist, each.album, each.ms_played, round(each.completion, 4),
            each.ended, each.kind.label, each.source, each.counted,
        ]
        for each in plays.page(0, limit)
    ]  # fmt: skip


def listener_rows(library: Library) -> list[list[Cell]]:
    return [
        [each.name, each.plays, moment(each.first, "UTC"), moment(each.last, "UTC")] for each in library.listeners()
    ]


def _figures(ranking: Ranking, row: int) -> tuple[Cell, ...]:
    engagement = float(ranking.engagement[row])
    return (
        round(int(ranking.ms[row]) / HOUR_MS, 4),
        int(ranking.plays[row]),
        int(ranking.counted[row]),
        None if math.isnan(engagement) else round(engagement, 4),
    )


def _when(ranking: Ranking, row: int, zone: str) -> tuple[Cell, Cell]:
    return moment(int(ranking.first[row]), zone), moment(int(ranking.last[row]), zone)


def artist_code(history: History, name: str) -> int:
    """The artist of that name, else the only one of a name that folds alike. Raises :class:`NotFound`."""
    artists = history.names.artists
    if name in artists:
        return artists.index(name)
    wanted = fold(name)
    alike = [code for code, each in enumerate(artists) if fold(each) == wanted]
    if len(alike) == 1:
        return alike[0]
    near = [artists[code] for code in alike] or [found for found, *_ in process.extract(name, artists, limit=3)]
    raise NotFound(f"There is no artist {name!r} in the library. Near it: {', '.join(near) or 'nothing'}.")


def matching(ranking: Ranking, rows: list[int], text: str) -> list[int]:
    """Those of ``rows`` whose artist contains ``text``, whatever the case, accents or width."""
    wanted = fold(text)
    return [row for row in rows if wanted in fold(ranking.name(row))]


def plays(history: History, scope: Scope, artist: str | None, track: str | None) -> PlayList:
    """Plays of an artist, a title, or both; a title alone may be of several artists. Raises :class:`NotFound`."""
    code = artist_code(history, artist) if artist else None
    if track is None:
        return find_plays(history, scope, artist=code)
    wanted = fold(track)
    titles = history.names.tracks
    codes = [
        at
        for at, title in enumerate(titles)
        if (title == track or fold(title) == wanted) and (code is None or history.names.track_artist[at] == code)
    ]
    if not codes:
        raise NotFound(f"There is no track {track!r}{f' by {artist!r}' if artist else ''} in the library.")
    found = [find_plays(history, scope, track=at) for at in codes]
    indices = np.sort(np.concatenate([each.indices for each in found]))[::-1]
    return PlayList(history, scope, indices)


def stats(history: History, scope: Scope) -> dict[str, Any]:
    """The figures of ``tui-music stats``."""
    found = totals(history, scope)
    streak, gap = found.longest_streak, found.longest_gap
    minutes = found.sessions.median_s
    longest = found.sessions.longest_s
    return {
        "listener": scope.listener,
        "range": scope.range.label,
        "kind": scope.kind.label,
        "zone": scope.zone,
        "counted_ms": scope.counted_ms,
        "plays": found.plays,
        "counted_plays": found.counted,
        "hours": round(found.hours, 4),
        "artists": found.artists,
        "tracks": found.tracks,
        "albums": found.albums,
        "first": moment(found.first, scope.zone),
        "last": moment(found.last, scope.zone),
        "active_days": found.active_days,
        "longest_streak_days": streak.days,
        "longest_streak_first": str(streak.first) if streak.first else None,
        "longest_streak_last": str(streak.last) if streak.last else None,
        "longest_gap_days": gap.days,
        "eddington": found.eddington,
        "sessions": found.sessions.count,
        "session_median_minutes": None if minutes is None else round(minutes / 60, 2),
        "session_longest_minutes": None if longest is None else round(longest / 60, 2),
        "skip_rate": None if found.skip_rate is None else round(found.skip_rate, 4),
        "weekend_share": None if found.weekend_share is None else round(found.weekend_share, 4),
        "times_of_day": {name: round(share, 4) for name, share in zip(TIMES_OF_DAY, found.times_of_day, strict=False)},
        "new_artists": found.new_artists,
        "one_hit_wonders": found.one_hit_wonders,
        "every_year_artists": found.every_year_artists,
        "years": [
            {
                "year": year.year,
                "hours": round(year.ms / HOUR_MS, 4),
                "counted_plays": year.counted,
                "artists": year.artists,
                "new_artists": year.new_artists,
                "first_artist": year.first_artist,
                "top_artist": year.top_artist,
            }
            for year in by_year(history, scope)
        ],
    }


def stats_lines(answer: dict[str, Any]) -> list[str]:
    """The figures of :func:`stats` for people."""

    def share(value: float | None) -> str:
        return "unknown" if value is None else f"{value:.1%}"

    plays, counted, least = answer["plays"], answer["counted_plays"], answer["counted_ms"] / 1000
    lines = [
        f"{shown(answer['listener'])} · {answer['kind']} · {answer['range']} · {answer['zone']}",
        f"{answer['hours']:,.1f} h · {counted:,} plays of {least:g} s or more ({plays:,} in all)",
        f"{answer['artists']:,} artists · {answer['tracks']:,} songs · {answer['albums']:,} albums",
        f"{day(answer['first'])} to {day(answer['last'])} · {answer['active_days']:,} active days",
        f"longest streak {answer['longest_streak_days']:,} days · longest gap {answer['longest_gap_days']:,} days",
        f"Eddington number {answer['eddington']} · {answer['sessions']:,} sessions",
        f"weekends {share(answer['weekend_share'])} of the hours · skipped {share(answer['skip_rate'])} of the plays",
        f"{answer['new_artists']:,} new artists · {answer['one_hit_wonders']:,} one-hit wonders",
        f"{answer['every_year_artists']:,} artists heard every year",
    ]
    for year in answer["years"]:
        first, top = shown(year["first_artist"] or "nobody"), shown(year["top_artist"] or "nobody")
        lines.append(
            f"{year['year']}  {year['hours']:8,.1f} h  {year['counted_plays']:7,} plays  "
            f"{year['new_artists']:5,} new artists  first {first}, most {top}"
        )
    return lines


def import_answer(report: ImportReport) -> dict[str, Any]:
    """The account of ``tui-music import``."""
    return {
        "listener": report.listener,
        "dry_run": report.dry_run,
        "read": report.read,
        "added": report.added,
        "duplicate": report.duplicate,
        "rejected": report.rejected,
        "unmatched": report.unmatched,
        "reasons": {reason.value: found.count for reason, found in report.reasons.items()},
        "examples": {
            reason.value: {"file": found.file, "row": found.row, "excerpt": found.example}
            for reason, found in report.reasons.items()
        },
        "kinds": report.kinds,
        "batches": [] if report.batch is None else [report.batch],
        "files": [
            {
                "file": file.path,
                "format": file.format,
                "read": file.read,
                "added": file.added,
                "duplicate": file.duplicate,
                "rejected": sum(file.rejected.values()),
                "unmatched": file.unmatched,
                "reasons": {reason.value: count for reason, count in file.rejected.items()},
            }
            for file in report.files
        ],
        "refused": list(report.refused),
        "ignored": list(report.ignored),
        "seconds": round(report.seconds, 3),
    }
