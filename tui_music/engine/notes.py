"""What an answer says of itself: why a list is empty or less than it could be, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto

import numpy as np

from tui_music.engine.candidate import Candidate, Level, Mode
from tui_music.engine.listening import Listening
from tui_music.engine.slate import Slate


class Advice(Enum):
    """What can be done; how, is another thing at a shell than on a screen."""

    IMPORT = auto()
    FETCH = auto()
    SHOW_PASSED = auto()
    UNDO = auto()


class Why(Enum):
    """The sentence, with a place for a number or a moment, and what to do."""

    NOT_YET = "One moment.", None
    NOTHING_PLAYED = "Nothing was played before {moment:%Y-%m-%d}.", Advice.IMPORT
    ALL_REST = "All {number:,.0f} candidates were shown lately and passed over.", Advice.SHOW_PASSED
    ALL_DECIDED = "You decided about all {number:,.0f} candidates.", Advice.UNDO
    NOT_FAMILIAR = "None of these artists was played yet. Start from others.", None
    FEW_PLAYS = "There are too few plays to learn from: these are the most played.", None
    NOBODY_TOLD = "Services told nothing yet of artists you do not know.", Advice.FETCH
    NOTHING_ALIKE = "Nothing is known of what is like these artists.", Advice.FETCH
    HARDLY_PLAYED = "Services told nothing yet: these are artists you hardly played.", Advice.FETCH
    COLD = "Services were asked about {number:.0f} % of what you listen to.", Advice.FETCH


@dataclass(frozen=True, slots=True)
class Note:
    """``number`` is a count, per cent, or UTC seconds, as the sentence needs it."""

    why: Why
    number: float = 0.0

    def said(self, advice: Mapping[Advice, str]) -> str:
        """One or two sentences, the second as ``advice`` has it at this door."""
        sentence, do = self.why.value
        told = sentence.format(number=self.number, moment=datetime.fromtimestamp(self.number, UTC))
        return f"{told} {advice[do]}" if do else told


#: Below this share of what is listened to, services were asked about too little.
_COLD = 0.5


def note(slate: Slate, level: Level, found: Sequence[Candidate], resting: int) -> Note | None:
    """``None`` when there is nothing to say. ``resting`` candidates were left out of ``found``."""
    if not found:
        return _nobody(slate, level, resting)
    if slate.query.mode is Mode.DISCOVER:
        if level in (Level.OWN, Level.MOST_PLAYED):
            return Note(Why.HARDLY_PLAYED)
        if slate.cover < _COLD:
            return Note(Why.COLD, slate.cover * 100)
    elif level is Level.MOST_PLAYED:
        return Note(Why.FEW_PLAYS)
    return None


def _nobody(slate: Slate, level: Level, resting: int) -> Note:
    heard = slate.ground.listening
    if not len(heard):
        return Note(Why.NOTHING_PLAYED, heard.now)
    if resting:
        return Note(Why.ALL_REST, resting)
    if slate.hidden:
        return Note(Why.ALL_DECIDED, slate.hidden)
    if slate.query.mode is Mode.FAMILIAR:
        return Note(Why.NOT_FAMILIAR)
    return Note(Why.NOBODY_TOLD if level in (Level.OWN, Level.MOST_PLAYED) else Why.NOTHING_ALIKE)


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
