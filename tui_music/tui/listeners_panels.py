"""Beside a list of listeners: what each method recommends to one of them, and charts over all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.widget import Widget

from tui_music.text import shown
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line, ListScreen, Sentence
from tui_music.tui.widgets.canvas import Piece, Role
from tui_music.tui.widgets.chart import Chart, Plotted
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.listeners_charts import by_plays, per_day
from tui_music.tui.widgets.listeners_rows import ChartedRows, Compared, MethodRows
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.tui.comparing import Drawn

_AXIS = 8  # cells the axis of a chart may take
#: What stands below or beside the list, by what of it has the keys.
_PANELS = {"methods": "methods", "by-plays": "plots", "per-day": "plots", "top-artists": "tops", "top-tracks": "tops"}


class PanelsScreen(ListScreen):
    """A screen with a ``Table(id="listeners")`` and panels: all of them where there is room, else the one that has the
    keys or had them last."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("whose-charts", "panel", "previous-panel")

    @dataclass
    class Charted(Message):
        """Charts over all listeners of the library, and over those of the community if one was built."""

        drawn: Drawn
        of_community: Drawn | None

    def __init__(self) -> None:
        super().__init__()
        self.of_library: Drawn | None = None
        self.of_community: Drawn | None = None
        self._shown: Compared | None = None
        self._communal = False  # whether the charts are those of the community

    def panels(self) -> Widget:
        """What stands beside the list."""
        told = Line(id="whom"), Table(id="methods"), Sentence(id="told"), Sentence(id="missing")
        methods = Container(*told, id="methods-panel", classes="panel")
        plots = Horizontal(Chart(id="by-plays"), Chart(id="per-day"), id="plots-panel", classes="panel")
        tops = Horizontal(Table(id="top-artists"), Table(id="top-tracks"), id="tops-panel", classes="panel")
        self.add_class("-methods")
        return Container(methods, plots, tops, id="panels")

    @property
    def table(self) -> Table:
        return self.query_one("#listeners", Table)

    # what methods recommend

    def draw_methods(self, name: str, compared: Compared | None) -> None:
        """What is recommended to a listener; until that is known what is there stays, with whom it is for."""
        self._shown = compared or self._shown
        whose = NOTHING if self._shown is None else shown(self._shown.listener, 40)
        parts: list[list[Piece]] = [[(Figure("Recommended to "), Role.HEAD), (whose, Role.HEAD)]] if whose else []
        if name and compared is None:
            parts.append([(shown(f"asking for {shown(name, 40)} …"), Role.NEW)])
        self.query_one("#whom", Line).show(parts)
        if compared is None:
            return
        for sentence, text in (("told", compared.told), ("missing", compared.missing)):
            line = self.query_one(f"#{sentence}", Sentence)
            line.say(shown(text, 1000))
            line.display = bool(text)
        table = self.query_one("#methods", Table)
        nothing = Figure("No method has anything to recommend yet.")
        table.show(MethodRows(compared), table.cursor, table.top, nothing)

    # charts

    @on(Charted)
    def charted(self, event: Charted) -> None:
        event.stop()
        self.of_library, self.of_community = event.drawn, event.of_community
        alone = len(event.drawn.plays) < 2 and event.of_community is not None
        self._communal = self._communal or alone  # one listener makes no chart
        self._plot()
        self.refresh_footer()

    def action_whose_charts(self) -> None:
        """Charts of the library's listeners, or of the community's."""
        if self.of_community is None:
            self.tell(Figure("No community was built: tui-music community build PATH makes one of public data."))
            return
        self._communal = not self._communal
        self._plot()
        whose = f"the community: {self.of_community.source}" if self._communal else "the library's listeners"
        self.tell(shown(f"charts of {whose}"))

    def on_resize(self) -> None:
        self.call_after_refresh(self._plot)

    def _plot(self) -> None:
        drawn = self.of_community if self._communal else self.of_library
        if drawn is None:
            return
        chart, days, plays = self.query_one("#per-day", Chart), drawn.charts.days, drawn.charts.plays_on
        if chart.size.width:  # else it is drawn when it comes to the front
            self._show(self.query_one("#by-plays", Chart), by_plays(drawn.plays))
            self._show(chart, per_day(days.tolist(), plays.tolist(), max(8, chart.size.width - _AXIS)))
        whose = "artist of the community" if self._communal else "artist"
        missing = Figure("The data of the community have none." if self._communal else "Nothing was played.")
        for name, title, top in (("artists", whose, drawn.charts.artists), ("tracks", "track", drawn.charts.tracks)):
            table = self.query_one(f"#top-{name}", Table)
            table.show(ChartedRows(title, top), table.cursor, table.top, missing)

    @staticmethod
    def _show(chart: Chart, plotted: Plotted) -> None:
        """What is said beside the title is left out where it would be cut."""
        fits = len(plotted.title) + len(plotted.aside) + 3 < chart.size.width
        chart.show(plotted if fits else replace(plotted, aside=NOTHING))

    # from panel to panel

    def action_panel(self) -> None:
        self._next_panel(1)

    def action_previous_panel(self) -> None:
        self._next_panel(-1)

    def _next_panel(self, step: int) -> None:
        panels: list[Widget] = [self.table, *(self.query_one(f"#{name}") for name in _PANELS)]
        at = panels.index(self.focused) if self.focused in panels else 0
        panel = panels[(at + step) % len(panels)]
        self._bring_to_front(panel)
        self.set_focus(panel)

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        self._bring_to_front(event.widget)

    def _bring_to_front(self, panel: Widget) -> None:
        beside = panel.id in _PANELS
        if beside != self.has_class("-beside"):
            self.set_class(beside, "-beside")
            self.refresh_footer()
        if panel.id in _PANELS:
            for name in set(_PANELS.values()):
                self.set_class(_PANELS[panel.id] == name, f"-{name}")
            self.call_after_refresh(self._plot)
