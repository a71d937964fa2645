"""Where things are, and what the person chose: read, checked, written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.exports import write
from tui_music.errors import BadSetting
from tui_music.settings import Settings, load, private_folder, save, write_private

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def test_a_home_holds_everything(tmp_path: Path) -> None:
    settings = load(tmp_path / "there")
    assert settings.library_file == tmp_path / "there" / "library.duckdb"
    for path in (
        settings.cache_dir,
        settings.models_dir,
        settings.backups_dir,
        settings.state_file,
        settings.replies_dir,
        settings.config_file,
        settings.lastfm_key_file,
    ):
        assert path.is_relative_to(tmp_path / "there")
    assert not (tmp_path / "there").exists(), "asking makes nothing"


def test_the_environment_names_a_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().data_dir == home
    monkeypatch.setenv("TUI_MUSIC_HOME", "~/there")
    monkeypatch.setenv("HOME", str(home))
    assert load().data_dir == home / "there"
    monkeypatch.setenv("TUI_MUSIC_HOME", "~nobody-of-that-name")
    with pytest.raises(BadSetting, match="~nobody-of-that-name"):
        load()


def test_without_a_home_the_platform_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUI_MUSIC_HOME")
    for name in ("DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    settings = load()
    assert settings.library_file == tmp_path / "DATA" / "tui-music" / "library.duckdb"
    assert settings.cache_dir == tmp_path / "CACHE" / "tui-music"
    assert settings.config_file == tmp_path / "CONFIG" / "tui-music" / "settings.toml"


def test_the_demo_has_its_own_library_and_the_same_choices(home: Path) -> None:
    settings = Settings(home, home / "cache", home, zone="Asia/Tokyo")
    demo = settings.for_demo()
    assert demo.library_file != settings.library_file
    assert (demo.zone, demo.config_file) == ("Asia/Tokyo", settings.config_file)
    assert demo.replies_dir != settings.replies_dir
    assert (settings.demo, demo.demo) == (False, True)
    assert demo.for_demo() == demo


def test_the_demo_is_no_setting(home: Path) -> None:
    settings = Settings(home, home / "cache", home)
    save(settings.for_demo())
    assert load() == settings
    settings.config_file.write_text("demo = true\n")
    with pytest.raises(BadSetting, match="demo"):
        load()


def test_what_is_saved_is_loaded(home: Path) -> None:
    chosen = Settings(
        home,
        home / "cache",
        home,
        zone="Europe/Paris",
        counted_ms=20_000,
        theme="nord",
        mouse=False,
        keys={"range": ("r", "ctrl+r")},
        offline=True,
        cache_days=7,
        lastfm_url="http://127.0.0.1:8080/lastfm/",
        listenbrainz_url="https://there.example",
        musicbrainz_url="http://[::1]/ws",
    )
    save(chosen)
    assert load(home) == chosen
    assert chosen.config_file.stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in home.iterdir()] == ["settings.toml"]


@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    TEXTS, TEXTS, st.integers(0, 3_600_000), st.dictionaries(TEXTS, st.lists(TEXTS, max_size=3).map(tuple), max_size=3)
)
def test_any_text_is_saved_and_loaded(
    tmp_path: Path, zone: str, theme: str, counted_ms: int, keys: dict[str, tuple[str, ...]]
) -> None:
    chosen = Settings(tmp_path, tmp_path / "cache", tmp_path, zone, counted_ms, theme, True, keys)
    save(chosen)
    assert load(tmp_path) == chosen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("zone = ", "cannot be read"),
        ("zone = 5", "zone must be a text"),
        ("theme = true", "theme must be a text"),
        ("counted_ms = '30'", "counted_ms must be a whole number"),
        ("counted_ms = true", "counted_ms must be a whole number"),
        ("counted_ms = -1", "counted_ms must be a whole number"),
        ("counted_ms = 3_600_001", "counted_ms must be a whole number"),
        ("mouse = 1", "mouse must be true or false"),
        ("offline = 'yes'", "offline must be true or false"),
        ("cache_days = 0", "cache_days must be a whole number of days"),
        ("cache_days = true", "cache_days must be a whole number of days"),
        ("cache_days = 3651", "cache_days must be a whole number of days"),
        ("lastfm_url = 5", "lastfm_url must be an address"),
        ("keys = 5", "keys must be a table"),
        ("[keys]\nrange = 5", "keys must be a key or a list of keys"),
        ("[keys]\nrange = ['r', 5]", "keys must be a key or a list of keys"),
        ("volume = 11", "there is no setting 'volume'. Known: zone, counted_ms, theme, mouse, offline, cache_days, "),
        ("_url = ''", "musicbrainz_url, coverart_url, keys."),
        ("data_dir = '/'", "there is no setting 'data_dir'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(text: str, says: str, home: Path) -> None:
    path = write(home / "settings.toml", text.encode())
    with pytest.raises(BadSetting) as problem:
        load(home)
    assert str(path) in str(problem.value)
    assert says in str(problem.value)
    assert problem.value.exit_code == 2


def test_what_is_not_chosen_is_not_written(home: Path) -> None:
    """So that a later version may know better."""
    save(Settings(home, home / "cache", home, counted_ms=20_000))
    assert (home / "settings.toml").read_text() == "counted_ms = 20000\n"
    save(Settings(home, home / "cache", home))
    assert load(home) == Settings(home, home / "cache", home)


@pytest.mark.parametrize(
    "address",
    [
        "https://ws.audioscrobbler.com/2.0/",
        "https://proxy.example:8443",
        "https://[2001:db8::1]/x",
        "http://localhost:8080/2.0/",
        "http://127.0.0.1",
        "http://127.1.2.3:1/a/b",
        "http://[::1]:9/",
    ],
)
def test_services_are_asked_encrypted_or_on_this_machine(address: str, home: Path) -> None:
    write(home / "settings.toml", f"musicbrainz_url = '{address}'".encode())
    assert load(home).musicbrainz_url == address


@pytest.mark.parametrize(
    "address",
    [
        "http://ws.audioscrobbler.com/2.0/",
        "http://192.168.0.5",
        "http://127.0.0.1.example.org/",
        "http://127.0.0.1@example.org/",
        "http://localhost.example.org",
        "http://[::2]/",
        "https://user:secret@example.org/",
        "https://example.org/?q=1",
        "https://example.org/#x",
        "https://example.org/ x",
        "https://",
        "HTTPS://example.org",
        "ftp://example.org",
        "//example.org",
        "example.org",
        "",
    ],
)
def test_other_addresses_are_refused(address: str, home: Path) -> None:
    for name in ("lastfm_url", "listenbrainz_url", "musicbrainz_url"):
        write(home / "settings.toml", f"{name} = '{address}'".encode())
        with pytest.raises(BadSetting, match=f"{name} must be an address that starts with https://"):
            load(home)


def test_a_file_of_settings_that_is_no_text(home: Path) -> None:
    write(home / "settings.toml", b"\xff\xfe")
    with pytest.raises(BadSetting, match="cannot be read"):
        load(home)
    (home / "settings.toml").unlink()
    (home / "settings.toml").mkdir()
    with pytest.raises(BadSetting, match="cannot be read"):
        load(home)


def test_one_key_may_stand_alone(home: Path) -> None:
    write(home / "settings.toml", b'[keys]\nrange = "d"\nhelp = ["?", "f1"]\n')
    assert load(home).keys == {"range": ("d",), "help": ("?", "f1")}


def test_private_files_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_private(path, b"first")
    assert [each.stat().st_mode & 0o777 for each in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]

    def fail(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_private(path, b"second")
    assert path.read_bytes() == b"first"
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_folders_that_are_there_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    assert private_folder(tmp_path / "open" / "new") == tmp_path / "open" / "new"
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "open" / "new").stat().st_mode & 0o777 == 0o700
