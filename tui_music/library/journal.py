"""Triage: what the listener decided about candidates, in a journal, and what that teaches the engine.

The journal is only ever added to. An entry gives a verdict, takes the last one back, or gives back the last one taken;
what holds is found by reading the entries in order. Names are kept as they were shown and matched by their fold, since
a candidate need not be in the library. No play changes, so the library keeps its revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import duckdb
import numpy as np

from tui_music.library.library import number_of
from tui_music.library.names import next_id
from tui_music.library.store import Store
from tui_music.text import fold

#: What was shown longer ago than this is forgotten; no cooldown lasts as long.
KEPT_DAYS = 90
_DAY_S = 86_400
_UNDO, _REDO = "undo", "redo"


class Triage(StrEnum):
    """A verdict on a candidate."""

    YES = "yes"
    LATER = "later"
    KNOWN = "known"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Entry:
    """A verdict on an artist or, with ``track``, on one title. ``at`` is UTC seconds; ``id`` grows with time."""

    id: int
    at: int
    verdict: Triage
    artist: str
    track: str | None = None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What holds now, by folded name. An artist has the latest verdict on them; those on single tracks are apart.

    ``yes``: the listener wants this, so it is a seed for what is like it. ``later``: in the crate, and not shown again
    while it is. ``known``: no discovery, but fine to play again. ``never``: shown nowhere. ``passed``: artists that
    were shown and got no verdict, with the last day of that (days since 1970-01-01, UTC), for the cooldown.
    ``tracks``: the verdict on single tracks, by artist and title.
    """

    yes: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    passed: Mapping[str, int] = field(default_factory=dict)
    tracks: Mapping[tuple[str, str], Triage] = field(default_factory=dict)

    def of(self, artist: str, track: str | None = None) -> Triage | None:
        """The verdict on an artist of that name, or on one title of theirs."""
        name = fold(artist)
        if track is not None:
            return self.tracks.get((name, fold(track)))
        return next((verdict for verdict in Triage if name in getattr(self, verdict)), None)

    @property
    def unwanted(self) -> frozenset[tuple[str, str]]:
        """Single tracks, by artist and title, that are no songs to start with: ``never`` and ``known``."""
        return frozenset(both for both, verdict in self.tracks.items() if verdict in (Triage.NEVER, Triage.KNOWN))

    def excluded(self, *, discovering: bool) -> frozenset[str]:
        """Folded names that are no candidates: ``never`` and ``later``, and ``known`` where new artists are listed."""
        hidden = self.never | self.later
        return hidden | self.known if discovering else hidden


class Journal:
    """The journals of the listeners of a library. Raises :class:`NotFound` for nobody's and the store's errors."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, listener: str, artist: str, verdict: Triage, at: int, track: str | None = None) -> Entry:
        """Add a verdict given at ``at`` (UTC seconds)."""
        with self._store.writing(revises=False) as connection:
            who = number_of(connection, listener)
            return Entry(_add(connection, who, at, verdict, artist, track), at, verdict, artist, track)

    def undo(self, listener: str, at: int) -> Entry | None:
        """Take the last verdict that holds back; returns it, ``None`` when there is none."""
        return self._step(listener, at, _UNDO)

    def redo(self, listener: str, at: int) -> Entry | None:
        """Give back what was taken back last, unless another verdict came since; returns it, ``None`` without any."""
        return self._step(listener, at, _REDO)

    def entries(self, listener: str) -> list[Entry]:
        """The verdicts that were not taken back, oldest first; an artist may have several."""
        with self._store.reading() as connection:
            return _replayed(connection, number_of(connection, listener))[0]

    def verdicts(self, listener: str) -> Verdicts:
        """What the journal teaches the engine."""
        with self._store.reading() as connection:
            who = number_of(connection, listener)
            entries, _ = _replayed(connection, who)
            passed = dict(
                connection.execute(
                    "SELECT artist, day FROM passed WHERE listener = ? ORDER BY artist", [who]
                ).fetchall()
            )
        latest = _latest(entries)
        artists: dict[Triage, set[str]] = {verdict: set() for verdict in Triage}
        tracks: dict[tuple[str, str], Triage] = {}
        for (artist, title), entry in latest.items():
            if title is None:
                artists[entry.verdict].add(artist)
                passed.pop(artist, None)
            else:
                tracks[artist, title] = entry.verdict
        yes, later, known, never = (frozenset(artists[verdict]) for verdict in Triage)
        return Verdicts(yes, later, known, never, passed, tracks)

    def crate(self, listener: str, by: Literal["added", "name"] = "added") -> list[Entry]:
        """What is kept for later, each once: added last first, or by name."""
        crate = [each for each in _latest(self.entries(listener)).values() if each.verdict is Triage.LATER]
        if by == "name":
            return sorted(crate, key=lambda each: (fold(each.artist), each.artist, each.track or "", each.id))
        return sorted(crate, key=lambda each: -each.id)

    def shown(self, listener: str, artists: Iterable[str], at: int) -> None:
        """Remember that these artists were shown on the day of ``at``: one row an artist, whatever the times."""
        names, day = sorted({fold(artist) for artist in artists}), at // _DAY_S
        if not names:
            return
        with self._store.writing(revises=False) as connection:
            who = number_of(connection, listener)
            connection.register("names", {"artist": np.array(names, object)})
            connection.execute(
                "DELETE FROM passed WHERE listener = ? AND (day < ? OR artist IN (SELECT artist::VARCHAR FROM names))",
                [who, day - KEPT_DAYS],
            )
            connection.execute("INSERT INTO passed SELECT ?, artist, ? FROM names", [who, day])
            connection.unregister("names")

    def _step(self, listener: str, at: int, act: str) -> Entry | None:
        with self._store.writing(revises=False) as connection:
            who = number_of(connection, listener)
            held, undone = _replayed(connection, who)
            stack = held if act == _UNDO else undone
            if not stack:
                return None
            _add(connection, who, at, act)
            return stack[-1]


def _add(
    connection: duckdb.DuckDBPyConnection,
    who: int,
    at: int,
    act: str,
    artist: str | None = None,
    track: str | None = None,
) -> int:
    number = next_id(connection, "journal")
    connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)", [number, who, at, act, artist, track])
    return number


def _replayed(connection: duckdb.DuckDBPyConnection, who: int) -> tuple[list[Entry], list[Entry]]:
    """The verdicts that hold, oldest first, and those that could be given back, the next one last."""
    held: list[Entry] = []
    undone: list[Entry] = []
    rows = connection.execute(
        "SELECT id, decided_at, act, artist, track FROM journal WHERE listener = ? ORDER BY id", [who]
    ).fetchall()
    for number, at, act, artist, track in rows:
        if act == _UNDO:
            undone.append(held.pop())
        elif act == _REDO:
            held.append(undone.pop())
        else:
            held.append(Entry(number, at, Triage(act), artist, track))
            undone.clear()
    return held, undone


def _latest(entries: Iterable[Entry]) -> dict[tuple[str, str | None], Entry]:
    """The last verdict on each artist and each track, by folded names."""
    return {(fold(each.artist), None if each.track is None else fold(each.track)): each for each in entries}
