"""The drawn widgets: columns that fit, rows that stay aligned, lists of any length, charts and maps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region

from tui_music.library.statistics import WeekMap
from tui_music.text import cells, shown
from tui_music.tui.widgets import figures
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.chart import Chart, Plotted
from tui_music.tui.widgets.columns import Bar, Cell, Column, Item, Run, fill, fit, lay
from tui_music.tui.widgets.figures import Figure
from tui_music.tui.widgets.heat import HeatMap
from tui_music.tui.widgets.plotting import bars, scale
from tui_music.tui.widgets.table import Rows, Table

NAMES = (
    "Vesper & the Lamps",
    "[/red]",
    "[@click=app.quit]x[/]",
    "\x1b[31mred\x1b[0m",
    "東ノ宮",
    "👨‍👩‍👧",
    "مصباح",
    "x" * 10_000,
)
COLUMNS = (
    Column(Figure("#"), 6, "right"),
    Column(Figure("artist"), 10, flex=3),
    Column(Figure("hours"), 8, "right"),
    Column(Figure(""), 6, flex=1, drop=2),
    Column(Figure("plays"), 6, "right", drop=1),
)


class Many(Rows):
    """Rows that count how often they are asked for."""

    columns = COLUMNS
    counting = 1

    def __init__(self, length: int, unrested: Sequence[int] = ()) -> None:
        self.length = length
        self.unrested = unrested
        self.asked = 0

    def __len__(self) -> int:
        return self.length

    def rests(self, index: int) -> bool:
        return index not in self.unrested

    def cells(self, index: int) -> Sequence[Item]:
        self.asked += 1
        name = shown(NAMES[index % len(NAMES)])
        return Cell(figures.count(index + 1)), Cell(name), Cell(figures.hours(3.6e6)), Bar(0.5), Cell(figures.count(7))


W = TypeVar("W", Table, Chart, HeatMap)


class Alone(App[None], Generic[W]):
    """One widget and what it says."""

    def __init__(self, widget: W) -> None:
        super().__init__()
        self.widget: W = widget
        self.said: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()

    def on_table_chosen(self, message: Table.Chosen) -> None:
        self.said.append(message.row)

    def on_chart_chosen(self, message: Chart.Chosen) -> None:
        self.said.append(message.bucket)

    def on_heat_map_chosen(self, message: HeatMap.Chosen) -> None:
        self.said.append((message.weekday, message.hour))


def lines(app: Alone[Any]) -> list[str]:
    return [app.widget.render_line(y).text for y in range(app.widget.size.height)]


class TestColumns:
    @given(st.integers(1, 300))
    def test_the_columns_fill_the_line_and_names_are_never_dropped(self, width: int) -> None:
        layout = fit(COLUMNS, width)
        used = layout.indent + sum(layout.widths) + layout.gap * (len(layout.widths) - 1)
        assert {0, 1, 2} <= set(layout.shown)
        assert used == max(width, used)
        assert all(width > 0 for width in layout.widths)

    def test_a_column_takes_no_more_than_it_can_use(self) -> None:
        name, why = Column(Figure("name"), 16, flex=1, most=28), Column(Figure("why"), 10, flex=2)
        assert fit((name, why), 40).widths == (20, 18)
        assert fit((name, why), 100).widths == (28, 69), "what is left goes to the other one"
        assert fit((why, name), 100).widths == (69, 28)
        assert fit((Column(Figure("wide"), 40, flex=1, most=28),), 60).widths == (40,)

    @given(st.text(max_size=60), st.integers(0, 80), st.sampled_from(["left", "right"]))
    def test_text_takes_exactly_its_cells(self, text: str, width: int, align: str) -> None:
        assert cells(fill(shown(text), width, "right" if align == "right" else "left")) == width

    @given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.integers(24, 200))
    def test_rows_of_any_names_are_as_wide_as_the_line(self, names: list[str], width: int) -> None:
        layout = fit(COLUMNS, width)
        row = [Cell(shown(name)) for name in (names * 5)[: len(COLUMNS)]]
        if layout.indent + sum(layout.widths) + layout.gap * (len(layout.widths) - 1) <= width:
            assert 1 + sum(cells(text) for text, _ in lay(COLUMNS, layout, row, width)) == width

    def test_a_shorter_row_is_a_note_over_the_rest_of_the_line(self) -> None:
        layout = fit(COLUMNS, 60)
        note = Run(((Figure("hours a year "), Role.QUIET), (Figure("▁" * 80), Role.BAR)))
        text = "".join(text for text, _ in lay(COLUMNS, layout, (Cell(Figure("1")), note), 60))
        assert "hours a year ▁▁▁" in text
        assert text.endswith("…")
        assert cells(text) == 59


class TestTable:
    async def test_a_million_rows_ask_only_for_what_is_on_screen(self) -> None:
        rows = Many(1_000_000)
        app = Alone(Table())
        async with app.run_test(size=(80, 24)) as pilot:
            app.widget.show(rows)
            await pilot.pause()
            await pilot.press("G")
            await pilot.pause()
            assert rows.asked < 400
            assert "1,000,000 of 1,000,000" in lines(app)[0]
            assert lines(app)[-1].startswith("▌")

    async def test_every_row_is_as_wide_as_the_table(self) -> None:
        app = Alone(Table())
        async with app.run_test(size=(79, 24)) as pilot:
            app.widget.show(Many(100))
            await pilot.pause()
            assert {cells(line) for line in lines(app)} == {79}
            assert not any(char in "\x1b\n" for line in lines(app) for char in line)
            at = {cells(line[: line.index("1.0")]) for line in lines(app)[1:]}
            assert len(at) == 1, "hours stand below each other whatever the names"

    @pytest.mark.parametrize(
        ("keys", "row"),
        [
            ("jjj", 3),
            ("jjk", 1),
            ("G", 99),
            ("Gg", 0),
            ("k", 0),
            (("pagedown",), 22),
            (("end", "pageup"), 77),
            (("home",), 0),
        ],
    )
    async def test_keys(self, keys: Iterable[str], row: int) -> None:
        app = Alone(Table())
        async with app.run_test(size=(80, 24)) as pilot:
            table = app.widget
            table.show(Many(100))
            await pilot.press(*keys)
            assert table.cursor == row
            assert table.top <= row < table.top + 23

    async def test_a_cursor_key_paints_two_lines_and_the_position(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = Alone(Table())
        async with app.run_test(size=(120, 36)) as pilot:
            table = app.widget
            table.show(Many(100))
            await pilot.pause()
            painted: list[tuple[Region, ...]] = []
            monkeypatch.setattr(table, "refresh", lambda *regions, **_: painted.append(regions))
            await pilot.press("j")
            assert [region.height for regions in painted for region in regions] == [1, 1, 1]
            assert {region.y for regions in painted for region in regions} == {0, 1, 2}
            await pilot.press("j")
            assert all(regions for regions in painted), "never the whole list"

    async def test_equal_rows_are_not_painted_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = Alone(Table())
        async with app.run_test(size=(80, 24)) as pilot:
            table = app.widget
            table.show(Many(100))
            await pilot.pause()
            painted: list[object] = []
            monkeypatch.setattr(table, "refresh", lambda *regions, **_: painted.append(regions))
            table.show(Many(100))
            assert not painted

    async def test_rows_where_the_cursor_may_not_rest_are_passed(self) -> None:
        app = Alone(Table())
        async with app.run_test(size=(80, 24)) as pilot:
            table = app.widget
            table.show(Many(10, unrested=(0, 3, 4, 9)))
            assert table.cursor == 1
            await pilot.press("j", "j")
            assert table.cursor == 5
            await pilot.press("k")
            assert table.cursor == 2
            await pilot.press("G")
            assert table.cursor == 8

    async def test_enter_and_a_second_click_choose(self) -> None:
        app = Alone(Table())
        async with app.run_test(size=(80, 24)) as pilot:
            app.widget.show(Many(100))
            await pilot.press("j", "enter")
            await pilot.click(Table, offset=(5, 5))
            await pilot.click(Table, offset=(5, 5))
            await pilot.pause()
            assert app.said == [1, 4]

    async def test_the_wheel_and_the_position_bar_move_the_view(self) -> None:
        app = Alone(Table())
        async with app.run_test(size=(80, 24)) as pilot:
            table = app.widget
            table.show(Many(1000))
            await pilot.pause()
            await pilot._post_mouse_events([MouseScrollDown], Table, offset=(5, 5))
            assert (table.top, table.cursor) == (3, 0)
            await pilot.mouse_down(Table, offset=(79, 23))
            await pilot.mouse_up(Table, offset=(79, 23))
            assert table.top == 1000 - 23
            await pilot.press("j")
            assert table.top <= table.cursor == 1

    async def test_an_empty_list_says_why_and_ignores_keys(self) -> None:
        app = Alone(Table())
        async with app.run_test(size=(80, 24)) as pilot:
            app.widget.show(Many(0), note=Figure("Nobody here."))
            await pilot.press("j", "k", "g", "G", "pagedown", "pageup", "enter")
            await pilot.pause()
            assert "Nobody here." in lines(app)[1]
            assert not app.said

    @pytest.mark.parametrize("size", [(1, 1), (3, 2), (10, 3), (40, 10), (200, 60)])
    async def test_any_size(self, size: tuple[int, int]) -> None:
        app = Alone(Table())
        async with app.run_test(size=size) as pilot:
            app.widget.show(Many(30))
            await pilot.press("j", "G", "k")
            await pilot.pause()
            assert {cells(line) for line in lines(app)} == {app.widget.size.width}


class TestPlot:
    @given(
        st.lists(st.floats(0, 1e7, allow_nan=False), max_size=160),
        st.integers(12, 200),
        st.integers(4, 30),
    )
    def test_a_picture_has_its_size_and_a_place_for_each_bucket(
        self, values: list[float], width: int, height: int
    ) -> None:
        values = values[: 2 * (width - 11)]
        picture = bars(values, [(i, str(2000 + i)) for i in range(0, len(values), 12)], width, height)
        assert len(picture.lines) == height
        assert {len(line) for line in picture.lines} == {width}
        assert all(0 <= first < past <= width - picture.left + 1 for first, past in picture.spans)

    def test_bars_are_as_tall_as_their_values(self) -> None:
        picture = bars([0, 1, 2, 4], [], 24, 6)  # four rows; the axis reaches 4
        columns = [[line[picture.left + first] for line in picture.lines[:4]] for first, _ in picture.spans]
        assert columns == [[" "] * 4, [" "] * 3 + ["█"], [" "] * 2 + ["█"] * 2, ["█"] * 4]

    def test_labels_stand_on_their_rows_and_do_not_touch(self) -> None:
        picture = bars([10.0] * 120, [(i, str(2010 + i // 12)) for i in range(0, 120, 12)], 40, 8)
        labels = picture.lines[-1].split()
        assert labels[0] == "2010"
        assert all(len(label) == 4 for label in labels)
        assert [line.split("┤")[0].strip() for line in picture.lines if "┤" in line] == ["12", "8", "4"]

    @given(st.floats(0, 1e12, allow_nan=False), st.integers(1, 40))
    def test_the_scale_holds_the_highest_value(self, top: float, rows: int) -> None:
        height, labels = scale(top, rows)
        assert height >= top
        assert all(1 <= row <= rows for row, _ in labels)

    async def test_a_bucket_is_picked_told_and_chosen(self) -> None:
        app = Alone(Chart())
        plotted = Plotted(
            Figure("hours a month"), [1.0, 2.0, 3.0], [(0, "2020")], lambda i: Figure(f"bucket {i}"), Figure("most")
        )
        async with app.run_test(size=(60, 12)) as pilot:
            chart = app.widget
            chart.show(plotted)
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert "most" in lines(app)[0]
            assert any("█" in line for line in lines(app))
            await pilot.press("right", "right", "l")
            assert chart.picked == 2
            assert "bucket 2" in lines(app)[0]
            await pilot.press("h", "enter")
            assert app.said == [1]
            await pilot.press("home")
            assert chart.picked == 0
            await pilot.press("G")
            assert chart.picked == 2
            chart.show(Plotted(Figure("hours a day"), [1.0], [], lambda i: Figure("")))
            assert chart.picked is None

    async def test_the_same_figures_are_told_anew_without_another_picture(self) -> None:
        app = Alone(Chart())
        async with app.run_test(size=(60, 12)) as pilot:
            chart = app.widget
            for word in ("before", "after"):
                chart.show(Plotted(Figure("hours a year"), [1.0, 2.0], [], lambda i, word=word: Figure(word)))  # type: ignore[misc]
                built = len(app.workers)
                await app.workers.wait_for_complete()
                await pilot.pause()
                chart.pick(1)
                assert word in lines(app)[0]
                assert any("█" in line for line in lines(app))
            assert built == 0

    @pytest.mark.parametrize("size", [(1, 1), (8, 4), (40, 10), (300, 60)])
    async def test_charts_of_any_size(self, size: tuple[int, int]) -> None:
        app = Alone(Chart())
        async with app.run_test(size=size) as pilot:
            app.widget.show(Plotted(Figure("hours a year"), [1.0] * 5, [], lambda i: Figure("")))
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert {cells(line) for line in lines(app)} == {app.widget.size.width}


class TestHeat:
    def week(self) -> WeekMap:
        ms = np.zeros((7, 24), np.int64)
        ms[3, 21], ms[6, 0] = 7_200_000, 1
        return WeekMap(ms, (ms > 0).astype(np.int32) * 5, (3, 21))

    async def test_shades_peak_and_picking(self) -> None:
        app = Alone(HeatMap())
        async with app.run_test(size=(60, 12)) as pilot:
            heat = app.widget
            heat.show(self.week())
            await pilot.pause()
            drawn = lines(app)
            assert "peak Thu 21–22 h" in drawn[0]
            assert drawn[4].startswith(" Thu")
            assert drawn[4][5 + 42 : 5 + 44] == "██"
            assert drawn[7][5:7] == "░░", "a single play shows"
            assert drawn[1][5:].strip() == ""
            await pilot.press("l")
            assert heat.picked == (3, 21), "the first step goes to the peak"
            assert "Thu 21–22 h · 2.0 h · 5 plays" in lines(app)[0]
            await pilot.press("j", "l", "l", "l")
            assert heat.picked == (4, 0)
            await pilot.press("enter")
            assert app.said == [(4, 0)]

    @pytest.mark.parametrize(("width", "wide"), [(34, 1), (60, 2), (90, 3)])
    async def test_hours_take_the_room_there_is(self, width: int, wide: int) -> None:
        app = Alone(HeatMap())
        async with app.run_test(size=(width, 12)) as pilot:
            app.widget.show(self.week())
            await pilot.pause()
            assert lines(app)[4].count("█") == wide
            await pilot.click(HeatMap, offset=(5 + 21 * wide, 4))
            assert app.widget.picked == (3, 21)
