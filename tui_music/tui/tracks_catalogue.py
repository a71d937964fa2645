"""A screen over the catalogue of tracks: it is opened when the screen is first visited, met with the library, built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.errors import NotFound
from tui_music.settings import Settings
from tui_music.text import cells, shown
from tui_music.tui import paths
from tui_music.tui.base import sentence_for
from tui_music.tui.exporting import SonglistScreen
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.prompt import Question
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.figures import NOTHING, Figure, bar, percent

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import Catalogue
    from tui_music.library.history import History
    from tui_music.library.library import Library
    from tui_music.tui.tracks_asked import Own

_TABLES = (".csv", ".parquet", ".tsv", ".gz")


@dataclass(frozen=True, slots=True)
class Building:
    """How far a build is, 0–1, and what it is at; or that it ended."""

    done: float
    doing: str


class CatalogueScreen(SonglistScreen):
    """``catalogue`` is ``None`` until it is open, or while there is none: then ``trouble`` says why."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("build-catalogue")

    @dataclass
    class Opened(Message):
        """The catalogue was opened, or there is none that can be used; ``stamp`` is that of its header."""

        stamp: int
        catalogue: Catalogue | None
        genres: tuple[str, ...] = ()
        trouble: str = ""

    @dataclass
    class Met(Message):
        """The library was found in the catalogue."""

        catalogue: Catalogue
        history: History
        own: Own

    @dataclass
    class Moved(Message):
        """A build got on; ``None``: it ended, or was stopped."""

        building: Building | None
        stopped: bool = False

    def __init__(self) -> None:
        super().__init__()
        self.catalogue: Catalogue | None = None
        self.genres: tuple[str, ...] = ()
        self.own: Own | None = None
        self.trouble: Drawable = NOTHING
        self.building: Building | None = None
        self._stamp = -1
        self._met_for: object = None
        self._stopping = False

    # to override

    def catalogue_changed(self) -> None:
        """There is a catalogue, another one, or none."""

    def own_changed(self) -> None:
        """The library was met."""

    def building_moved(self) -> None:
        """``building`` says how far it is."""

    # opening

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.look_for_catalogue()

    def show(self, session: Session) -> None:
        self.look_for_catalogue()
        self._meet()

    def look_for_catalogue(self) -> None:
        """Open it if it is there and was not opened yet, or was built anew."""
        if self.building is None:
            self.open_catalogue(self.session.settings, self._stamp)

    @work(thread=True, exclusive=True, group="catalogue", exit_on_error=False)
    def open_catalogue(self, settings: Settings, held: int) -> None:
        from tui_music.errors import NoCatalogue
        from tui_music.tui import tracks_asking as asking

        stamp = asking.stamp(settings.catalogue_dir)
        if stamp == held or get_current_worker().is_cancelled:
            return
        try:
            catalogue = asking.opened(settings.catalogue_dir)
        except NoCatalogue as problem:
            self.post_message(self.Opened(stamp, None, trouble=str(problem) if stamp else ""))
        else:
            genres = tuple(name for name, _ in catalogue.genres())
            self.post_message(self.Opened(stamp, catalogue, genres))

    @on(Opened)
    def opened(self, event: Opened) -> None:
        event.stop()
        self._stamp, self.catalogue, self.genres, self.own = event.stamp, event.catalogue, event.genres, None
        self.trouble = NOTHING if event.catalogue is not None else self._none(event.trouble)
        self._met_for = None
        if not event.stamp and self.session.settings.demo:  # its own comes along, and takes a few seconds to build
            self.start_building(())
        self.catalogue_changed()
        self.refresh_footer()
        self.refresh_scope_line()
        self._meet()

    def _none(self, trouble: str) -> Drawable:
        """What is missing, what it would add, and what to press."""
        key = keys_of("build-catalogue", self.session.settings.keys)[0]
        if trouble:
            return shown(f"{trouble} {key} builds it from here.", 1000)
        return Figure(
            "No catalogue of tracks yet. It tells how tracks sound: what is like a track, clusters, playlists that "
            f"flow, all without network. Build it from a public table of tracks: {key} here, or "
            "tui-music catalogue build PATH. The README says which tables there are."
        )

    def _meet(self) -> None:
        """Find the library in the catalogue, once both are there."""
        session, catalogue = self.session, self.catalogue
        if catalogue is None or session.history is None or session.library is None:
            return
        if self._met_for is not session.history:
            self._met_for, self.own = session.history, None  # codes of another history mean other songs
            self.meet(catalogue, session.library, session.history)

    @work(thread=True, exclusive=True, group="meeting", exit_on_error=False)
    def meet(self, catalogue: Catalogue, library: Library, history: History) -> None:
        from tui_music.tui import tracks_asking as asking

        own = asking.own_tracks(catalogue, library, history)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Met(catalogue, history, own))

    @on(Met)
    def met(self, event: Met) -> None:
        event.stop()
        if event.catalogue is self.catalogue and event.history is self.session.history:
            self.own = event.own
            self.own_changed()
            self.refresh_scope_line()

    def about(self) -> tuple[Drawable, ...]:
        """How much is known, and how much of the listener's music."""
        if self.catalogue is None:
            return ()
        invented = "invented " if self.session.settings.demo else ""
        told: list[Drawable] = [Figure(f"{self.catalogue.size:,} {invented}tracks")]
        if self.own is not None:
            share = percent(self.own.covered) if self.own.codes else "none"
            told.append(Figure(f"{share} of your plays"))
        return tuple(told)

    # building

    def action_build_catalogue(self) -> None:
        if self.building is not None:
            self.tell(Figure("A catalogue is being built; esc stops it."))
            return

        def tables(text: str) -> tuple[Path, ...]:
            if not text.strip() or text.strip() == "~/":
                raise NotFound("Type the path of a table of tracks, CSV or Parquet; tab completes it.")
            return paths.paths_of(text)

        hint = Figure("tables of tracks, CSV or Parquet; tab completes")
        complete = partial(paths.complete, suffixes=_TABLES)
        self.ask(Question(Figure("build from"), tables, text="~/", hint=hint, complete=complete), self.start_building)

    def start_building(self, tables: Sequence[Path]) -> None:
        """Build in a child process, the demo's own of no ``tables``; until it ended well the old one stays in use."""
        self._stopping, self.building = False, Building(0.0, "starting")
        self.building_moved()
        self.refresh_footer()
        self.build(self.session.settings, tuple(tables))

    def stop_building(self) -> None:
        """Cancel it; nothing was changed then."""
        self._stopping = True

    @work(thread=True, group="building", exit_on_error=False)
    def build(self, settings: Settings, tables: tuple[Path, ...]) -> None:
        from tui_music.catalogue import building

        if not tables:
            from tui_music.demo import tracks_table

            tables = (tracks_table(settings),)
        worker, child, before = get_current_worker(), building.Building(settings.catalogue_dir, tables), None
        while not child.wait(0.1):
            if self._stopping or worker.is_cancelled or not self.is_running:
                child.kill()
                self.post_message(self.Moved(None, stopped=True))
                return
            if child.step != before:
                before = child.step
                self.post_message(self.Moved(Building(before.done, before.doing)))
        child.finish()
        self.post_message(self.Moved(None))

    @on(Moved)
    def moved_on(self, event: Moved) -> None:
        event.stop()
        self.building = event.building
        self.building_moved()
        if event.building is None:
            self._ended()
            sentence = "Stopped. The catalogue is as it was before." if event.stopped else "The catalogue is built."
            self.tell(Figure(sentence))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        super().on_worker_state_changed(event)
        if event.state is WorkerState.ERROR and event.worker.group == "building":
            self.building = None
            if self.catalogue is None:
                self.trouble = sentence_for(event.worker.error)
            self.building_moved()
            self._ended()

    def _ended(self) -> None:
        self.refresh_footer()
        self.look_for_catalogue()

    def progress(self, width: int) -> list[Piece]:
        """How far the build is, on one line."""
        building = self.building
        if building is None:
            return []
        doing = shown(building.doing, 40)
        return [
            (Figure("Building "), Role.HEAD),
            (bar(building.done, max(8, min(40, width - cells(doing) - 36))), Role.BAR),
            (Figure(f" {building.done:4.0%}"), Role.PLAIN),
            (Figure("  esc stops  "), Role.QUIET),
            (doing, Role.QUIET),
        ]
