"""What Discover asks the engine for: a preset and three dials, an hour of the week, artists to start from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from tui_music.errors import BadRange
from tui_music.text import shown
from tui_music.tui.widgets.figures import WEEKDAYS, Figure

if TYPE_CHECKING:
    from tui_music.library.history import History, Int32

#: Newness, obscurity and lateness, each 0–1; in the middle a dial does nothing.
Places = tuple[float, float, float]
MIDDLE: Places = (0.5, 0.5, 0.5)
#: Artists on a list before more are asked for.
PAGE = 25
DIVERSITIES = ("usual", "strong", "off")
#: A dial goes from end to end in sixteen steps.
STEP = 1 / 16


@dataclass(frozen=True, eq=False)
class Seeds:
    """Artists (their codes) that recommendations start from; ``label`` says which."""

    label: Figure
    codes: Int32


@dataclass(frozen=True, slots=True)
class Asked:
    """``hour`` is the local hour of the week, 0–167 from Monday midnight; no ``seeds`` are all artists heard;
    ``length`` is that of each list; ``diversity`` one of :data:`DIVERSITIES`."""

    hour: int
    preset: str = "balanced"
    dials: Places = MIDDLE
    seeds: Seeds | None = None
    length: int = PAGE
    diversity: str = "usual"


def put(dials: Places, which: int, place: float) -> Places:
    """One dial put somewhere."""
    new, obscure, lately = (max(0.0, min(1.0, place)) if at == which else dials[at] for at in range(3))
    return new, obscure, lately


def turned(dials: Places, which: int, steps: int) -> Places:
    """One dial some steps on, from step to step."""
    place = dials[which] / STEP
    return put(dials, which, ((floor(place) if steps > 0 else ceil(place)) + steps) * STEP)


# hours of the week


def hour_now(history: History | None, zone: str) -> int:
    """The hour of the week that recommendations are for if no other is chosen: that of
    :func:`~tui_music.library.calendar.now_of` the history."""
    if history is None:
        return 0
    from tui_music.library.calendar import hour_of_week, now_of

    return hour_of_week(now_of(history), zone)


def hour_name(hour: int) -> Figure:
    """``Thu 21:00, weekday evening``: the night is from 0 to 6, then six hours each."""
    day, of_day = divmod(hour, 24)
    part = ("night", "morning", "afternoon", "evening")[of_day // 6]
    return Figure(f"{WEEKDAYS[day]} {of_day}:00, {'weekend' if day >= 5 else 'weekday'} {part}")


def hour_typed(hour: int) -> str:
    """An hour of the week as a person types it: ``thu 21``."""
    return f"{WEEKDAYS[hour // 24].lower()} {hour % 24}"


_KINDS = {"weekday": 2, "weekend": 5}
_PARTS = {"morning": 8, "afternoon": 14, "evening": 20, "night": 0}
OFFERED = (Figure("now"), *(Figure(f"{kind} {part}") for kind in _KINDS for part in _PARTS))


def parse_hour(text: str, now: int) -> int | None:
    """The hour of the week meant by ``fri 22``, ``weekend evening``, ``21:00``; ``None`` is now, whenever that is.

    What is left out is as it is ``now``. Raises :class:`BadRange`.
    """
    words = text.strip().lower()
    if words in ("", "now"):
        return None
    day, hour = divmod(now, 24)
    for word in re.split(r"[\s,]+", words):
        name = word[:3].capitalize()
        if word in _KINDS:
            day = day if (day >= 5) == (word == "weekend") else _KINDS[word]
        elif name in WEEKDAYS and word.isalpha():
            day = WEEKDAYS.index(name)
        elif word.rstrip("s") in _PARTS:
            hour = _PARTS[word.rstrip("s")]
        elif match := re.fullmatch(r"(\d{1,2})(?::\d\d)?h?", word):
            hour = int(match[1])
        else:
            hour = -1
        if not 0 <= hour < 24:
            raise BadRange(f"{shown(text, 40)!r} is no time of the week. Try fri 22, weekend evening, or now.")
    return day * 24 + hour
