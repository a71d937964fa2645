"""Paths typed, completed, dropped or pasted on a prompt."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from tui_music.errors import NotFound
from tui_music.text import shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.prompt import Completion, Question
from tui_music.tui.widgets.figures import Figure

_OFFERED = 40
_SUFFIXES = (".zip", ".json")


def ask_import(screen: MusicScreen, then: str = "", text: str = "") -> None:
    """Ask for files to import; ``then`` is the screen to go to afterwards."""
    question = Question(
        Figure("import"),
        paths_of,
        text=text or ("" if text else "~/"),
        hint=Figure("a zip, a folder or a JSON file; tab completes"),
        complete=complete,
    )
    screen.ask(question, lambda paths: screen.music.start_import(paths, then))


def paths_of(text: str) -> tuple[Path, ...]:
    """The files meant: one path as it is, or several as a shell would read them. Raises :class:`NotFound`."""
    whole = Path(text.strip()).expanduser()
    if not text.strip():
        raise NotFound("Type the path of a zip, a folder or a JSON file; tab completes it.")
    if _exists(whole):
        return (whole,)
    words: list[str] = []
    with suppress(ValueError):
        words = shlex.split(text)
    paths = tuple(Path(word.removeprefix("file://")).expanduser() for word in words)
    missing = next((path for path in paths if not _exists(path)), None if paths else whole)
    if missing is not None:
        raise NotFound(f"There is no file or folder {shown(str(missing))}.")
    return paths


def complete(text: str, suffixes: tuple[str, ...] = _SUFFIXES) -> Completion:
    """How a path can go on: folders, and files of these kinds. Names that cannot be drawn as they are, are left out."""
    typed = "~/" if text == "~" else text
    folder, _, start = typed.rpartition("/")
    base = Path(f"{folder}/" if "/" in typed else ".").expanduser()
    found: list[str] = []
    with suppress(OSError, ValueError, RuntimeError), os.scandir(base) as entries:
        for entry in entries:
            name = entry.name
            hidden = name.startswith(".") and not start.startswith(".")
            if not name.startswith(start) or hidden or shown(name) != name:
                continue
            if entry.is_dir():
                found.append(f"{name}/")
            elif name.lower().endswith(suffixes):
                found.append(name)
    found.sort(key=lambda name: (name.lower(), name))
    longest = _common_start(found) or start
    before = typed[: len(typed) - len(start)]
    return Completion(before + longest, tuple(shown(name) for name in found[:_OFFERED]) if len(found) != 1 else ())


def _common_start(names: Sequence[str]) -> str:
    return "".join(column[0] for column in takewhile(lambda chars: len(set(chars)) == 1, zip(*names, strict=False)))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
