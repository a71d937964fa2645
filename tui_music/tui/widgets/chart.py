"""Listening over time: a chart that plotext builds in a thread, drawn in the theme's colours, with a bucket to pick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rich.segment import Segment
from textual import events, work
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.tui.keys import bindings
from tui_music.tui.widgets.canvas import Canvas, Role
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.plotting import Picture, bars


@dataclass(frozen=True)
class Plotted:
    """What a chart shows. ``title`` carries the unit of ``values``; ``ticks`` are (bucket, label) in order;
    ``tell`` says in words what a bucket holds."""

    title: Figure
    values: Sequence[float]
    ticks: Sequence[tuple[int, str]]
    tell: Callable[[int], Figure] = field(compare=False)
    #: Said at the right of the title while no bucket is picked.
    aside: Figure = NOTHING


class Chart(Canvas):
    """A title line, the chart, its axes. Left and right pick a bucket; ``picked`` is None until then."""

    BINDINGS = bindings("left", "right", "first", "last", "open")
    DEFAULT_CSS = "Chart { height: 9; }"

    @dataclass
    class Drawn(Message):
        """The picture of ``plotted`` at a width and height is built."""

        plotted: Plotted
        picture: Picture

    @dataclass
    class Chosen(Message):
        """Enter on a bucket."""

        chart: Chart
        bucket: int

        @property
        def control(self) -> Chart:
            return self.chart

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.picked: int | None = None
        self._plotted: Plotted | None = None
        self._picture: Picture | None = None

    def show(self, plotted: Plotted) -> None:
        """Show other values; what was picked is let go when there are fewer buckets."""
        if self.picked is not None and self.picked >= len(plotted.values):
            self.picked = None
        same, self._plotted = plotted == self._plotted, plotted
        if not same:
            self._draw()
        elif self.picked is not None:  # what is told of it may differ
            self.refresh(Region(0, 0, self.size.width, 1))

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._plotted is not None and self.size.width > 4 and self.size.height > 3:
            self._build(self._plotted, self.size.width - 1, self.size.height - 1)

    @work(thread=True, exclusive=True, group="chart", exit_on_error=False)
    def _build(self, plotted: Plotted, width: int, height: int) -> None:
        worker = get_current_worker()
        picture = bars(plotted.values, plotted.ticks, width, height)
        if not worker.is_cancelled:
            self.post_message(self.Drawn(plotted, picture))

    def on_chart_drawn(self, message: Drawn) -> None:
        message.stop()
        if message.plotted == self._plotted:
            self._picture = message.picture
            self.refresh()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and self._plotted is not None:
            self._picture = None
            self._plotted = replace(self._plotted, aside=Figure("the chart could not be drawn"))
            self.refresh()

    # drawing

    def line(self, y: int) -> Strip:
        plotted = self._plotted
        if y == 0:
            return self._heading(plotted)
        picture = self._picture
        if picture is None or plotted is None or y > len(picture.lines):
            return self.strip([])
        text = picture.lines[y - 1]
        base = len(picture.lines) - 2
        if y > base:  # the axis and its labels
            return self.strip([(Figure(" " + text), Role.QUIET)])
        axis, drawn = text[: picture.left], text[picture.left :]
        segments = [Segment(" " + axis, self.style_of(Role.QUIET))]
        if self.picked is None or self.picked >= len(picture.spans):
            segments.append(Segment(drawn, self.style_of(Role.BAR)))
        else:
            first, past = picture.spans[self.picked]
            pick = self.style_of(Role.PICK if self.has_focus else Role.HEAD)
            parts = (drawn[:first], drawn[first:past], drawn[past:])
            styles = (self.style_of(Role.BAR), pick, self.style_of(Role.BAR))
            segments += [Segment(part, style) for part, style in zip(parts, styles, strict=True)]
        return Strip(segments).adjust_cell_length(self.size.width, self.style_of(Role.PLAIN))

    def _heading(self, plotted: Plotted | None) -> Strip:
        if plotted is None:
            return self.strip([])
        said = plotted.aside if self.picked is None else plotted.tell(self.picked)
        room = self.size.width - len(plotted.title) - 3
        mark = Figure("▌" if self.has_focus else " ")
        return self.strip([
            (mark, Role.BAR),
            (plotted.title, Role.HEAD),
            (Figure("  "), Role.PLAIN),
            (fill(said, max(0, room), "right"), Role.QUIET if self.picked is None else Role.PLAIN),
        ])  # fmt: skip

    # picking

    def pick(self, bucket: int | None) -> None:
        """Mark a bucket, or none."""
        if bucket == self.picked:
            return
        before, self.picked = self.picked, bucket
        self.refresh(Region(0, 0, self.size.width, 1))
        for region in (*self._columns(before), *self._columns(bucket)):
            self.refresh(region)

    def _columns(self, bucket: int | None) -> Iterable[Region]:
        """Where a bucket is drawn."""
        if bucket is not None and self._picture is not None and bucket < len(self._picture.spans):
            first, past = self._picture.spans[bucket]
            yield Region(1 + self._picture.left + first, 1, past - first, self.size.height - 3)

    def action_left(self) -> None:
        self._step(-1)

    def action_right(self) -> None:
        self._step(1)

    def action_first(self) -> None:
        self.picked = None
        self._step(1)
        self.refresh()

    def action_last(self) -> None:
        self.picked = None
        self._step(-1)
        self.refresh()

    def _step(self, step: int) -> None:
        if self._plotted is None or not self._plotted.values:
            return
        last = len(self._plotted.values) - 1
        self.pick((last if step < 0 else 0) if self.picked is None else max(0, min(last, self.picked + step)))

    def action_open(self) -> None:
        if self.picked is not None:
            self.post_message(self.Chosen(self, self.picked))

    def on_click(self, event: events.Click) -> None:
        bucket = None if self._picture is None else self._picture.bucket_at(event.x - 1)
        if bucket is not None and bucket == self.picked:
            self.action_open()
        elif bucket is not None:
            self.pick(bucket)

    def focused_regions(self) -> Iterable[Region]:
        return (Region(0, 0, self.size.width, 1), *self._columns(self.picked))
