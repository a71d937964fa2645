"""Removing a listener: from the library, and from whatever was worked out from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_music.settings import Settings

if TYPE_CHECKING:
    from tui_music.library.library import Library


def forget(settings: Settings, library: Library, listener: str) -> int:
    """Remove a listener; returns how many plays that were. Raises :class:`NotFound` and the library's errors.

    Kept answers, the index of names, models and the copies made before upgrades of the library go, too: they name what
    was played, and all but the copies are made anew when they are needed.
    """
    plays = library.forget(listener)
    worked_out = (
        *settings.cache_dir.glob("*"),  # folders in it hold what services said, whoever asked
        *settings.models_dir.rglob("*"),
        *settings.backups_dir.glob("*"),
    )
    for path in worked_out:
        if path.is_file():
            path.unlink()
    return plays
