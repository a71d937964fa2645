"""Learning of a community, and evaluating on one, from where it is asked for. Nothing here imports what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui_music.child import Child, ChildFailed
from tui_music.settings import Settings

_MODULE = "tui_music.engine.community.build"


class CommunityFailed(ChildFailed):
    """A community could not be learnt of, or not be evaluated on."""


class Building(Child):
    """Learning of the data at ``paths``, else of the library's own listeners, running from the start: of artists, or of
    ``tracks``. Killing it leaves what was kept before in use."""

    failed = CommunityFailed
    what, stays = "Building the community", "What was there before stays in use."

    def __init__(
        self, settings: Settings, paths: Sequence[Path], min_plays: int, min_listeners: int, *, tracks: bool = False
    ) -> None:
        filters = ["--min-plays", str(min_plays), "--min-listeners", str(min_listeners)]
        super().__init__(_MODULE, [*_words(settings, tracks), *filters, "--", *map(str, paths)])


class Evaluating(Child):
    """Comparing every recommender on the data at ``paths``, else on the library's own listeners."""

    failed = CommunityFailed
    what, stays = "The evaluation", "The table from before stays."

    def __init__(self, settings: Settings, paths: Sequence[Path], *, tracks: bool = False) -> None:
        super().__init__(_MODULE, [*_words(settings, tracks), "--evaluate", "--", *map(str, paths)])


def _words(settings: Settings, tracks: bool) -> list[str]:
    library = ["--library", str(settings.library_file), "--counted-ms", str(settings.counted_ms)]
    return ["--into", str(settings.community_dir), *library, *(["--tracks"] if tracks else [])]
