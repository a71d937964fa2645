"""The views of the screen Tracks, what is selected in them, and what the keys of every list do with that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from tui_music.library.scope import ALL_TIME, Kind
from tui_music.text import shown
from tui_music.tui.chrome import Hint, Notice
from tui_music.tui.exporting import Songlist
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line, Listing, ListScreen, PlaysOf, page_of
from tui_music.tui.tracks_asked import Answer, Asked, Hit, Look, Own, joined, label_of
from tui_music.tui.tracks_catalogue import CatalogueScreen
from tui_music.tui.tracks_charts import Entry
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.chart import Chart
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.table import Table
from tui_music.tui.widgets.tracks_map import TrackMap
from tui_music.tui.widgets.tracks_panel import Made, Panel, charted, features, only_named, said
from tui_music.tui.widgets.tracks_rows import ChartRows, ClusterRows, FoundRows, PlaylistRows, SimilarRows

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import Catalogue, CatalogueTrack

#: Seconds the cursor rests before more is told of a track: a held key paints two lines only.
REST = 0.15
_PAGE = "https://open.spotify.com/track/"


class SelectedScreen(CatalogueScreen):
    """Four views, one of them in front; each keeps its cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("view", "panel", "previous-panel")

    @dataclass
    class Charted(Message):
        """The charts of a catalogue; with the listener's own means, or without."""

        catalogue: Catalogue
        own: Own | None
        entries: list[Entry]

    def __init__(self) -> None:
        super().__init__()
        self.asked = Asked()
        self.answer: Answer | None = None
        self.look = Look.SIMILAR
        self._charted: tuple[object, object] | None = None
        self._rest: Timer | None = None

    def parts(self) -> ComposeResult:
        with Container(id="parts"):
            for name in ("tracks", "clusters", "charts", "playlist"):
                yield Table(id=name)
            yield Panel(id="features")
            yield TrackMap(id="map")
            with Container(id="picture"):
                yield Chart(id="chart")
                yield Panel(id="bars")
                yield Panel(id="said")
        yield Line(" · ", id="told")

    def hints(self) -> Sequence[str | Hint]:
        """What the footer offers in the view in front."""
        view, like = self.hint("view", self._next.value), self.hint("trail", "artist’s trail")
        ends = ("screens", "help")
        if self.look is Look.CLUSTERS:
            return (self.hint("open", "its tracks"), view, "export", *ends)
        if self.look is Look.CHARTS:
            return (self.hint("panel", "into the chart"), view, *ends)
        dial = Hint(Figure("←→"), Figure("dial"), "sound_more")
        more = ("playlist-add", "plays", like, "link", "copy", "export", "build-catalogue")
        return (
            self.hint("open", "like"),
            self.hint("one-more", "also"),
            dial,
            "search",
            "filter",
            self.hint("view", "views"),
            "playlist",
            *more,
            *ends,
        )

    # the views

    @property
    def codes(self) -> Mapping[int, int] | None:
        """The library's tracks by those of the catalogue, once it was met."""
        return self.own.codes if self.own is not None and self.own.codes else None

    @property
    def _next(self) -> Look:
        looks = list(Look)
        return looks[(looks.index(self.look) + 1) % len(looks)]

    @property
    def front(self) -> Table:
        """The list of the view in front."""
        return self.query_one("#tracks" if self.look is Look.SIMILAR else f"#{self.look.value}", Table)

    def look_at(self, look: Look) -> None:
        """Bring a view to the front."""
        self.look = look
        for each in Look:
            self.set_class(each is look, f"-{each.value}")
        self.set_focus(self.front)
        if self.catalogue is not None and look is Look.CLUSTERS:
            self._draw_clusters(self.catalogue)
        elif self.catalogue is not None and look is Look.CHARTS:
            self._draw_charts(self.catalogue)
        self.look_changed()
        self.refresh_footer()
        self.tell_selected()

    def look_changed(self) -> None:
        """Another view is in front: what it says at the right of line 1."""

    def action_view(self) -> None:
        if self.catalogue is None:
            self.tell(Figure("There is no catalogue to look at yet."))
        else:
            self.look_at(self._next)

    def action_panel(self) -> None:
        """To the chart beside its list, and back."""
        chart = self.query_one(Chart)
        charted = self.look is Look.CHARTS and not self.has_class("-listed") and not chart.has_focus
        self.set_focus(chart if charted else self.front)

    def action_previous_panel(self) -> None:
        self.action_panel()

    def catalogue_changed(self) -> None:
        self._charted = None
        for name in ("clusters", "charts", "playlist"):
            self.query_one(f"#{name}", Table).say(NOTHING)

    def own_changed(self) -> None:
        if self.catalogue is not None and self.look is Look.CHARTS:
            self._draw_charts(self.catalogue)

    def _draw_clusters(self, catalogue: Catalogue) -> None:
        table = self.query_one("#clusters", Table)
        if not len(table.rows):
            table.show(ClusterRows(catalogue.clusters, catalogue.feature_names))
            table.styles.max_height = len(catalogue.clusters) + 1  # the map has the rest

    def _draw_charts(self, catalogue: Catalogue) -> None:
        """What is computed once for a catalogue and a library."""
        if self._charted is None:
            self.query_one("#charts", Table).say(Figure("Counting."))
        if self._charted != (catalogue, self.own):
            self._charted = (catalogue, self.own)
            self.chart(catalogue, self.own)

    @work(thread=True, exclusive=True, group="charts", exit_on_error=False)
    def chart(self, catalogue: Catalogue, own: Own | None) -> None:
        from tui_music.tui.tracks_charting import charts

        entries = charts(catalogue, own)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Charted(catalogue, own, entries))

    @on(Charted)
    def charted(self, event: Charted) -> None:
        event.stop()
        if self._charted == (event.catalogue, event.own):
            table = self.query_one("#charts", Table)
            table.show(ChartRows(event.entries), table.cursor, table.top)
            self.tell_selected()

    # what is selected

    def hit(self) -> Hit | None:
        """The track selected, of the catalogue or of the library alone."""
        rows, at = self.front.rows, self.front.cursor
        if not len(rows):
            return None
        if isinstance(rows, FoundRows):
            return rows.hits[at]
        if isinstance(rows, SimilarRows | PlaylistRows):
            track = rows.track(at)
            return Hit(track.title, track.artist, track)
        return None

    def rest(self) -> None:
        """Tell more once the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self.tell_selected)

    @on(Table.Moved, "#clusters")
    @on(Table.Moved, "#charts")
    @on(Table.Moved, "#playlist")
    def row_moved(self, event: Table.Moved) -> None:
        event.stop()
        self.rest()

    def tell_selected(self) -> None:
        """What stands beside the list in front."""
        catalogue, rows, at = self.catalogue, self.front.rows, self.front.cursor
        if catalogue is None:
            return
        if isinstance(rows, ClusterRows) and len(rows):
            name, held = rows.clusters[at].name, float(catalogue.variance[:2].sum())
            title = shown(f"map: {name}, among all · two components hold {100 * held:.0f} % of the variance")
            self.query_one(TrackMap).show(catalogue, at, title)
        elif isinstance(rows, ChartRows) and len(rows):
            self._tell_chart(rows.entries[at])
        elif (hit := self.hit()) is not None:
            panel = self.query_one("#features", Panel)
            if hit.track is None:
                panel.show(only_named(hit))
            else:
                panel.show(self._features(catalogue, hit.track))
        else:
            self.query_one("#features", Panel).show(lambda width, height: [])

    def _features(self, catalogue: Catalogue, track: CatalogueTrack) -> Made:
        means = dict(zip(catalogue.feature_names, catalogue.means.tolist(), strict=True))
        whose, cluster = Figure("the catalogue"), shown(catalogue.clusters[track.cluster].name)
        if self.own is not None and self.own.covered > 0:
            means, whose = dict(self.own.means), Figure("your plays")
        return features(track, catalogue.feature_names, means, whose, cluster)

    def _tell_chart(self, entry: Entry) -> None:
        self.set_class(entry.plotted is None, "-listed")
        self.set_class(not entry.said, "-mute")
        if entry.plotted is not None:
            self.query_one(Chart).show(entry.plotted)
        else:
            self.query_one("#bars", Panel).show(charted(entry))
        self.query_one("#said", Panel).show(said(entry))

    @on(Table.Chosen, "#charts")
    def into_chart(self, event: Table.Chosen) -> None:
        event.stop()
        self.action_panel()

    @on(Table.Chosen, "#clusters")
    def cluster_chosen(self, event: Table.Chosen) -> None:
        event.stop()
        self.of_cluster(event.row)

    def of_cluster(self, cluster: int) -> None:
        """Show the tracks of a cluster."""

    # the keys of every list

    def plays_of(self) -> PlaysOf | None:
        hit, history = self.hit(), self.session.history
        if hit is None or history is None:
            return None
        code = hit.code if hit.track is None else (self.codes or {}).get(hit.track.index)
        if code is None or code >= len(history.names.tracks):
            return None
        names = history.names
        words = (shown(names.tracks[code]), shown(names.artists[int(names.track_artist[code])]))
        return PlaysOf(words, history, replace(self.session.scope, kind=Kind.MUSIC, range=ALL_TIME), track=code)

    async def action_plays(self) -> None:
        hit = self.hit()
        if hit is not None and self.session.history is not None and self.plays_of() is None:
            self.tell(
                shown(f"{shown(hit.title, 60)} is not in your library: m shows who is like {shown(hit.artist, 60)}.")
            )
        else:
            await super().action_plays()

    def artist(self) -> str | None:
        hit = self.hit()
        if hit is None or hit.track is None or self.catalogue is None:
            return None if hit is None else hit.artist
        return self.catalogue.first_artist(hit.track.index)

    def song(self) -> str | None:
        """``m`` goes to the artist of a track: what is like the track stands here."""
        return None

    def action_link(self) -> None:
        hit = self.hit()
        if hit is not None and hit.track is not None and hit.track.spotify_id:
            self.overlay(Notice(shown(f"{_PAGE}{hit.track.spotify_id}"), self.size.width, link=True))
        elif (artist := self.artist()) is not None:
            self.overlay(Notice(page_of(artist), self.size.width, link=True))
        else:
            self.tell(Figure("No track is selected here."))

    def copied(self) -> Drawable | None:
        hit = self.hit()
        rows = self.front.rows
        if isinstance(rows, ClusterRows) and len(rows):
            return shown(rows.clusters[self.front.cursor].name)
        return None if hit is None else label_of(hit.title, hit.artist)

    def listing(self) -> Listing | None:
        rows = self.query_one("#clusters", Table).rows
        if self.look is Look.CLUSTERS and isinstance(rows, ClusterRows):
            return Listing("clusters", len(rows), rows.record)
        return None

    def action_export(self) -> None:
        if self.look in (Look.CLUSTERS, Look.CHARTS):
            ListScreen.action_export(self)
        else:
            super().action_export()

    def songlist(self) -> Songlist | None:
        rows = self.front.rows
        if not len(rows):
            return None
        from tui_music.tui import tracks_asking as asking

        if isinstance(rows, FoundRows):
            hits = rows.hits
            return Songlist("tracks found", lambda: asking.found_songs(hits))
        if not isinstance(rows, SimilarRows | PlaylistRows):
            return None
        tracks = tuple(rows.rows)
        of = "playlist" if isinstance(rows, PlaylistRows) else "tracks"
        like = f" like {joined(self.asked.starts)}" if self.asked.starts else ""
        return Songlist(f"{of}{like}", lambda: asking.songs(tracks))
