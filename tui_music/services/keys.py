"""The person's key to Last.fm: from the environment, else from a file of its own that nobody else can read.

The program works without one. No message, log or ``repr`` ever shows it.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from tui_music.errors import BadSetting
from tui_music.settings import Settings, write_private

VARIABLE = "LASTFM_API_KEY"
#: What no key looks like is never sent anywhere.
_KEY = re.compile(r"[!-~]{8,200}")


@dataclass(frozen=True, slots=True, repr=False)
class ApiKey:
    """A key, and where it is from: the environment variable or the file."""

    value: str
    source: str

    def __repr__(self) -> str:
        return f"ApiKey(hidden, from {self.source})"


def lastfm_key(settings: Settings) -> ApiKey | None:
    """The key that is used; ``None`` if there is none. Raises :class:`BadSetting` for one that cannot be."""
    if os.environ.get(VARIABLE):
        return _checked(os.environ[VARIABLE], VARIABLE)
    text = _read(settings.lastfm_key_file)
    return _checked(text, str(settings.lastfm_key_file)) if text else None


def typed(text: str) -> ApiKey:
    """A key as it was entered, which is not kept yet. Raises :class:`BadSetting` for what is none."""
    return _checked(text, "what was entered")


def save_lastfm_key(settings: Settings, text: str) -> ApiKey:
    """Keep a key in its file, for the owner alone. Raises :class:`BadSetting` for what is no key."""
    path = settings.lastfm_key_file
    key = typed(text)
    try:
        write_private(path, f"{key.value}\n".encode())
    except OSError as problem:
        raise BadSetting(f"The key cannot be kept in {path}: {problem.strerror}.") from None
    return ApiKey(key.value, str(path))


def forget_lastfm_key(settings: Settings) -> bool:
    """Remove the file; whether there was one. A key in the environment stays."""
    path = settings.lastfm_key_file
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as problem:
        raise BadSetting(f"{path} cannot be removed: {problem.strerror}.") from None
    return True


def _read(path: Path) -> str:
    """The content of the file, which is looked at only if others cannot."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise BadSetting(
                    f"Others on this machine can reach the key in {path} (mode {mode:04o}), so it is not used. "
                    f"Get a new one if they may have read it, else: chmod 600 '{path}'"
                )
            return file.read(1000).decode("ascii", "replace")
    except FileNotFoundError:
        return ""
    except OSError as problem:
        raise BadSetting(f"The key in {path} cannot be read: {problem.strerror}.") from None


def _checked(text: str, source: str) -> ApiKey:
    if not _KEY.fullmatch(text.strip()):
        raise BadSetting(f"There is no key to Last.fm in {source}: it is a word of 32 letters and figures.")
    return ApiKey(text.strip(), source)
