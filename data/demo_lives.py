"""Other invented listeners, for tests: people who live otherwise than the demo's, each from a seed.

``history(seed, "albums")`` gives their artists and plays. The same seed and life give the same plays. Nobody of them
has heard what the demo's listener has: artists and songs are drawn from the seed, too.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from demo_listener import HABITS, MIRA, ZEAL, Life, Listener, Play, plays_of_a_rate
from demo_services import Answer, answers
from demo_world import Artist, Track, strangers, world

LAST = date(2023, 12, 31)


class Person(NamedTuple):
    """A life, and how many artists there are to find in it, with how many tracks."""

    life: Life
    artists: int
    tracks: int


_PLAIN = MIRA._replace(silences=(), streaks=(), journeys=())
#: Whole albums in the evening and at weekends, hardly a song skipped.
_ALBUMS = _PLAIN._replace(
    habits=tuple(habit._replace(albums=0.97, impatience=0.3 * habit.impatience) for habit in HABITS[4:]),
    zeal=tuple((year, 2 * level) for year, level in ZEAL),
)
#: Single songs, most of them hardly ever again.
_SONGS = _PLAIN._replace(habits=tuple(habit._replace(albums=0.0, impatience=2 * habit.impatience) for habit in HABITS))
#: Months without a play, and more in between.
_GAPS = _PLAIN._replace(
    zeal=tuple((year, 1.7 * level) for year, level in ZEAL),
    silences=(
        (date(2019, 9, 1), date(2020, 4, 20)),
        (date(2021, 2, 1), date(2021, 4, 30)),
        (date(2022, 1, 10), date(2022, 8, 31)),
        (date(2023, 5, 1), date(2023, 6, 15)),
    ),
)

PEOPLE: Mapping[str, Person] = {
    "mixed": Person(_PLAIN, 150, 1_500),
    "albums": Person(_ALBUMS, 120, 2_400),
    "few": Person(_PLAIN, 12, 160),
    "many": Person(_SONGS, 900, 4_000),
    "gaps": Person(_GAPS, 150, 1_500),
}


def history(seed: int, life: str = "mixed", plays: int = 6_000, years: float = 4.0) -> tuple[list[Artist], list[Play]]:
    """Artists, most liked first, and at most ``plays`` plays of music in order of time, the last in 2023.

    ``life`` is one of :data:`PEOPLE`. Raises :class:`KeyError` for another.
    """
    person = PEOPLE[life]
    rng = random.Random(f"{life} {seed}")
    first = LAST - timedelta(round(365.25 * years))
    people = world(rng, person.artists, person.tracks, first.year, LAST.year + 0.5, known=False)
    rate = 1.1 * plays / plays_of_a_rate(first, LAST)
    everything = Listener(rng, people, first, LAST, rate, person.life).plays()
    songs = [play for play in everything if isinstance(play.what, Track)]
    return people, songs[-plays:]


def said(seed: int, people: list[Artist], unheard: int = 300) -> list[Answer]:
    """What services answer about the artists of a history, and about ``unheard`` others."""
    rng = random.Random(f"services {seed}")
    return list(answers(rng, people, strangers(rng, unheard, people, LAST.year)))
