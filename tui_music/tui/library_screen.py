"""Library: what was listened to and when, at a glance, for any scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip
from textual.worker import get_current_worker

from tui_music.library.scope import Measure, Scope
from tui_music.text import shown
from tui_music.tui.chrome import Hint
from tui_music.tui.facts import Fact, facts, shorts
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line, Listing, ListScreen, PlaysOf, amount, within
from tui_music.tui.overtime import Bucket, Shows, buckets, plotted
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Canvas, Drawable, Role
from tui_music.tui.widgets.chart import Chart
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import NOTHING, WEEKDAYS, Figure, count, hours_alone
from tui_music.tui.widgets.heat import HeatMap
from tui_music.tui.widgets.ranked import MANY, RankRows
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.overview import Overview, Top
    from tui_music.library.ranking import Ranking

What = Literal["artists", "tracks", "albums"]
_WHATS: tuple[What, ...] = ("artists", "tracks", "albums")
_WIDTHS = [(0, "-narrow"), (64, "-middle"), (120, "-wide"), (176, "-ultra")]
_HEIGHTS = [(0, "-low"), (20, "-medium"), (32, "-tall"), (48, "-high")]
_AXIS = 8  # cells the axis of the chart may take


class FactList(Canvas, can_focus=False):
    """Facts below each other, as many as fit."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: Sequence[Fact] = ()

    def show(self, found: Sequence[Fact]) -> None:
        if found != self._facts:
            self._facts = found
            self.refresh()

    def line(self, y: int) -> Strip:
        if not y or y > len(self._facts):
            return self.strip([(Figure(" Facts" if self._facts and not y else ""), Role.HEAD)])
        fact = self._facts[y - 1]
        return self.strip([
            (Figure(" "), Role.PLAIN),
            (fill(fact.name, 17), Role.QUIET),
            (fill(fact.value, 12, "right"), Role.PLAIN),
            (fill(Figure(f"  {fact.meaning}"), max(0, self.size.width - 30)), Role.QUIET),
        ])  # fmt: skip


class LibraryScreen(ListScreen):
    """Totals, a chart, a top list and a map of the week; side by side where there is room."""

    HEADING = "Library"
    SIGNS = (("eng", "engagement, 0–1: how much of its plays was heard, on average"),)
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = bindings("type", "facts", "new-artists", "open")

    @dataclass
    class Ranked(Message):
        """The whole list, where the overview has its top."""

        scope: Scope
        ranking: Ranking

    def __init__(self) -> None:
        super().__init__()
        self.what: What = "artists"
        self.discoveries = False
        self._buckets: list[Bucket] = []
        self._listed: tuple[What, Measure] | None = None

    def body(self) -> ComposeResult:
        yield Line(id="totals")
        yield Chart(id="chart")
        with Horizontal(id="lower"):
            yield Table(id="top")
            with Vertical(id="side"):
                yield HeatMap(id="heat")
                yield FactList()
        yield Line(" · ", id="facts", classes="facts")
        yield Line(" · ", id="more", classes="facts")

    def footer(self) -> Sequence[str | Hint]:
        like, what = self.hint("trail", "like this"), self.hint("type", "songs/albums")
        more = ("facts", "new-artists", "panel", "export", "screens", "help")
        return ("range", "measure", what, "plays", like, *more)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Table))

    def on_resize(self, event: events.Resize) -> None:
        self._plot()

    # drawing

    def show(self, session: Session) -> None:
        overview = session.overview
        if overview is None:
            self.query_one("#totals", Line).say(Figure("" if session.failure else "Reading your history."))
            self.query_one(Table).say(session.failure or NOTHING)
            return
        found = facts(overview.totals, session.scope)
        self._show_totals(overview)
        self._plot()
        self.query_one(HeatMap).show(overview.week)
        self.query_one(FactList).show(found[9:])
        short = shorts(found)
        self.query_one("#facts", Line).show(short[:4])
        self.query_one("#more", Line).show(short[4:])
        self._list()

    def _show_totals(self, overview: Overview) -> None:
        totals, line = overview.totals, self.query_one("#totals", Line)
        if not totals.plays:
            line.say(
                Figure(f"No {overview.kind.label} was played in these dates: r chooses others, K another kind."),
                Role.NEW,
            )
            return
        line.show([
            amount(hours_alone(totals.ms)),
            amount(count(totals.counted), "plays"),
            amount(count(totals.artists), "artists"),
            amount(count(totals.tracks), "songs"),
            amount(count(totals.active_days), "days"),
            amount(count(totals.albums), "albums"),
        ])  # fmt: skip

    def _plot(self) -> None:
        overview, chart = self.session.overview, self.query_one(Chart)
        if overview is None or not chart.size.width:
            return
        shows: Shows = "hours" if self.session.measure is not Measure.PLAYS else "plays"
        step, self._buckets = buckets(overview.series, 2 * (chart.size.width - _AXIS))
        chart.show(plotted(step, self._buckets, "new artists" if self.discoveries else shows))

    def _list(self) -> None:
        """The whole ranking, or the top of it that an earlier run kept while the history is not loaded."""
        session = self.session
        if session.history is not None and session.answered is not None:
            self.rank(session.history, session.answered, self.what, session.measure)
        elif session.overview is not None:
            self._show_list(session.overview.top(self.what, session.measure))

    def _show_list(self, source: Ranking | Top) -> None:
        """Another list begins at its top; the same one, counted again, keeps its place."""
        table = self.query_one(Table)
        listed = (source.what, source.by)
        place = (table.cursor, table.top) if listed == self._listed else (0, 0)
        self._listed = listed
        rows = RankRows(source, self.session.scope.zone, names=18)
        table.show(rows, *place, note=Figure(f"No {MANY[source.what]} in these dates."))

    @work(thread=True, exclusive=True, group="top", exit_on_error=False)
    def rank(self, history: History, scope: Scope, what: What, by: Measure) -> None:
        from tui_music.library import ranking

        rank = {"artists": ranking.rank_artists, "tracks": ranking.rank_tracks, "albums": ranking.rank_albums}[what]
        found = rank(history, scope, by)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Ranked(scope, found))

    @on(Ranked)
    def ranked(self, event: Ranked) -> None:
        event.stop()
        wanted = (self.what, self.session.measure, self.session.answered)
        if wanted == (event.ranking.what, event.ranking.by, event.scope):
            self._show_list(event.ranking)

    # keys

    def action_type(self) -> None:
        """Artists, songs, albums."""
        self.what = _WHATS[(_WHATS.index(self.what) + 1) % len(_WHATS)]
        self._list()

    def action_new_artists(self) -> None:
        """The chart of listening, or of artists never heard before."""
        self.discoveries = not self.discoveries
        self._plot()

    def action_facts(self) -> None:
        from tui_music.tui.facts_screen import FactsScreen

        self.app.push_screen(FactsScreen())

    @on(Table.Chosen)
    async def chosen(self, event: Table.Chosen) -> None:
        """An artist opens on the Artists screen; songs and albums have their plays."""
        event.stop()
        rows = self._rows()
        if rows is None or rows.source.what != "artists" or (code := self._code(rows, event.row)) is None:
            await self.action_plays()
            return
        from tui_music.tui.artists_screen import ArtistsScreen

        await self.app.switch_mode("artists")
        if isinstance(self.app.screen, ArtistsScreen):
            self.app.screen.reveal(code)

    @on(Chart.Chosen)
    @on(HeatMap.Chosen)
    async def place_chosen(self, event: Message) -> None:
        event.stop()
        await self.action_plays()

    # what is selected

    def _rows(self) -> RankRows | None:
        rows = self.query_one(Table).rows
        return rows if isinstance(rows, RankRows) and len(rows) else None

    def _code(self, rows: RankRows, index: int) -> int | None:
        """The code on a line; None while the list is that of an earlier run."""
        from tui_music.library.ranking import Ranking

        return int(rows.source.code[rows.which[index]]) if isinstance(rows.source, Ranking) else None

    def plays_of(self) -> PlaysOf | None:
        history, scope = self.session.history, self.session.answered
        if history is None or scope is None:
            return None
        chart, heat, rows = self.query_one(Chart), self.query_one(HeatMap), self._rows()
        if chart.has_focus:
            if chart.picked is None or chart.picked >= len(self._buckets):
                return None
            dates = self._buckets[chart.picked].dates
            return PlaysOf((Figure(dates.label),), history, within(scope, dates))
        if heat.has_focus:
            if heat.picked is None:
                return None
            weekday, hour = heat.picked
            words = (Figure(f"{WEEKDAYS[weekday]} {hour}–{(hour + 1) % 24} h"),)
            return PlaysOf(words, history, scope, weekday=weekday, hour=hour)
        if rows is None or (code := self._code(rows, self.query_one(Table).cursor)) is None:
            return None
        row = rows.row(self.query_one(Table).cursor)
        if rows.source.what == "artists":
            return PlaysOf((shown(row.name),), history, scope, artist=code)
        of = PlaysOf((shown(row.name), shown(row.artist)), history, scope)
        return replace(of, track=code) if rows.source.what == "tracks" else replace(of, album=code)

    def copied(self) -> Drawable | None:
        rows, table = self._rows(), self.query_one(Table)
        return rows.name(table.cursor) if rows is not None and table.has_focus else None

    def listing(self) -> Listing | None:
        """The buckets while the chart is in focus, the week while the map is, else the list."""
        if self.query_one(Chart).has_focus:
            return Listing("listening over time", len(self._buckets), self._bucket_record)
        overview = self.session.overview
        if self.query_one(HeatMap).has_focus and overview is not None:
            return Listing("hour by weekday", 7 * 24, self._hour_record)
        rows = self._rows()
        return None if rows is None else Listing(MANY[self.what], len(rows), rows.record)

    def _bucket_record(self, index: int) -> dict[str, object]:
        bucket = self._buckets[index]
        return {
            "bucket": bucket.dates.label,
            "hours": round(bucket.ms / 3_600_000, 4),
            "counted_plays": bucket.counted,
            "new_artists": bucket.new_artists,
        }

    def _hour_record(self, index: int) -> dict[str, object]:
        overview = self.session.overview
        day, hour = divmod(index, 24)
        ms, plays = (0, 0) if overview is None else (overview.week.ms[day, hour], overview.week.counted[day, hour])
        return {
            "weekday": WEEKDAYS[day],
            "hour": hour,
            "hours": round(int(ms) / 3_600_000, 4),
            "counted_plays": int(plays),
        }
