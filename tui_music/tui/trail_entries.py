"""Whoever is selected on a trail: plays, copying, decisions, and writing the way or the list to a file."""

from __future__ import annotations

from tui_music.text import fold, shown
from tui_music.tui.exporting import Songlist
from tui_music.tui.knowing import KnowingScreen
from tui_music.tui.listing import PlaysOf
from tui_music.tui.steps import Place, Sort, Step
from tui_music.tui.trail_prompts import ask_what
from tui_music.tui.verdicts import named
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.table import Table
from tui_music.tui.widgets.trail_rows import Entry, TrailRows

#: An artist or, with a title, a song.
Named = tuple[str, str | None]


class EntryScreen(KnowingScreen):
    """A screen with a ``Table(id="here")`` of :class:`TrailRows`, at a step of a way."""

    def __init__(self) -> None:
        super().__init__()
        self.home = self.at = Step(Place(Sort.HOME))
        self._what = "way"

    @property
    def table(self) -> Table:
        return self.query_one("#here", Table)

    @property
    def rows(self) -> TrailRows | None:
        """The list, once there is somebody in it."""
        rows = self.table.rows
        return rows if isinstance(rows, TrailRows) and len(rows) else None

    @property
    def entry(self) -> Entry | None:
        """Who is selected."""
        return self.rows.entries[self.table.cursor] if self.rows else None

    def artist(self) -> str | None:
        return self.entry.artist if self.entry else None

    def song(self) -> str | None:
        return self.entry.title if self.entry else None

    def plays_of(self) -> PlaysOf | None:
        entry, known = self.entry, self.known
        if entry is None or known is None or not entry.plays:
            return None
        if entry.title is None:
            return PlaysOf((entry.name,), known.history, known.scope, artist=entry.code)
        track = known.track(entry.artist, entry.title)
        words = (entry.name, shown(entry.artist))
        return None if track is None else PlaysOf(words, known.history, known.scope, track=track)

    async def action_plays(self) -> None:
        if self.entry is not None and not self.entry.plays:
            self.tell(shown(f"{shown(self.entry.name, 60)} was never played."))
        else:
            await super().action_plays()

    def copied(self) -> Drawable | None:
        entry = self.entry
        return named(entry.artist, entry.title) if entry else None

    # to a file

    def action_export(self) -> None:
        ask_what(self, len(self._named("way")), len(self._named("list")), self._export)

    def _export(self, what: str) -> None:
        self._what = what
        super().action_export()

    def _named(self, what: str) -> list[Named]:
        """The artists of the way here, of a path all on it; or whatever is listed."""
        way: list[Named] = [(name, None) for step in self.at.way for name in step.place.artists]
        listed: list[Named] = [(each.artist, each.title) for each in self.rows.entries] if self.rows else []
        if self.at.place.sort is Sort.PATH:
            way, listed = [*way[:-2], *listed], []
        wanted = way if what == "way" else listed
        return list({(fold(artist), title): (artist, title) for artist, title in wanted}.values())

    def songlist(self) -> Songlist | None:
        known, library, services = self.known, self.session.library, self.music.services
        wanted = self._named(self._what)
        if known is None or library is None or not wanted:
            return None
        from tui_music.tui import trailing

        name = f"{'trail' if self._what == 'way' else 'like'} {wanted[0][0]}"
        return Songlist(name, lambda: trailing.songs_of(services, library, known, wanted))
