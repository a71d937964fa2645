"""The demo: an invented listener whose export comes with the program and goes through the ordinary import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui_music.errors import NotFound

if TYPE_CHECKING:
    from tui_music.library.library import Library

#: Whose plays the demo's are.
LISTENER = "mira"


def demo_zip() -> Path:
    """The demo's export, in the shape of Spotify's. Raises :class:`NotFound` when the installation lacks it.

    A wheel carries it inside the package; a source tree (the sdist, an editable install) in ``data/``.
    """
    package = Path(__file__).parent
    for path in (package / "_demo" / "demo.zip", package.parent / "data" / "demo.zip"):
        if path.is_file():
            return path
    raise NotFound(f"The demo's file demo.zip is missing beside {package}. Install the program again.")


def make_library(library: Library) -> None:
    """Import the demo's export into its own library."""
    from tui_music.library.ingest import import_paths

    import_paths(library, [demo_zip()], LISTENER)
