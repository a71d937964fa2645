"""Where things are and what the person chose: one typed object, read from a TOML file and the environment.

``--library DIR`` or ``TUI_MUSIC_HOME`` puts everything in one folder; otherwise the platform's usual folders are used.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tui_music.errors import BadSetting

NAME = "tui-music"
#: A play counts from this many ms unless set otherwise.
DEFAULT_COUNTED_MS = 30_000
_PATH = r"(:\d{1,5})?(/[\w.~%/-]*)?"
#: Encrypted, or not leaving this machine. No name or password in it: it is shown.
_ADDRESS = re.compile(
    rf"https://([\w.-]+|\[[0-9a-f:]+\]){_PATH}|http://(localhost|127(\.\d{{1,3}}){{3}}|\[::1\]){_PATH}", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and choices. Nothing is created by reading them; writers make folders with :func:`private_folder`."""

    data_dir: Path
    cache_dir: Path
    config_dir: Path
    zone: str | None = None
    counted_ms: int = DEFAULT_COUNTED_MS
    theme: str | None = None
    mouse: bool = True
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offline: bool = False
    cache_days: int = 30
    art: bool = True
    lastfm_url: str = "https://ws.audioscrobbler.com/2.0/"
    listenbrainz_url: str = "https://api.listenbrainz.org/"
    musicbrainz_url: str = "https://musicbrainz.org/ws/2/"
    coverart_url: str = "https://coverartarchive.org/"
    demo: bool = False

    @property
    def library_file(self) -> Path:
        return self.data_dir / "library.duckdb"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def catalogue_dir(self) -> Path:
        return self.data_dir / "catalogue"

    @property
    def community_dir(self) -> Path:
        return self.data_dir / "community"

    @property
    def backups_dir(self) -> Path:
        return self.data_dir / "backups"

    @property
    def state_file(self) -> Path:
        return self.data_dir / "state.json"

    @property
    def replies_dir(self) -> Path:
        return self.cache_dir / "replies"

    @property
    def config_file(self) -> Path:
        return self.config_dir / "settings.toml"

    @property
    def lastfm_key_file(self) -> Path:
        return self.config_dir / "lastfm.key"

    def for_demo(self) -> Settings:
        """The same choices over the demo listener's own library, apart from the person's."""
        if self.demo:
            return self
        return replace(self, demo=True, data_dir=self.data_dir / "demo", cache_dir=self.cache_dir / "demo")


#: Those of the file that are one value: neither where things are nor the table of keys.
_CHOICES = tuple(
    each for each in fields(Settings) if not each.name.endswith("_dir") and each.name not in ("keys", "demo")
)


def load(home: Path | None = None) -> Settings:
    """Settings for ``home`` (else ``TUI_MUSIC_HOME``, else the platform's folders). Raises :class:`BadSetting`."""
    chosen = home or (Path(os.environ["TUI_MUSIC_HOME"]) if os.environ.get("TUI_MUSIC_HOME") else None)
    if chosen:
        try:
            root = chosen.expanduser().absolute()
        except RuntimeError as problem:  # ~ of nobody
            raise BadSetting(f"{chosen}: {problem}") from None
        settings = Settings(data_dir=root, cache_dir=root / "cache", config_dir=root)
    else:
        from platformdirs import PlatformDirs  # 10 ms that a given home saves

        dirs = PlatformDirs(NAME, appauthor=False)
        settings = Settings(Path(dirs.user_data_dir), Path(dirs.user_cache_dir), Path(dirs.user_config_dir))
    return _with_file(settings)


def _with_file(settings: Settings) -> Settings:
    path = settings.config_file
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return settings
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise BadSetting(f"{path} cannot be read: {problem}. Mend it or move it away.") from problem
    return replace(settings, **{name: _checked(path, name, value) for name, value in raw.items()})


def _checked(path: Path, name: str, value: object) -> Any:
    def wrong(wanted: str) -> BadSetting:
        return BadSetting(f"{path}: {name} must be {wanted}, not {value!r}.")

    match name:
        case "zone" | "theme":
            if not isinstance(value, str):
                raise wrong("a text")
        case "counted_ms":
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 3_600_000:
                raise wrong("a whole number of milliseconds from 0 to 3600000")
        case "cache_days":
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 3650:
                raise wrong("a whole number of days from 1 to 3650")
        case "lastfm_url" | "listenbrainz_url" | "musicbrainz_url" | "coverart_url":
            if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
                raise wrong("an address that starts with https:// (http:// only to this machine)")
        case "mouse" | "offline" | "art":
            if not isinstance(value, bool):
                raise wrong("true or false")
        case "keys":
            if not isinstance(value, dict):
                raise wrong('a table such as [keys] range = ["r"]')
            return {action: _key_list(wrong, keys) for action, keys in value.items()}
        case _:
            raise BadSetting(
                f"{path}: there is no setting {name!r}. Known: {', '.join(each.name for each in _CHOICES)}, keys."
            )
    return value


def _key_list(wrong: Any, keys: object) -> tuple[str, ...]:
    listed = [keys] if isinstance(keys, str) else keys
    if not isinstance(listed, list) or not all(isinstance(key, str) for key in listed):
        raise wrong("a key or a list of keys for each action")
    return tuple(listed)


def save(settings: Settings) -> None:
    """Write what the person chose otherwise to ``config_file``, atomically and readable by the owner alone."""
    chosen = {
        each.name: getattr(settings, each.name) for each in _CHOICES if getattr(settings, each.name) != each.default
    }
    lines = [f"{name} = {_written(value)}" for name, value in chosen.items()]
    if settings.keys:
        lines += ["", "[keys]"]
        lines += [f"{_quoted(a)} = [{', '.join(map(_quoted, keys))}]" for a, keys in settings.keys.items()]
    write_private(settings.config_file, ("\n".join(lines) + "\n").encode())


def _written(value: object) -> str:
    return _quoted(value) if isinstance(value, str) else str(value).lower()


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'


def private_folder(path: Path) -> Path:
    """``path``, made with its parents if missing; what is made is open to the owner alone."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def write_private(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all (0600, flushed to disk before it takes the old file's place)."""
    private_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
