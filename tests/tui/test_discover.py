"""The Discover screen: every state it can be in, what it says before there is an engine, and how it keeps up."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.exports import episode, imported, write
from tests.tui.answers import DAY, HandMade
from tests.tui.conftest import HOSTILE, NoTraining, Started, screen_of, text_of
from tests.tui.discovering import (
    REST,
    calm,
    candidates,
    discover,
    names,
    press,
    quiet_world,
    table,
    warm,
)
from tests.tui.knowing import UNHEARD, know
from tests.tui.pictures import SIZES
from tui_music.engine.notes import Note, Why
from tui_music.engine.opening import open_engine
from tui_music.errors import LibraryDamaged, NotCached, ServiceUnavailable
from tui_music.library.library import Library
from tui_music.services.gateway import Services
from tui_music.settings import Settings
from tui_music.text import cells, shown
from tui_music.tui import asked
from tui_music.tui.app import TuiMusic
from tui_music.tui.widgets.anatomy import Anatomy
from tui_music.tui.widgets.candidates import CandidateRows, strip_of
from tui_music.tui.widgets.grid import Grid

__all__ = ["quiet_world", "warm"]  # fixtures

# its states in pictures


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("size", SIZES)
class TestPictures:
    """Of recommendations made by hand: other weights of the engine change no picture."""

    @pytest.fixture
    def look(
        self, snap_compare: Any, settings: Settings, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
    ) -> Any:
        def compare(desk: HandMade, *keys: str, offline: bool = True) -> bool:
            monkeypatch.setattr("tui_music.tui.recommending.make", desk.make)

            async def before(pilot: Pilot[Any]) -> None:
                await calm(pilot)
                await press(pilot, "4", *keys)

            app = TuiMusic(settings, offline=offline)
            return bool(snap_compare(app, terminal_size=size, run_before=before))

        return compare

    def test_no_key(self, look: Any) -> None:
        assert look(HandMade(known=False, note=Note(Why.NOBODY_TOLD)), offline=False)

    def test_offline_cold(self, look: Any) -> None:
        assert look(HandMade(known=False, note=Note(Why.NOBODY_TOLD)))

    def test_offline_warm(self, look: Any) -> None:
        assert look(HandMade(), "j", "j", "l", "l", "l")

    def test_decided(self, look: Any) -> None:
        assert look(HandMade(), "plus", "j", "minus")

    def test_the_grid(self, look: Any) -> None:
        assert look(HandMade(), "f", "l", "j")

    def test_a_service_that_fails(self, look: Any) -> None:
        failing = "Last.fm cannot be reached: it is asked again at 21:20."
        assert look(HandMade(failing, age=47 * DAY, note=Note(Why.COLD, 12)), offline=False)


async def test_every_state_says_one_sentence_with_a_key(
    started: Started, settings: Settings, library: Library, tmp_path: Path
) -> None:
    async with started() as pilot:
        await press(pilot, "4")
        assert "Services told nothing yet of artists you do not know. 9 fetches more." in text_of(pilot)
        assert table(pilot, "familiar").has_focus, "the list that is not empty"
        await press(pilot, "O")
        await press(pilot, "1", "4", "t")
        assert "Services told nothing yet of artists you do not know. O goes online." in text_of(pilot)
        assert text_of(pilot).splitlines()[0].endswith("all signals  offline")
    library.forget("mira")
    library.forget("jun")
    imported(Library(settings.library_file), write(tmp_path / "a.json", [episode(n * 9_000) for n in range(40)]))
    async with started() as pilot:
        await press(pilot, "4")
        assert text_of(pilot).count("9 imports.") == 2


def test_without_a_library_there_is_the_first_run(snap_compare: Any, settings: Settings) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        assert pilot.app.current_mode == "welcome"

    assert snap_compare(TuiMusic(settings), terminal_size=(80, 24), run_before=before)


# before there is an engine, and while it answers


@pytest.mark.usefixtures("warm")
async def test_most_played_is_there_before_the_engine(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(*given: Any, **named: Any) -> Any:
        go_on.wait(10)
        return open_engine(*given, **named)

    monkeypatch.setattr("tui_music.engine.opening.open_engine", slow)
    async with started(offline=True) as pilot:
        await pilot.press("4")
        for _ in range(20):
            await pilot.pause(0.02)
        assert names(pilot, "familiar") == list(HOSTILE), "those played most come first"
        assert "weighing" in text_of(pilot).splitlines()[0] or "most played" in text_of(pilot).splitlines()[0]
        assert "+ yes" in text_of(pilot).splitlines()[-1]
        await pilot.press("tab", "j", "j", "l", "t")
        assert table(pilot, "familiar").cursor == 2, "keys are answered meanwhile"
        go_on.set()
        await calm(pilot)
        assert discover(pilot).asked.preset == "comfort"
        assert set(names(pilot)) == set(UNHEARD)
        assert table(pilot, "familiar").rows.position(0) == "1 of 9"


@pytest.mark.usefixtures("warm")
async def test_the_last_key_wins_while_an_answer_is_on_its_way(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_music.tui.recommending import Desk

    async with started(offline=True) as pilot:
        await press(pilot, "4")
        asked_for: list[float] = []
        go_on, answer = threading.Event(), Desk.answer

        def slow(desk: Desk, wanted: asked.Asked) -> Any:
            asked_for.append(wanted.dials[0])
            go_on.wait(10)
            return answer(desk, wanted)

        monkeypatch.setattr(Desk, "answer", slow)
        for _ in range(8):
            await pilot.press("l")
        assert asked_for == [0.5625], "one at a time"
        go_on.set()
        await calm(pilot)
        assert asked_for == [0.5625, 1.0], "and then the last one"
        found = discover(pilot).answer
        assert found is not None
        assert found.asked.dials == (1.0, 0.5, 0.5)


@pytest.mark.usefixtures("warm")
async def test_an_engine_that_fails_leaves_the_most_played(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LibraryDamaged("The library cannot be read. Run tui-music doctor.")

    monkeypatch.setattr("tui_music.engine.opening.open_engine", broken)
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        assert text_of(pilot).count("The library cannot be read. Run tui-music doctor.") == 2
        await press(pilot, "tab", "j", "l", "t", "w", "escape")
        assert text_of(pilot).count("The library cannot be read. Run tui-music doctor.") == 1
        assert names(pilot, "familiar") == list(HOSTILE)


# it keeps up, and asks nobody


@pytest.mark.usefixtures("library")
async def test_it_keeps_up_with_the_cache_and_the_listener(settings: Settings, started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        assert not candidates(pilot)
        know(settings)
        await press(pilot, "1", "4")
        assert set(names(pilot)) == set(UNHEARD)
        await press(pilot, "L", "j", "enter")
        assert " jun " in text_of(pilot).splitlines()[0]
        assert [each.plays for each in candidates(pilot, "familiar")] == [50]
        before = discover(pilot).desk
        screen_of(pilot).music.load()
        await calm(pilot)
        assert discover(pilot).desk is not before, "the same library, read anew"


@pytest.mark.usefixtures("library")
async def test_missing_songs_are_asked_for_one_artist_at_a_time(
    settings: Settings, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(settings)
    wished: list[str] = []
    go_on = threading.Event()

    def top_tracks(_: Services, artist: str, limit: int = 20, *, cached: bool = False) -> Any:
        if cached:
            raise NotCached("Not asked yet.")
        wished.append(artist)
        go_on.wait(10)
        raise ServiceUnavailable("Last.fm does not answer.")

    monkeypatch.setattr(Services, "top_tracks", top_tracks)
    async with started() as pilot:
        await pilot.press("4")
        for _ in range(30):
            await pilot.pause(0.02)
        for _ in range(3):
            await pilot.press("j")
            await pilot.pause(REST + 0.1)
        first, *_, last = names(pilot)[:4]
        assert wished == [first]
        go_on.set()
        await calm(pilot)
        assert wished == [first, last], "those in between are not asked about any more"
        assert "Last.fm does not answer." in text_of(pilot)


@pytest.mark.usefixtures("warm")
async def test_offline_no_socket_is_opened(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a socket")

    async with started(offline=True) as pilot:
        monkeypatch.setattr(socket.socket, "connect", never)
        monkeypatch.setattr(socket, "getaddrinfo", never)
        await press(pilot, "4", "j", "tab", "j", "t", "plus", "c", "escape", "f", "enter")
        assert "did not work" not in text_of(pilot)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_any_size(started: Started, size: tuple[int, int]) -> None:
    async with started(size, offline=True) as pilot:
        for key in ("4", "j", "tab", "j", "l", "f", "escape", "c", "escape"):
            await press(pilot, key)
            lines = text_of(pilot).splitlines()
            assert len(lines) == size[1]
            assert {strip.cell_length for strip in pilot.app.screen._compositor.render_strips()} == {size[0]}, key
        assert "Play again" in text_of(pilot)


async def test_names_are_literal(warm: None, started: Started) -> None:
    async with started((160, 36), offline=True) as pilot:
        await press(pilot, "4")
        for name in (*names(pilot), *names(pilot, "familiar")):
            assert str(shown(name))[:12] in text_of(pilot)
        lines = [table(pilot).render_line(y).text for y in range(table(pilot).size.height)]
        assert {cells(line) for line in lines} == {table(pilot).size.width}


@pytest.mark.usefixtures("warm")
async def test_models_are_trained_once_beside_it(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    go_on = threading.Event()

    class Slow(NoTraining):
        def __init__(self, _settings: Settings, listener: str, _zone: str) -> None:
            begun.append(listener)

        def wait(self, seconds: float) -> bool:
            return go_on.wait(0.02)

    monkeypatch.setattr("tui_music.engine.training.Training", Slow)
    async with started(offline=True) as pilot:
        await pilot.press("4")
        for _ in range(60):
            await pilot.pause(0.02)
        assert names(pilot), "it recommends meanwhile"
        assert "learning" in text_of(pilot).splitlines()[0]
        first = discover(pilot).desk
        go_on.set()
        await calm(pilot)
        assert discover(pilot).desk is not first, "the engine is made again with what was trained"
        assert "learning" not in text_of(pilot).splitlines()[0]
        await press(pilot, "1", "4")
        assert begun == ["mira"]


@pytest.mark.usefixtures("library")
async def test_a_long_note_is_there_whole(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_music.tui.recommending.make", HandMade(note=Note(Why.HARDLY_PLAYED)).make)
    async with started((80, 24), offline=True) as pilot:
        await press(pilot, "4")
        told = " Services told nothing yet: these are artists you hardly played."
        assert f"{told} O goes online." in text_of(pilot).splitlines()
        await pilot.resize_terminal(72, 24)
        await calm(pilot)
        said, advice = text_of(pilot).splitlines()[12:14]
        assert (said, advice) == (told, " O goes online."), "what to do stands on a line of its own"
        await press(pilot, "tab")
        assert "goes online" not in text_of(pilot), "it was of the other list"


@pytest.mark.usefixtures("library")
async def test_a_list_that_is_not_by_score_says_so(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_music.tui.recommending.make", HandMade().make)
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        assert "Not by score alone" not in text_of(pilot)
        await press(pilot, "tab")
        assert "Not by score alone: who is like somebody above stands lower." in text_of(pilot)


@pytest.mark.usefixtures("library")
async def test_the_strip_is_explained_by_the_anatomy(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_music.tui.recommending.make", HandMade().make)
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        rows = table(pilot).rows
        assert isinstance(rows, CandidateRows)
        strip = strip_of(rows.candidates[0], rows.scale)
        for cell, label in zip(strip, ("similar artists", "two steps away", "shared tags"), strict=True):
            assert f"  {cell} {label}" in text_of(pilot)


@pytest.mark.usefixtures("warm")
async def test_other_sizes_paint_the_anatomy_anew(started: Started) -> None:
    async with started((200, 40), offline=True) as pilot:
        await press(pilot, "4")
        anatomy = discover(pilot).query_one(Anatomy)
        for width in (80, 120, 60):
            await pilot.resize_terminal(width, 40)
            await calm(pilot)
            drawn = [strip.text for strip in anatomy.render_lines(anatomy.size.region)]
            assert drawn == [anatomy.line(y).text for y in range(anatomy.size.height)]


@pytest.mark.usefixtures("library")
async def test_every_row_of_the_grid_can_be_seen_on_a_low_screen(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_music.tui.recommending.make", HandMade().make)
    async with started((40, 10), offline=True) as pilot:
        await press(pilot, "4", "f")
        assert "121–398" not in text_of(pilot)
        await press(pilot, "j", "j", "j")
        assert "121–398" in text_of(pilot)
        assert "1–10" not in text_of(pilot)
        assert discover(pilot).query_one(Grid).picked == (3, 0)
        await press(pilot, "k", "k", "k")
        assert "1–10" in text_of(pilot)
