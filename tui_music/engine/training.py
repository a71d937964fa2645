"""Training from where it is asked for: a child process is started, followed, and killed to cancel it.

Nothing here imports what training needs. A killed training leaves the models as they were (see models.py).
"""

from __future__ import annotations

from tui_music.child import FAILED, Child, ChildFailed, Step
from tui_music.settings import Settings

__all__ = ["FAILED", "Step", "Training", "TrainingFailed", "words"]


class TrainingFailed(ChildFailed):
    """Models could not be trained."""


class Training(Child):
    """A training for one listener, running from the start. ``zone`` is the listener's clock; with ``proof`` the
    backtest is run, too."""

    failed = TrainingFailed
    what, stays = "Training", "What was trained before stays in use."

    def __init__(self, settings: Settings, listener: str, zone: str, *, proof: bool = False) -> None:
        super().__init__("tui_music.engine.train", words(settings, listener, zone, proof=proof))


def words(settings: Settings, listener: str, zone: str, *, proof: bool) -> list[str]:
    """The arguments of ``python -m tui_music.engine.train``."""
    return [
        *("--data", str(settings.data_dir), "--replies", str(settings.replies_dir), "--zone", zone),
        *("--community", str(settings.community_dir), "--catalogue", str(settings.catalogue_dir)),
        *("--counted-ms", str(settings.counted_ms), *(["--proof"] if proof else []), "--", listener),
    ]
