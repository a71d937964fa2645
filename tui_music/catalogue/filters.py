"""Which tracks may be answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tui_music.catalogue.tables import SOUND
from tui_music.library.history import Bool, Int32

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import Catalogue

Range = tuple[float | None, float | None]


class Mood(StrEnum):
    """A quadrant of energy and valence, parted at 0.5 (Thayer 1989)."""

    HAPPY = "happy"  # energetic, cheerful
    TENSE = "tense"  # energetic, sombre
    SAD = "sad"  # calm, sombre
    CALM = "calm"  # calm, cheerful


@dataclass(frozen=True, eq=False)
class Filters:
    """What tracks must be; a track of which it is not known is not. Ranges are inclusive, ``None`` is open.

    ``among`` and ``never`` are tracks of the catalogue: only these, none of these (in the library, heard already).
    """

    genre: str | None = None
    year: Range = (None, None)
    tempo: Range = (None, None)
    popularity: Range = (None, None)
    mood: Mood | None = None
    explicit: bool | None = None
    cluster: int | None = None
    among: Int32 | None = None
    never: Int32 | None = None

    def allowed(self, catalogue: Catalogue) -> Bool | None:
        """Which tracks pass, shape (tracks,); ``None`` when nothing is asked."""
        tests = [
            *_within(catalogue.year, self.year, missing=-1),
            *_within(catalogue.raw[SOUND.index("tempo")], self.tempo),
            *_within(catalogue.popularity, self.popularity, missing=-1),
        ]
        if self.genre is not None:
            tests.append(_of(catalogue.size, catalogue.of_genre(self.genre)))
        if self.mood is not None:
            energy, valence = (catalogue.raw[SOUND.index(name)] for name in ("energy", "valence"))
            energetic, cheerful = self.mood in (Mood.HAPPY, Mood.TENSE), self.mood in (Mood.HAPPY, Mood.CALM)
            tests += [energy >= 0.5 if energetic else energy < 0.5, valence >= 0.5 if cheerful else valence < 0.5]
        if self.explicit is not None:
            tests.append(catalogue.explicit == int(self.explicit))
        if self.cluster is not None:
            tests.append(catalogue.cluster == self.cluster)
        if self.among is not None:
            tests.append(_of(catalogue.size, self.among))
        if self.never is not None:
            tests.append(~_of(catalogue.size, self.never))
        for test in tests[1:]:
            tests[0] &= test
        return tests[0] if tests else None


def _within(column: NDArray[Any], asked: Range, missing: float | None = None) -> list[Bool]:
    low, high = asked
    tests = [] if low is None else [column >= low]
    tests += [] if high is None else [column <= high]
    if tests and missing is not None:
        tests.append(column != missing)
    return tests


def _of(size: int, tracks: Int32) -> Bool:
    mask = np.zeros(size, np.bool_)
    mask[tracks[tracks >= 0]] = True
    return mask
