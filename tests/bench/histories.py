"""The exports and libraries that benchmarks measure, made once and kept in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
#: By number of plays: artists and tracks there are to find, and years of listening.
SHAPES = {140_000: (8_000, 60_000, 11), 1_000_000: (27_000, 400_000, 22)}
LISTENER = "mira"


def export(folder: Path, plays: int) -> Path:
    """A folder of JSON files of 12 MB in the shape of Spotify's extended history, with about ``plays`` rows."""
    made = folder / f"export-{plays}"
    if not made.is_dir():
        sys.path.append(str(ROOT / "data"))
        from make_demo import write_history

        artists, tracks, years = SHAPES.get(plays) or (max(10, plays // 40), max(50, plays // 3), 10)
        unfinished = made.with_name(f"{made.name}.{os.getpid()}")
        write_history(unfinished, plays, artists, tracks, years=years)
        unfinished.rename(made)
    return made


def home(folder: Path, plays: int) -> Path:
    """A folder for ``TUI_MUSIC_HOME`` with that export imported."""
    made = folder / f"home-{plays}"
    if not (made / "library.duckdb").exists():
        run(made, "import", "--listener", LISTENER, "--json", str(export(folder, plays)))
    return made


def run(home: Path, *words: str) -> str:
    """What ``tui-music words…`` prints."""
    command = [sys.executable, "-m", "tui_music", *words]
    return subprocess.run(command, env=environment(home), check=True, capture_output=True, text=True, cwd=ROOT).stdout


def environment(home: Path) -> dict[str, str]:
    """The environment of a program on a terminal in full colour, with its files in ``home``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "NO_COLOR", "TMUX"))}
    return kept | {"TUI_MUSIC_HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
