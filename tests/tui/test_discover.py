"""The Discover screen: two lists and why, dials and presets, the grid, decisions, and every state it can be in."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.worker import WorkerCancelled, WorkerError, WorkerFailed

from tests.exports import episode, imported, write
from tests.histories import make_history
from tests.tui.answers import DAY, HandMade
from tests.tui.conftest import HOSTILE, NoTraining, Started, screen_of, text_of
from tests.tui.knowing import UNHEARD, know
from tests.tui.pictures import SIZES
from tui_music.engine.candidate import Candidate
from tui_music.engine.notes import Note, Why
from tui_music.engine.opening import open_engine
from tui_music.engine.presets import PRESETS
from tui_music.errors import BadRange, LibraryBusy, LibraryDamaged, NotCached, ServiceUnavailable
from tui_music.library.journal import Journal, Triage
from tui_music.library.library import Library
from tui_music.services.gateway import Services
from tui_music.settings import Settings
from tui_music.text import cells, fold, shown
from tui_music.tui import asked, discover_screen, loading
from tui_music.tui.app import TuiMusic
from tui_music.tui.discover_screen import DiscoverScreen
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.prompt import PromptLine
from tui_music.tui.widgets.candidates import CandidateRows
from tui_music.tui.widgets.dials import DialLine
from tui_music.tui.widgets.grid import Grid
from tui_music.tui.widgets.table import Table

THURSDAY_EVENING = 3 * 24 + 21
REST = 0.01  # for the cursor, in tests
HOUR_NOW = asked.hour_now  # before it is always Thursday


@pytest.fixture(autouse=True)
def quiet_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is always Thursday evening, and there is no key."""
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)
    monkeypatch.setattr(asked, "hour_now", lambda *_: THURSDAY_EVENING)
    monkeypatch.setattr(discover_screen, "REST", REST)


async def calm(pilot: Pilot[Any]) -> None:
    """Until the cursor rested, and no thread is at anything."""
    quiet = 0
    while quiet < 2:
        busy = [each for each in pilot.app.workers if not each.is_finished]
        for worker in busy:
            with suppress(WorkerFailed, WorkerCancelled, WorkerError):
                await worker.wait()
        quiet = 0 if busy else quiet + 1
        await pilot.pause(REST)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """One key after the other, each with what it brings."""
    for key in keys:
        await tap(pilot, key)


async def tap(pilot: Pilot[Any], *keys: str) -> None:
    """Keys as quickly as they come."""
    await pilot.press(*keys)
    await calm(pilot)


def discover(pilot: Pilot[Any]) -> DiscoverScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, DiscoverScreen)
    return screen


def table(pilot: Pilot[Any], name: str = "discover") -> Table:
    return discover(pilot).query_one(f"#{name}", Table)


def candidates(pilot: Pilot[Any], name: str = "discover") -> list[Candidate]:
    rows = table(pilot, name).rows
    return rows.candidates if isinstance(rows, CandidateRows) else []


def names(pilot: Pilot[Any], name: str = "discover") -> list[str]:
    return [each.name for each in candidates(pilot, name)]


@pytest.fixture
def warm(settings: Settings, library: Library) -> None:
    know(settings)


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
        assert "Services told nothing yet of artists you do not know. Offline: O goes online." in text_of(pilot)
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

    monkeypatch.setattr("tui_music.tui.recommending.open_engine", slow)
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

    monkeypatch.setattr("tui_music.tui.recommending.open_engine", broken)
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        assert text_of(pilot).count("The library cannot be read. Run tui-music doctor.") == 2
        await press(pilot, "tab", "j", "l", "t", "w", "escape")
        assert text_of(pilot).count("The library cannot be read. Run tui-music doctor.") == 1
        assert names(pilot, "familiar") == list(HOSTILE)


# dials, presets, time


@pytest.mark.usefixtures("warm")
async def test_the_dials(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        before = [each.score for each in candidates(pilot)]
        await press(pilot, "right", "right")
        assert discover(pilot).asked.dials == (0.625, 0.5, 0.5)
        assert [each.score for each in candidates(pilot)] != before
        assert "balanced, turned" in text_of(pilot)
        await press(pilot, "d", "h")
        assert discover(pilot).asked.dials == (0.625, 0.4375, 0.5)
        await tap(pilot, "d", "l", "d", *["left"] * 12)
        assert discover(pilot).asked.dials == (0.0, 0.4375, 0.5625), "not beyond its end"
        line = text_of(pilot).splitlines()[1]
        assert line == " familiar ▌───┼───┤ new   popular ├───▌───┤ obscure   all-time ├───▐───┤ lately" or "▐" in line


@pytest.mark.usefixtures("warm")
async def test_a_dial_can_be_clicked(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        line = text_of(pilot).splitlines()[1]
        await pilot.click(DialLine, offset=(line.index("┤ obscure"), 0))
        await calm(pilot)
        assert discover(pilot).asked.dials == (0.5, 1.0, 0.5)


@pytest.mark.usefixtures("warm")
async def test_presets_go_round_and_say_what_they_mean(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "j", "t")
        assert "comfort: what you know best" in text_of(pilot)
        assert discover(pilot).asked.dials == astuple(PRESETS["comfort"].dials)
        assert " comfort " in text_of(pilot).splitlines()[0]
        assert table(pilot).cursor == 0, "another list is looked at from its top"
        await tap(pilot, "t", "t", "t", "t")
        assert (discover(pilot).asked.preset, discover(pilot).asked.dials) == ("balanced", asked.MIDDLE)


@pytest.mark.usefixtures("warm")
async def test_the_time_of_week_is_named_and_can_be_changed(started: Started) -> None:
    async with started((120, 36), offline=True) as pilot:
        await press(pilot, "4")
        assert "Thu 21:00, weekday evening, like " in text_of(pilot).splitlines()[0]
        await press(pilot, "w")
        discover(pilot).query_one(PromptLine).value = "weekend morning"
        await press(pilot, "enter")
        assert "Sat 8:00, weekend morning" in text_of(pilot).splitlines()[0]
        await press(pilot, "w")
        assert discover(pilot).query_one(PromptLine).value == "sat 8"
        discover(pilot).query_one(PromptLine).value = "some day"
        await press(pilot, "enter")
        assert "is no time of the week" in text_of(pilot)
        discover(pilot).query_one(PromptLine).value = "now"
        await press(pilot, "enter")
        assert "Thu 21:00" in text_of(pilot).splitlines()[0]


@pytest.mark.usefixtures("warm")
async def test_diversity_can_be_turned_off(started: Started) -> None:
    async with started((120, 36), offline=True) as pilot:
        await press(pilot, "4")
        await tap(pilot, "D", "D")
        assert discover(pilot).asked.diversity == "off"
        assert "diversity off" in text_of(pilot).splitlines()[0]
        scores = [each.score for each in candidates(pilot)]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("now", None),
        ("", None),
        ("fri 22", 4 * 24 + 22),
        ("Sunday", 6 * 24 + 21),
        ("weekend evening", 5 * 24 + 20),
        ("weekday", THURSDAY_EVENING),
        ("7:30", 3 * 24 + 7),
        ("monday mornings", 8),
    ],
)
def test_times_of_the_week_as_people_type_them(text: str, hour: int | None) -> None:
    assert asked.parse_hour(text, THURSDAY_EVENING) == hour


@pytest.mark.parametrize("text", ["x", "25", "-1", "fri 99", "tomorrow", "½"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(BadRange):
        asked.parse_hour(text, THURSDAY_EVENING)


def test_without_a_choice_it_is_the_hour_at_the_end_of_the_history() -> None:
    assert HOUR_NOW(make_history([("2024-05-12T22:30:00", "Tallow", "Tide", 60_000)]), "Europe/Berlin") == 0
    assert HOUR_NOW(None, "Europe/Berlin") == 0, "there is nothing to ask about yet"


@given(st.floats(0, 1), st.integers(0, 2), st.sampled_from([-1, 1]))
def test_a_dial_moves_by_a_step_and_stays_within(place: float, which: int, steps: int) -> None:
    before = asked.put(asked.MIDDLE, which, place)
    after = asked.turned(before, which, steps)
    assert 0 <= after[which] <= 1
    assert abs(after[which] - place) <= asked.STEP + 1e-9
    assert after[which] % asked.STEP == 0
    assert (after[which] - place) * steps >= 0
    assert [after[at] for at in range(3) if at != which] == [0.5, 0.5]


# from whom


@pytest.mark.usefixtures("warm")
async def test_from_a_tier_only_its_artists_are_seeds(started: Started) -> None:
    async with started((120, 36), offline=True) as pilot:
        await press(pilot, "3", "e")
        screen_of(pilot).query_one(PromptLine).value = "2 4"
        await press(pilot, "enter", "d")
        assert "tier 2–4" in text_of(pilot).splitlines()[0]
        assert set(names(pilot, "familiar")) == set(HOSTILE[1:4])
        heard = {
            each.text
            for candidate in candidates(pilot)
            for share in candidate.signals
            if share.signal == "similar"
            for each in share.evidence
        }
        assert heard <= set(HOSTILE[1:4])
        assert heard
        await press(pilot, "escape")
        assert set(names(pilot, "familiar")) == set(HOSTILE), "escape goes back to all"


@pytest.mark.usefixtures("warm")
async def test_a_cell_of_the_grid_is_a_question(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "f")
        assert discover(pilot).query_one(Grid).has_focus
        assert "1–9" in text_of(pilot)
        await press(pilot, "enter")
        assert "ranks 1–9, ≤ 30 d" in text_of(pilot).splitlines()[0]
        assert table(pilot, "familiar").has_focus
        await tap(pilot, "f", "l", "l", "l", "enter")
        assert "from ranks 1–9" in text_of(pilot).splitlines()[0]
        assert table(pilot, "discover").has_focus
        await press(pilot, "f", "escape")
        assert table(pilot, "discover").has_focus
        assert not discover(pilot).has_class("-from")


# decisions


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("key", "verdict", "leaves"),
    [
        ("plus", Triage.YES, False),
        ("space", Triage.LATER, True),
        ("equals_sign", Triage.KNOWN, True),
        ("minus", Triage.NEVER, True),
    ],
)
async def test_one_key_decides(started: Started, library: Library, key: str, verdict: Triage, leaves: bool) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "j")
        before, chosen = names(pilot), names(pilot)[1]
        await pilot.press(key)
        assert (chosen not in names(pilot)) is leaves, "at once, before it is in the journal"
        await calm(pilot)
        assert Journal(library).verdicts("mira").of(chosen) is verdict
        assert table(pilot).cursor == 1, "the next one is in its place"
        if not leaves:
            assert " 2  +  " in text_of(pilot)
        await press(pilot, "u")
        assert "no longer" in text_of(pilot).splitlines()[-1]
        assert names(pilot) == before
        assert Journal(library).verdicts("mira").of(chosen) is None
        await press(pilot, "u")
        assert "There is no decision to take back." in text_of(pilot)


@pytest.mark.usefixtures("warm")
async def test_many_decisions_are_kept_in_the_order_of_the_keys(started: Started, library: Library) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        first, second, third = names(pilot)[:3]
        await pilot.press("space", "minus", "space", "u", "u")
        await calm(pilot)
        assert [(each.artist, each.verdict) for each in Journal(library).entries("mira")] == [(first, Triage.LATER)]
        assert names(pilot)[:2] == [second, third]


@pytest.mark.usefixtures("warm")
async def test_an_earlier_verdict_holds_again_when_the_later_one_is_taken_back(
    started: Started, library: Library
) -> None:
    Journal(library).record("mira", UNHEARD[0], Triage.LATER, 1_700_000_000)
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        assert UNHEARD[0] not in names(pilot)
        await press(pilot, "c", "minus", "u", "escape")
        assert screen_of(pilot).session.verdicts[fold(UNHEARD[0])] == "later"
        assert UNHEARD[0] not in names(pilot)


@pytest.mark.usefixtures("warm")
async def test_a_decision_that_cannot_be_kept_does_not_hold(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise LibraryBusy("The library is held by another program. Try again.")

    async with started(offline=True) as pilot:
        await press(pilot, "4")
        before = names(pilot)
        monkeypatch.setattr(loading, "decide", busy)
        await press(pilot, "minus")
        assert "held by another program" in text_of(pilot)
        assert names(pilot) == before


@pytest.mark.usefixtures("warm")
async def test_whom_the_cursor_went_past_is_remembered(started: Started, library: Library) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "j", "j")
        passed = names(pilot)[:2]
        await press(pilot, "1")
        assert set(Journal(library).verdicts("mira").passed) == {fold(name) for name in passed}


# what is selected


@pytest.mark.usefixtures("warm")
async def test_the_anatomy_takes_the_selected_one_apart(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        candidate = candidates(pilot)[0]
        text = text_of(pilot)
        assert f"{shown(candidate.name)}   never heard" in text
        assert "similar artists   █" in text
        assert f"songs to start    {shown(candidate.name)} hit 0" in text
        assert "ones you know" in text
        await press(pilot, "tab")
        assert f"rank {candidates(pilot, 'familiar')[0].rank} ·" in text_of(pilot)
        assert "often and lately  █" in text_of(pilot)


@pytest.mark.usefixtures("warm")
async def test_keys_on_the_selected_one(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(TuiMusic, "open_trail", lambda _, artist, *__: opened.append(artist))
    async with started(offline=True) as pilot:
        await press(pilot, "4", "y", "p")
        name = names(pilot)[0]
        assert pilot.app.clipboard == str(shown(name))
        assert "was never played: m shows who is like them" in text_of(pilot)
        await press(pilot, "o")
        assert "https://www.last.fm/music/" in text_of(pilot)
        links = {segment.style.link for strip in pilot.app.screen._compositor.render_strips() for segment in strip
                 if segment.style and segment.style.link}  # fmt: skip
        assert len(links) == 1
        assert links.pop().isascii()
        await press(pilot, "m", "enter")
        assert opened == [name, name]
        await press(pilot, "tab", "p")
        screen = screen_of(pilot)
        assert isinstance(screen, PlaysScreen)
        assert screen.of.words == (shown(HOSTILE[0]),) or screen.of.artist is not None


@pytest.mark.usefixtures("warm")
async def test_the_list_is_exported(started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with started(offline=True) as pilot:
        await press(pilot, "4", "minus", "x")
        left = names(pilot)
        discover(pilot).query_one(PromptLine).value = "gold"
        await press(pilot, "enter")
        assert "is none of m3u8, jspf, csv, text, uris" in text_of(pilot)
        discover(pilot).query_one(PromptLine).value = "text"
        await press(pilot, "enter", "enter")
        [path] = tmp_path.glob("*.txt")  # noqa: ASYNC240
        assert path.name == "discover-mira.txt"
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 3 * len(left)
        assert lines[0].endswith("hit 0")
        assert f"12 rows written to {path.name}" in text_of(pilot)
        await press(pilot, "x", "enter", "enter")
        await press(pilot, "x", "enter", "enter")
        assert "is there already" in text_of(pilot)
        discover(pilot).query_one(PromptLine).value = "clipboard"
        await press(pilot, "enter")
        assert pilot.app.clipboard.startswith("#EXTM3U")


# it keeps up, and asks nobody


@pytest.mark.usefixtures("library")
async def test_it_keeps_up_with_the_cache_and_the_listener(settings: Settings, started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        assert not candidates(pilot)
        know(settings)
        await press(pilot, "1", "4")
        assert set(names(pilot)) == set(UNHEARD)
        await press(pilot, "L")
        discover(pilot).query_one(PromptLine).value = "jun"
        await press(pilot, "enter")
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
    async with started((120, 36), offline=True) as pilot:
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
