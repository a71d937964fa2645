"""The key to Last.fm: where it is looked for, who may read it, and that it is never shown."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from tui_music.errors import BadSetting
from tui_music.services.keys import forget_lastfm_key, lastfm_key, save_lastfm_key
from tui_music.settings import Settings

KEY = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)
    return Settings(home / "data", home / "cache", home / "config")


def test_there_may_be_none(settings: Settings) -> None:
    assert lastfm_key(settings) is None
    assert not settings.config_dir.exists()


def test_what_is_saved_is_found_and_is_for_its_owner_alone(settings: Settings) -> None:
    before = os.umask(0)
    try:
        saved = save_lastfm_key(settings, f"  {KEY}\n")
    finally:
        os.umask(before)
    assert saved == lastfm_key(settings)
    assert (saved.value, saved.source) == (KEY, str(settings.config_dir / "lastfm.key"))
    assert settings.lastfm_key_file.stat().st_mode & 0o777 == 0o600
    assert settings.config_dir.stat().st_mode & 0o777 == 0o700
    assert save_lastfm_key(settings, OTHER).value == OTHER
    assert [path.name for path in settings.config_dir.iterdir()] == ["lastfm.key"]


def test_the_environment_comes_first(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    save_lastfm_key(settings, KEY)
    settings.lastfm_key_file.chmod(0o644)
    monkeypatch.setenv("LASTFM_API_KEY", OTHER)
    found = lastfm_key(settings)
    assert found
    assert (found.value, found.source) == (OTHER, "LASTFM_API_KEY")
    settings.lastfm_key_file.chmod(0o600)
    monkeypatch.setenv("LASTFM_API_KEY", "")
    assert (found := lastfm_key(settings))
    assert found.value == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o777])
def test_a_file_that_others_can_reach_is_not_used(mode: int, settings: Settings) -> None:
    save_lastfm_key(settings, KEY)
    settings.lastfm_key_file.chmod(mode)
    with pytest.raises(BadSetting) as problem:
        lastfm_key(settings)
    assert str(problem.value) == (
        f"Others on this machine can reach the key in {settings.lastfm_key_file} (mode 0{mode:o}), so it is not used. "
        f"Get a new one if they may have read it, else: chmod 600 '{settings.lastfm_key_file}'"
    )
    save_lastfm_key(settings, KEY)
    assert lastfm_key(settings)


def test_it_is_forgotten(settings: Settings) -> None:
    save_lastfm_key(settings, KEY)
    assert forget_lastfm_key(settings) is True
    assert forget_lastfm_key(settings) is False
    assert lastfm_key(settings) is None


@pytest.mark.parametrize("text", ["", "   ", "short", f"{KEY} {KEY}", f"{KEY}\x1b[2J", "ключ" * 8, "x" * 300])
def test_what_is_no_key_is_not_repeated(text: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSetting) as problem:
        save_lastfm_key(settings, text)
    assert str(problem.value) == (
        "There is no key to Last.fm in what was entered: it is a word of 32 letters and figures."
    )
    assert not settings.lastfm_key_file.exists()
    if text.strip():
        monkeypatch.setenv("LASTFM_API_KEY", text)
        with pytest.raises(BadSetting, match=r"no key to Last\.fm in LASTFM_API_KEY"):
            lastfm_key(settings)


def test_a_file_that_holds_none(settings: Settings) -> None:
    save_lastfm_key(settings, KEY)
    settings.lastfm_key_file.write_bytes(b"\xff\xfe\x00 not a key")
    with pytest.raises(BadSetting, match=r"lastfm\.key: it is a word"):
        lastfm_key(settings)
    settings.lastfm_key_file.write_bytes(b"")
    assert lastfm_key(settings) is None


def test_what_cannot_be_read_written_or_removed_is_named(settings: Settings) -> None:
    settings.lastfm_key_file.mkdir(parents=True)
    for act in (lastfm_key, forget_lastfm_key, lambda settings: save_lastfm_key(settings, KEY)):
        with pytest.raises(BadSetting, match=r"lastfm\.key") as problem:
            act(settings)
        assert KEY not in "".join(traceback.format_exception(problem.value))


def test_it_is_never_shown(settings: Settings) -> None:
    key = save_lastfm_key(settings, KEY)
    for shown in (repr(key), str(key), f"{key}", f"{[key]}", repr({"key": key})):
        assert KEY not in shown
        assert "hidden" in shown
