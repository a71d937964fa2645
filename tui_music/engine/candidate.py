"""What the engine is asked, and what it answers: candidates with their scores, signals and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64, Int32

if TYPE_CHECKING:
    from tui_music.engine.notes import Note


class Mode(StrEnum):
    """Two jobs with two scores: what to play again, and what is new."""

    FAMILIAR = "familiar"
    DISCOVER = "discover"


@dataclass(frozen=True, eq=False)
class Query:
    """``hour`` is the local hour of the week (0–167) that recommendations are for; ``seeds`` the artist codes they
    start from (``None``: all that were heard), ``current`` the artist that is playing."""

    mode: Mode
    hour: int
    seeds: Int32 | None = None
    current: int | None = None


class Of(StrEnum):
    """What a piece of evidence is."""

    PLAYS = "plays"  # plays of the candidate in some time
    ARTIST = "artist"  # an artist of the listener's that speaks for the candidate
    TAG = "tag"
    TIME = "time"  # an hour or a kind of day
    TREND = "trend"
    POPULARITY = "popularity"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that made a score. ``effect`` is how far the score falls without it, all else held as it is.

    ``text`` names it ("Ilse Morn", "dream pop", "last 7 days"); ``value`` with its ``unit`` is what was measured
    (0.81 "similarity", 5 "plays", 214 "hours"); ``detail`` says what lies behind that ("same energy and tempo").
    """

    of: Of
    text: str
    value: float
    unit: str
    effect: float
    detail: str = ""


class Recommender(Protocol):
    """One signal. It learns from the listening and what the services know, and has an opinion on artists.

    ``fit`` raises nothing for want of data: a recommender without any has no opinion on any artist.
    """

    name: str

    def fit(self, listening: Listening, knowledge: Knowledge) -> Recommender: ...

    def scores(self, query: Query) -> Float64:
        """Shape (artists of the knowledge,), larger is better; nan where there is no opinion."""
        ...

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """What made the score of one artist, largest effect first; effects in the units of :meth:`scores`."""
        ...


@dataclass(frozen=True, slots=True)
class Share:
    """One signal's part in a score. ``value`` is the recommender's own score, ``share`` what it adds to the blend;
    the shares of a candidate sum to its score. Effects of ``evidence`` are in units of the blend."""

    signal: str
    value: float
    share: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recommended artist. ``code`` is its place in the knowledge's artists, those below the library's size being the
    library's own codes; ``rank`` its rank by counted plays, ``None`` when never heard; ``last`` UTC seconds of its last
    counted play. ``confidence`` (0–1) falls with the share of signals that had nothing to go by."""

    rank: int | None
    code: int
    name: str
    score: float
    confidence: float
    plays: int
    last: int | None
    signals: tuple[Share, ...]
    reason: str


class Level(StrEnum):
    """What the recommendations could rest on, best first."""

    ALL = "all signals"
    CACHED = "cached replies and own history"
    OWN = "own history alone"
    MOST_PLAYED = "most played"


@dataclass(frozen=True, slots=True)
class Recommendations:
    """An answer of the engine. ``considered`` is how many artists were in question; ``note`` says why a list is empty
    or not what it could be, and what to do; ``age`` is that of the oldest reply used, in seconds. ``by_rank`` says that
    signals counted by their ranks (reciprocal rank fusion), as no weights were fitted to the listener's past."""

    mode: Mode
    candidates: tuple[Candidate, ...]
    considered: int
    level: Level
    note: Note | None
    age: int | None
    by_rank: bool = False
