"""Building a catalogue from where it is asked for. Nothing here imports what building needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tui_music.child import Child, ChildFailed


class BuildFailed(ChildFailed):
    """A catalogue could not be built."""


class Building(Child):
    """A build of tables into the folder ``home``, running from the start; killing it leaves the old catalogue in use.

    ``mapped`` says which column a field is where the header does not; ``clusters`` how many, otherwise by silhouette.
    """

    failed = BuildFailed
    what, stays = "Building the catalogue", "What was there before stays in use."

    def __init__(
        self, home: Path, tables: Sequence[Path], mapped: Mapping[str, str] | None = None, clusters: int | None = None
    ) -> None:
        words = ["--into", str(home), *(f"--map={field}={column}" for field, column in (mapped or {}).items())]
        if clusters is not None:
            words.append(f"--clusters={clusters}")
        super().__init__("tui_music.catalogue.build", [*words, "--", *map(str, tables)])
