"""The crate: what was kept for later is listed, sorted, copied, exported, and decided on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import HOSTILE, Started, screen_of, text_of
from tests.tui.discovering import press, quiet_world, tap
from tests.tui.knowing import UNHEARD, know
from tests.tui.pictures import SIZES
from tui_music.library.journal import Journal, Triage
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.app import TuiMusic
from tui_music.tui.crate_screen import CrateRows, CrateScreen
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.prompt import PromptLine
from tui_music.tui.widgets.table import Table

__all__ = ["quiet_world"]  # a fixture

KEPT = (UNHEARD[0], HOSTILE[5], UNHEARD[1], HOSTILE[1])
AT = 1_700_000_000


@pytest.fixture(autouse=True)
def crate(settings: Settings, library: Library) -> Journal:
    """Four artists and one song, added a day apart."""
    know(settings)
    journal = Journal(library)
    for day, name in enumerate(KEPT):
        journal.record("mira", name, Triage.LATER, AT + 86_400 * day)
    journal.record("mira", HOSTILE[2], Triage.LATER, AT + 5 * 86_400, f"{HOSTILE[2]} song 1")
    return journal


async def opened(pilot: Pilot[Any]) -> CrateScreen:
    await press(pilot, "4", "c")
    screen = screen_of(pilot)
    assert isinstance(screen, CrateScreen)
    return screen


def artists(screen: CrateScreen) -> list[str]:
    rows = screen.query_one(Table).rows
    return [kept.entry.artist for kept in rows.kept] if isinstance(rows, CrateRows) else []


@pytest.mark.parametrize("size", SIZES)
def test_picture(snap_compare: Any, settings: Settings, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await press(pilot, "j", "j")

    assert snap_compare(TuiMusic(settings, offline=True), terminal_size=size, run_before=before)


async def test_it_is_sorted(started: Started) -> None:
    async with started(offline=True) as pilot:
        screen = await opened(pilot)
        newest_first = [HOSTILE[2], *reversed(KEPT)]
        assert artists(screen) == newest_first
        assert "14 Nov 2023" in text_of(pilot)
        await press(pilot, "s")
        assert artists(screen) != newest_first
        assert sorted(artists(screen)) == sorted(newest_first)
        await press(pilot, "s")
        assert artists(screen)[:2] == [HOSTILE[1], HOSTILE[5]], "most plays first"
        assert "never" in text_of(pilot)
        await press(pilot, "s")
        assert artists(screen) == newest_first


async def test_a_verdict_takes_an_artist_out_and_undo_brings_them_back(started: Started, crate: Journal) -> None:
    async with started(offline=True) as pilot:
        screen = await opened(pilot)
        await press(pilot, "j", "minus")
        assert KEPT[3] not in artists(screen)
        assert crate.verdicts("mira").of(KEPT[3]) is Triage.NEVER
        await press(pilot, "u")
        assert KEPT[3] in artists(screen)
        assert "no longer ruled out" in text_of(pilot)
        await tap(pilot, "space")
        assert len(artists(screen)) == 5, "they are here already"


async def test_a_verdict_on_a_song_is_on_the_song_alone(started: Started, crate: Journal) -> None:
    artist, title = HOSTILE[2], f"{HOSTILE[2]} song 1"
    async with started(offline=True) as pilot:
        screen = await opened(pilot)
        assert shown(f"{artist} – {title}")[:40] in text_of(pilot)
        assert "4 artists, 1 song" in text_of(pilot)
        rows = screen.query_one(Table).rows
        assert isinstance(rows, CrateRows)
        assert rows.kept[0].plays < 40, "its own plays, not the artist's"
        await press(pilot, "minus")
        assert artist not in artists(screen)
        held = crate.verdicts("mira")
        assert (held.of(artist), held.of(artist, title)) == (None, Triage.NEVER)
        await press(pilot, "u")
        assert artists(screen)[0] == artist
        assert crate.verdicts("mira").of(artist, title) is Triage.LATER
        await press(pilot, "m")
        assert screen_of(pilot).HEADING == "Trail"
        assert [step.place.title for step in screen_of(pilot).at.way][-1] == title  # type: ignore[attr-defined]


async def test_it_is_copied_opened_and_exported(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with started(offline=True) as pilot:
        screen = await opened(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard == str(shown(f"{HOSTILE[2]} – {HOSTILE[2]} song 1"))
        await press(pilot, "x")
        screen.query_one(PromptLine).value = "jspf"
        await press(pilot, "enter", "enter")
        playlist = json.loads((tmp_path / "crate-mira.jspf").read_bytes())["playlist"]
        tracks = [(track["creator"], track["title"]) for track in playlist["track"]]
        assert tracks[0] == (HOSTILE[2], f"{HOSTILE[2]} song 1")
        assert (UNHEARD[0], f"{UNHEARD[0]} hit 0") in tracks
        assert len([artist for artist, _ in tracks if artist == HOSTILE[1]]) == 3
        await press(pilot, "p")
        assert isinstance(screen_of(pilot), PlaysScreen)


async def test_an_empty_crate_says_what_to_do(started: Started, library: Library) -> None:
    for _ in range(5):
        Journal(library).undo("mira", AT)
    async with started(offline=True) as pilot:
        await opened(pilot)
        assert "The crate is empty. On Discover or Trail, space keeps somebody for later" in text_of(pilot)
        await tap(pilot, "x", "y", "p", "m", "o", "enter", "minus", "j")
        assert isinstance(screen_of(pilot), CrateScreen)
