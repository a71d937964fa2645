"""Removing a listener: from the library, and from whatever was worked out from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui_music.settings import Settings

if TYPE_CHECKING:
    from tui_music.library.library import Library


def forget(settings: Settings, library: Library, listener: str) -> int:
    """Remove a listener; returns how many plays that were. Raises :class:`NotFound` and the library's errors.

    Kept answers, the index of names, models and the copies made before upgrades of the library go, too: they name what
    was played, and all but the copies are made anew when they are needed. So does what was learnt of the library's own
    listeners; a community of public data stays.
    """
    plays = library.forget(listener)
    worked_out = (
        *settings.cache_dir.glob("*"),  # folders in it hold what services said, whoever asked
        *settings.models_dir.rglob("*"),
        *settings.backups_dir.glob("*"),
        *_of_own_listeners(settings.community_dir),
    )
    for path in worked_out:
        if path.is_file():
            path.unlink()
    return plays


def _of_own_listeners(folder: Path) -> Iterator[Path]:
    """Of what is kept of communities, all but what came of public data."""
    from tui_music.engine.community import kept
    from tui_music.engine.community.reading import OWN
    from tui_music.engine.evaluation import table

    loads: dict[str, Callable[[Path], str]] = {
        kept.FILE: lambda path: kept.load(path).about.source,
        kept.TRACKS: lambda path: kept.load(path).about.source,
        table.FILE: lambda path: table.load(path).source,
    }
    for name, source in loads.items():
        try:
            if source(folder / name) != OWN:
                continue
        except (kept.NoCommunity, table.NoEvaluation):
            pass  # nothing, or what nobody can read: it might name them
        yield folder / name
