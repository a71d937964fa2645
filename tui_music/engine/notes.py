"""What an answer says of itself: why a list is empty or less than it could be, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from tui_music.engine.candidate import Candidate, Level, Mode
from tui_music.engine.listening import Listening
from tui_music.engine.slate import Slate

_WARM = "tui-music warm asks about more."
#: Below this share of what is listened to, services were asked about too little.
_COLD = 0.5


def note(slate: Slate, level: Level, found: Sequence[Candidate], resting: int) -> str:
    """One or two sentences, empty when there is nothing to say. ``resting`` candidates were left out of ``found``."""
    if not found:
        return _nobody(slate, level, resting)
    if slate.query.mode is Mode.DISCOVER:
        if level in (Level.OWN, Level.MOST_PLAYED):
            return f"Services told nothing yet: these are artists you hardly played. {_WARM}"
        if slate.cover < _COLD:
            return f"Services were asked about {slate.cover * 100:.0f} % of what you listen to. {_WARM}"
    elif level is Level.MOST_PLAYED:
        return "There are too few plays to learn from: these are the most played."
    return ""


def _nobody(slate: Slate, level: Level, resting: int) -> str:
    heard = slate.ground.listening
    if not len(heard):
        return f"Nothing was played before {datetime.fromtimestamp(heard.now, UTC):%Y-%m-%d}. tui-music import FILE"
    if resting:
        return f"All {resting:,} candidates were shown lately and passed over. Turn diversity off to see them."
    if slate.hidden:
        return f"You decided about all {slate.hidden:,} candidates. Undo a verdict to see one again."
    if slate.query.mode is Mode.FAMILIAR:
        return "None of these artists was played yet. Start from others."
    if level in (Level.OWN, Level.MOST_PLAYED):
        return f"Services told nothing yet of artists you do not know. {_WARM}"
    return f"Nothing is known of what is like these artists. {_WARM}"


def part_of_week(hour: int) -> str:
    """An hour of the week (0–167) in words: "weekday evening"; the night is from 0 to 6, then six hours each."""
    day, of_day = divmod(hour, 24)
    return f"{'weekend' if day >= 5 else 'weekday'} {('night', 'morning', 'afternoon', 'evening')[of_day // 6]}"


def context(listening: Listening, hour: int) -> str:
    """The context of an hour and how usual it is: "weekday evening, like 23 % of your plays"."""
    named = part_of_week(hour)
    if not len(listening):
        return named
    alike = np.array([part_of_week(each) == named for each in range(168)])
    return f"{named}, like {alike[listening.hour].mean() * 100:.0f} % of your plays"
