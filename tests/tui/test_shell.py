"""What all screens share: scope line, footer, prompts, scope, help, palette, settings, what is remembered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.exports import imported, row, write
from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tui_music.errors import BadSetting
from tui_music.library.library import Library
from tui_music.library.scope import Kind, Measure
from tui_music.settings import Settings, load
from tui_music.text import shown
from tui_music.tui.app import TuiMusic
from tui_music.tui.chrome import KeyFooter, threshold
from tui_music.tui.commands import Palette
from tui_music.tui.prompt import Prompt, PromptLine
from tui_music.tui.scope_prompts import threshold_ms
from tui_music.tui.session import Remembered, recall, remember

pytestmark = pytest.mark.usefixtures("library")


async def answer(pilot: Pilot[Any], key: str, text: str) -> None:
    """Open a prompt and answer it."""
    await pilot.press(key)
    await settled(pilot)
    screen_of(pilot).query_one(PromptLine).value = text
    await pilot.press("enter")
    await settled(pilot)


def first_line(pilot: Pilot[Any]) -> str:
    return text_of(pilot).splitlines()[0]


def last_line(pilot: Pilot[Any]) -> str:
    return text_of(pilot).splitlines()[-1]


async def test_the_scope_of_every_number_is_on_line_one(started: Started) -> None:
    async with started() as pilot:
        assert first_line(pilot) == " Library   mira · all time 2021–2022 · plays ≥ 30 s · Europe/Berlin"


async def test_the_range_changes_everything(started: Started) -> None:
    async with started() as pilot:
        await answer(pilot, "r", "2021-03..2021-04")
        session = screen_of(pilot).session
        assert (session.scope.range.first, session.scope.range.last) == (date(2021, 3, 1), date(2021, 4, 30))
        assert session.overview is not None
        assert session.overview.scope == session.scope
        assert not session.stale
        assert "2021-03..2021-04" in first_line(pilot)
        await pilot.press("2")
        await settled(pilot)
        assert "2021-03..2021-04" in first_line(pilot)


async def test_a_range_that_cannot_be_says_so_and_stays_open(started: Started) -> None:
    async with started() as pilot:
        await answer(pilot, "r", "sometime")
        assert "is not a range of dates" in text_of(pilot)
        assert screen_of(pilot).query(Prompt)
        await pilot.press("escape")
        await settled(pilot)
        assert not screen_of(pilot).query(Prompt)
        assert screen_of(pilot).session.scope.range.label == "all time"


async def test_presets_are_picked_with_the_arrows(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("r")
        await settled(pilot)
        assert "last 90 days" in text_of(pilot)
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        assert screen_of(pilot).session.scope.range.label == "last 30 days"


async def test_kind_threshold_zone_and_listener_change_the_scope(started: Started) -> None:
    async with started() as pilot:
        await answer(pilot, "K", "podcasts")
        assert screen_of(pilot).session.scope.kind is Kind.PODCAST
        assert " podcast " in first_line(pilot)
        await answer(pilot, "T", "2 min")
        assert screen_of(pilot).session.scope.counted_ms == 120_000
        await answer(pilot, "Z", "tokyo")
        assert screen_of(pilot).session.scope.zone == "Asia/Tokyo"
        for key in ("L", "slash", *"jun", "enter", "enter"):
            await pilot.press(key)
            await settled(pilot)
        session = screen_of(pilot).session
        assert session.history is not None
        assert (session.history.listener, session.scope.kind) == ("jun", Kind.PODCAST)
        assert first_line(pilot) == " Library   jun · podcast · all time · plays ≥ 2 min · Asia/Tokyo"
    kept = load()
    assert (kept.zone, kept.counted_ms) == ("Asia/Tokyo", 120_000)


async def test_the_measure_goes_round(started: Started) -> None:
    async with started() as pilot:
        for measure in (Measure.PLAYS, Measure.ENGAGEMENT, Measure.HOURS):
            await pilot.press("v")
            await settled(pilot)
            assert screen_of(pilot).session.measure is measure


@pytest.mark.parametrize(
    ("text", "ms"),
    [("30", 30_000), ("0 s", 0), ("1.5 min", 90_000), ("2m", 120_000), ("500 ms", 500), ("0,5 min", 30_000)],
)
def test_thresholds_are_read_as_people_write_them(text: str, ms: int) -> None:
    assert threshold_ms(text) == ms


@pytest.mark.parametrize("text", ["", "half", "-1", "2 h", "nan", "inf", "1e99", "61 min"])
def test_other_thresholds_are_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        threshold_ms(text)


def test_thresholds_are_shown_in_the_unit_that_fits() -> None:
    assert [threshold(ms) for ms in (0, 500, 30_000, 90_000, 120_000)] == [
        "every play", "plays ≥ 0.5 s", "plays ≥ 30 s", "plays ≥ 90 s", "plays ≥ 2 min",
    ]  # fmt: skip


async def test_where_we_were_is_remembered(settings: Settings, started: Started) -> None:
    async with started() as pilot:
        await answer(pilot, "r", "last 90 days")
        await pilot.press("v", "3")
        await settled(pilot)
        await pilot.press("q")
    async with started() as pilot:
        assert pilot.app.current_mode == "tiers"
        session = screen_of(pilot).session
        assert session.scope.range.label == "last 90 days"
        assert session.scope.range.last == date(2022, 4, 4)
        assert session.measure is Measure.PLAYS


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"screen": 3, "kind": [], "searches": {"a": 1}}', b"\xff\x00", b"[" * 100_000]
)
def test_what_cannot_be_remembered_is_forgotten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)
    assert recall(path) == Remembered()


def test_ten_searches_are_kept_newest_first(tmp_path: Path) -> None:
    kept = Remembered()
    for number in range(12):
        kept = kept.searched(f"search {number}")
    kept = kept.searched("search 5").searched("  ")
    remember(tmp_path / "state.json", kept)
    found = recall(tmp_path / "state.json")
    assert found == kept
    assert len(found.searches) == 10
    assert found.searches[:2] == ("search 5", "search 11")


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remember(tmp_path / "file" / "state.json", Remembered())


async def test_an_earlier_runs_answers_are_shown_first(settings: Settings, started: Started) -> None:
    async with started():
        pass
    assert (settings.cache_dir / "overview.bin").exists()
    from tui_music.tui import loading
    from tui_music.tui.session import started as begin

    session = begin(settings)
    first, last = loading.load(settings, session.scope, session.measure)
    assert first.history is None
    assert first.overview is not None
    assert last.overview is not None
    assert first.scope == last.scope
    assert first.overview is last.overview


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 1000])
async def test_damaged_answers_of_an_earlier_run_do_no_harm(
    settings: Settings, started: Started, content: bytes
) -> None:
    settings.cache_dir.mkdir(parents=True)
    (settings.cache_dir / "overview.bin").write_bytes(content)
    async with started() as pilot:
        assert screen_of(pilot).session.overview is not None


async def test_what_is_chosen_while_loading_holds(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui_music.tui import loading

    go_on, load_all = threading.Event(), loading.load

    def slow(*given: Any) -> Iterator[loading.Found]:
        go_on.wait(5)
        yield from load_all(*given)

    monkeypatch.setattr(loading, "load", slow)
    app = TuiMusic(load())
    async with app.run_test() as pilot:
        await pilot.pause(0.2)
        app.change_scope(replace(app.session.scope, kind=Kind.PODCAST))
        go_on.set()
        await settled(pilot)
        assert (app.session.scope.kind, app.session.scope.listener) == (Kind.PODCAST, "mira")
        assert app.session.overview is not None
        assert app.session.overview.kind is Kind.PODCAST
        assert not app.session.stale


async def test_a_time_zone_nobody_knows_is_asked_for(
    settings: Settings, tmp_path: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    Library(settings.library_file).forget("mira")
    imported(
        Library(settings.library_file),
        write(tmp_path / "no.json", [row(n * 400, conn_country="ZZ") for n in range(99)]),
    )
    async with started(listener="me") as pilot:
        assert "UTC" in first_line(pilot)
        assert "Z sets your time zone." in last_line(pilot)


async def test_help_lists_the_keys_of_the_screen_below(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("?")
        await settled(pilot)
        assert " Keys on Library" in text_of(pilot)
        assert "choose the dates" in text_of(pilot) or "artists, songs or albums" in text_of(pilot)
        await pilot.press("?")
        await settled(pilot)
        assert " Library " in first_line(pilot)


async def test_the_palette_has_actions_and_artists(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("ctrl+p")
        await settled(pilot)
        await pilot.press(*"kassia")
        await settled(pilot)
        assert str(shown(HOSTILE[1])) in text_of(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.current_mode == "artists"
        assert not screen_of(pilot).query(Palette)
        assert "▾ " in text_of(pilot)


async def test_the_palette_does_what_keys_do(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("ctrl+p", *"tiers", "enter")
        await settled(pilot)
        assert pilot.app.current_mode == "tiers"
        await pilot.press("ctrl+p", *"range", "enter")
        await settled(pilot)
        assert screen_of(pilot).query(Prompt)
        await pilot.press("escape", "ctrl+p", "escape")
        await settled(pilot)
        assert not screen_of(pilot).query(Palette)


async def test_the_footer_can_be_clicked(started: Started) -> None:
    async with started() as pilot:
        line = last_line(pilot)
        await pilot.click(KeyFooter, offset=(line.index("hours/plays"), 0))
        await settled(pilot)
        assert screen_of(pilot).session.measure is Measure.PLAYS


async def test_settings_are_chosen_and_kept(settings: Settings, started: Started) -> None:
    async with started() as pilot:
        await pilot.press(",")
        await settled(pilot)
        assert str(settings.config_file)[:40] in text_of(pilot)
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        screen_of(pilot).query_one(PromptLine).value = "tui-music-light"
        await pilot.press("enter", "down", "enter")
        await settled(pilot)
        assert pilot.app.theme == "tui-music-light"
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        screen_of(pilot).query_one(PromptLine).value = "f9 1"
        await pilot.press("enter")
        await settled(pilot)
    kept = load()
    assert (kept.theme, kept.mouse, dict(kept.keys)) == ("tui-music-light", False, {"library": ("f9", "1")})


async def test_a_clash_of_keys_is_refused_where_it_is_typed(started: Started) -> None:
    async with started() as pilot:
        await pilot.press(",", *["down"] * 5, "enter")
        await settled(pilot)
        screen_of(pilot).query_one(PromptLine).value = "2"
        await pilot.press("enter")
        await settled(pilot)
        assert "artists has it" in text_of(pilot)
    assert not load().keys


async def test_copying_says_what_was_copied(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(TuiMusic, "copy_to_clipboard", lambda _, text: copied.append(text))
    async with started() as pilot:
        screen_of(pilot).copy("\x1b]52;c;aGk=\x07Mira")
        await pilot.pause()
        assert copied == [str(shown("\x1b]52;c;aGk=\x07Mira"))]
        assert last_line(pilot).startswith(f" copied: {copied[0]}")
        await pilot.press("down")
        await pilot.pause()
        assert "copied" not in last_line(pilot)


async def test_a_worker_that_fails_says_one_sentence(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret-sentinel")

    async with started() as pilot:
        monkeypatch.setattr("tui_music.tui.loading.count", broken)
        await answer(pilot, "r", "2021")
        assert "This did not work (RuntimeError)" in last_line(pilot)
        assert "secret-sentinel" not in text_of(pilot)


async def test_a_damaged_library_is_told_not_thrown(settings: Settings, started: Started) -> None:
    settings.library_file.write_bytes(b"not a library" * 1000)
    async with started() as pilot:
        told = " ".join(text_of(pilot).split())
        assert "cannot be read" in told
        assert "Run tui-music doctor; move the file away and import again" in told
        assert first_line(pilot).endswith("not loaded")


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 36), (200, 60)])
async def test_every_screen_is_drawn_at_every_size(started: Started, size: tuple[int, int]) -> None:
    async with started(size) as pilot:
        for key in ("1", "2", "3", "4", "9", "?", "escape", ",", "escape", "ctrl+p", "escape", "r", "escape"):
            await pilot.press(key)
            await settled(pilot)
            lines = text_of(pilot).splitlines()
            assert len(lines) == size[1]
            assert lines[0].strip()
            assert lines[-1].strip()


async def test_a_terminal_that_is_too_small_says_so(started: Started) -> None:
    async with started((30, 8)) as pilot:
        assert text_of(pilot).split() == "30×8: too small. tui-music needs 40×10.".split()
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert " Library " in first_line(pilot)


async def test_resize_storms(started: Started) -> None:
    async with started() as pilot:
        for step in range(60):
            await pilot.resize_terminal(1 + step * 7 % 220, 1 + step * 5 % 70)
        await pilot.resize_terminal(100, 30)
        await settled(pilot)
        assert len(text_of(pilot).splitlines()) == 30


async def test_no_key_of_a_hostile_name_is_ever_an_action(started: Started) -> None:
    async with started((120, 36)) as pilot:
        await pilot.press("2")
        await settled(pilot)
        for y in range(36):
            await pilot.click(offset=(20, y))
        await settled(pilot)
        await pilot.press("2")
        await settled(pilot)
        assert pilot.app.is_running
        assert "\x1b" not in text_of(pilot)
        assert "[@click=app.leave]press me[/]" in text_of(pilot)


async def test_unusual_settings_do_no_harm(settings: Settings, started: Started) -> None:
    async with started(given=replace(settings, theme="no-such-theme")) as pilot:
        assert pilot.app.theme in pilot.app.available_themes


def test_the_state_is_plain_json(tmp_path: Path) -> None:
    remember(tmp_path / "state.json", Remembered("mira", "2021", searches=("東ノ宮",)))
    assert json.loads((tmp_path / "state.json").read_bytes())["searches"] == ["東ノ宮"]
