"""Recommendations made by hand, for pictures that no other weights of the engine change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.tui.conftest import HOSTILE
from tests.tui.knowing import UNHEARD
from tui_music.engine.candidate import Candidate, Evidence, Level, Mode, Of, Recommendations, Share
from tui_music.engine.notes import Note
from tui_music.library.history import History
from tui_music.tui.asked import Asked, Seeds
from tui_music.tui.recommending import Answer, Board, Cell
from tui_music.tui.widgets.anatomy import About
from tui_music.tui.widgets.figures import Figure
from tui_music.tui.widgets.grid import Counts

_AGES = ("in the last 7 days", "8 to 30 days ago", "more than a year ago")
DAY = 86_400


def familiar(place: int, code: int) -> Candidate:
    """An artist that was heard; the further down, the less."""
    plays, name = 400 // (place + 1), HOSTILE[place]
    recent = Share(
        "decay", 2.0, 1.9 - 0.2 * place, (Evidence(Of.PLAYS, _AGES[place % 3], plays // 9 + 1, "plays", 1.0),)
    )
    level = Share("base-level", 1.0, 1.1 - 0.1 * place, (Evidence(Of.PLAYS, _AGES[1], 12.0, "plays", 0.4),))
    habit = Share(
        "habit", 1.0, 0.4 - 0.2 * (place % 4), (Evidence(Of.TIME, "weekdays 19–23 h", 31.0, "sessions", 0.3),)
    )
    signals = (recent, level, habit, Share("sequence", float("nan"), 0.0, ()))
    score = sum(share.share for share in signals)
    reason = f"{plays // 9 + 1} plays {_AGES[place % 3]}; your weekdays 19–23 h; {plays} plays, the last today."
    return Candidate(place + 1, code, name, score, 0.9, plays, 1_649_000_000, signals, reason)


def discovered(place: int, code: int) -> Candidate:
    """An artist that was never heard, but for the last one; little is known of the third."""
    name, near = UNHEARD[place], HOSTILE[place % 3]
    similar = Share(
        "similar",
        5.0,
        5.5 - place,
        (
            Evidence(Of.ARTIST, near, 0.81 - 0.1 * place, "similarity", 3.0),
            Evidence(Of.ARTIST, HOSTILE[6], 0.5, "similarity", 1.0),
        ),
    )
    second = Share(
        "second-hand", 1.0, 1.3 - 0.5 * place, (Evidence(Of.ARTIST, near, 53.0, "neighbours in common", 0.4),)
    )
    tags = Share("tags", 1.0, 2.1 - 0.3 * place, (Evidence(Of.TAG, "[red]dream pop[/]", 7_524.0, "plays", 1.0),))
    signals = (similar, second, tags if place != 2 else Share("tags", float("nan"), 0.0, ()))
    score = sum(share.share for share in signals)
    plays = 2 * (place == len(UNHEARD) - 1)
    reason = f"Like {near} and {HOSTILE[6]}; [red]dream pop[/]; {'2 plays, long ago' if plays else 'never played'}."
    return Candidate(None, code, name, score, 0.41 if place == 2 else 0.95, plays, None, signals, reason)


def answer(asked: Asked, known: bool = True, note: Note | None = None, age: int | None = 3 * DAY) -> Answer:
    """Both lists, or one without what services know."""
    own = tuple(familiar(place, place) for place in range(len(HOSTILE)))
    new = tuple(discovered(place, 100 + place) for place in range(len(UNHEARD)))
    level = Level.CACHED if known else Level.OWN
    return Answer(
        asked,
        Recommendations(Mode.FAMILIAR, own, 612, Level.ALL, None, None),
        Recommendations(Mode.DISCOVER, new if known else (), 809 if known else 0, level, note, age if known else None),
        {},
        "weekday evening, like 23 % of your plays",
    )


class HandMade:
    """A desk that answers by hand. ``failing`` is what a service says instead of an artist's songs."""

    trained = True

    def __init__(self, failing: str = "", **given: Any) -> None:
        self._failing, self._given = failing, given

    def answer(self, asked: Asked) -> Answer:
        return answer(asked, **self._given)

    def about(self, candidate: Candidate) -> About:
        songs = () if self._failing else (f"{candidate.name} hit 0", "Slow [Remix] Harbour", "灯台")
        return About(candidate.name, songs, ("dream pop", "[red]slowcore[/]"), ((HOSTILE[0], 0.81), (HOSTILE[6], 0.5)))

    def completed(self, about: About) -> About:
        return replace(about, note=self._failing, whole=True)

    def make(
        self, _services: Any, _library: Any, history: History, _scope: Any, asked: Asked, *_: Any
    ) -> Iterator[tuple[Answer, Any, Board]]:
        """In the place of :func:`tui_music.tui.recommending.make`."""
        rows = ("1–10", "11–50", "51–120", "121–398")
        numbers = ((9, 1, 0, 275), (20, 14, 6, 597), (26, 30, 14, 710), (67, 136, 75, 799))
        counts = Counts(tuple(map(Figure, rows)), tuple(map(Figure, ("≤ 30 d", "≤ 1 y", "older", "new"))), numbers)
        cell = Cell("familiar", Seeds(Figure("ranks 1–10"), history.artist[:9]))
        yield self.answer(asked), self, Board(counts, ((cell,) * 4,) * 4)
