"""The first run: what a newcomer sees, and the ways on from there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual import events

from tests.exports import write
from tests.tui.conftest import Started, rows, screen_of, settled, text_of
from tui_music.errors import NotFound
from tui_music.services.gateway import Services
from tui_music.settings import Settings
from tui_music.tui.paths import complete, paths_of
from tui_music.tui.prompt import PromptLine


async def test_it_says_how_to_get_an_export_and_what_the_keys_are(started: Started) -> None:
    async with started() as pilot:
        text = text_of(pilot)
        for words in (
            "Extended streaming history",
            "30 days",
            "5 days",
            "i import",
            "d demo",
            "q quit",
            "no library yet",
        ):
            assert words in text


async def test_a_path_is_imported_and_the_library_opened(tmp_path: Path, started: Started) -> None:
    path = write(tmp_path / "export.json", rows())
    async with started() as pilot:
        await pilot.press("i")
        await settled(pilot)
        screen_of(pilot).query_one(PromptLine).value = str(path)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.current_mode == "library"
        assert " Library   me · all time 2021–2022" in text_of(pilot)


async def test_the_demo_opens_in_its_own_library(settings: Settings, started: Started) -> None:
    async with started() as pilot:
        await pilot.press("d")
        await settled(pilot)
        assert pilot.app.current_mode == "library"
        assert " Library   mira " in text_of(pilot)
    assert not settings.library_file.exists()
    assert settings.for_demo().library_file.exists()
    assert not settings.replies_dir.exists()
    with Services(settings.for_demo(), offline=True) as services:
        assert services.similar_artists("Halden Choir").value


async def test_the_other_screens_are_not_there_yet(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("1", "2", "3")
        await settled(pilot)
        assert "no library yet" in text_of(pilot)
        await pilot.press("9")
        await settled(pilot)
        assert "Nothing was imported yet" in text_of(pilot)


async def test_a_file_that_is_no_history_is_told(tmp_path: Path, started: Started) -> None:
    path = write(tmp_path / "Userdata.json", b'{"email": "x"}')
    async with started(paths=(path,)) as pilot:
        assert pilot.app.current_mode == "sources"
        assert "There is no listening history here" in text_of(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert pilot.app.is_running


async def test_a_dropped_file_is_taken(tmp_path: Path, started: Started) -> None:
    path = write(tmp_path / "my export.json", rows())
    async with started() as pilot:
        screen_of(pilot).post_message(events.Paste(f"'{path}' "))
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.current_mode == "library"


async def test_a_path_that_is_not_there_is_named(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("i")
        await settled(pilot)
        screen_of(pilot).query_one(PromptLine).value = "~/no such file\x1b[2J.zip"
        await pilot.press("enter")
        await settled(pilot)
        assert "There is no file or folder" in text_of(pilot)
        assert "\x1b" not in text_of(pilot)


async def test_paths_are_completed_with_tab(tmp_path: Path, started: Started) -> None:
    write(tmp_path / "exports" / "first.zip", b"")
    async with started() as pilot:
        await pilot.press("i")
        await settled(pilot)
        line = screen_of(pilot).query_one(PromptLine)
        line.value = f"{tmp_path}/exp"
        await pilot.press("tab")
        await settled(pilot)
        await pilot.press("tab")
        await settled(pilot)
        assert line.value == f"{tmp_path}/exports/first.zip"


class TestCompletion:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("alpha.zip", "alphabet.json", "notes.txt", ".hidden.zip", "music/deep.zip", "bell\x07.zip"):
            write(tmp_path / name, b"")

    @pytest.mark.parametrize(
        ("typed", "completed", "offered"),
        [
            ("al", "alpha", ("alpha.zip", "alphabet.json")),
            ("alphab", "alphabet.json", ()),
            ("m", "music/", ()),
            ("music/", "music/deep.zip", ()),
            ("~/al", "~/alpha", ("alpha.zip", "alphabet.json")),
            ("~", "~/", ("alpha.zip", "alphabet.json", "music/")),
            ("", "", ("alpha.zip", "alphabet.json", "music/")),
            (".h", ".hidden.zip", ()),
            ("no such", "no such", ()),
            ("no/such/folder", "no/such/folder", ()),
            ("\x00", "\x00", ()),
            ("~nobody/x", "~nobody/x", ()),
        ],
    )
    def test_it_goes_as_far_as_can_be_told(self, typed: str, completed: str, offered: tuple[str, ...]) -> None:
        found = complete(typed)
        assert (found.text, found.choices) == (completed, offered)

    def test_names_that_cannot_be_typed_are_not_offered(self) -> None:
        assert complete("b").choices == ()

    def test_several_paths_are_read_as_a_shell_does(self, tmp_path: Path) -> None:
        assert paths_of("alpha.zip alphabet.json") == (Path("alpha.zip"), Path("alphabet.json"))
        assert paths_of(f"file://{tmp_path}/alpha.zip") == (tmp_path / "alpha.zip",)

    @pytest.mark.parametrize(
        "text", ["", "  ", "'", "nothing.zip", "alpha.zip nothing.zip", "\x00", "~nobody/x", "a" * 5000]
    )
    def test_other_texts_are_refused(self, text: str) -> None:
        with pytest.raises(NotFound):
            paths_of(text)

    def test_a_folder_that_cannot_be_read_offers_nothing(self, tmp_path: Path) -> None:
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        (tmp_path / "music").chmod(0)
        assert complete("music/").choices == ()
