"""An invented world of music: genres, artists, albums and tracks, all made up from a seed.

``world(random, artists=400, tracks=3500)`` names and shapes it, ``strangers`` adds artists that nobody here has heard;
nothing here knows about a listener. The listener is in ``demo_listener.py``, what services say of it all in
``demo_services.py``, the files in ``make_demo.py``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import demo_names as names


@dataclass(frozen=True, slots=True)
class Genre:
    name: str
    minutes: float  # median length of a track
    spread: float  # of the logarithm of that length
    bands: tuple[str, ...]  # how its artists are called; {} is an invented proper name
    summer: float = 1.0  # how much more (or less) it is played in July than in January
    #: (year, weight) through which the listener's taste for it moves, in straight lines
    taste: tuple[tuple[float, float], ...] = ((2015.0, 1.0),)

    def weight(self, year: float) -> float:
        """Taste at a moment such as 2018.5, seasons included."""
        season: float = self.summer ** (0.5 * (math.cos(2 * math.pi * (year - 0.54)) + 1) - 0.5)
        return season * _between(self.taste, year)


@dataclass(slots=True, eq=False)
class Track:
    artist: Artist
    title: str
    album: str | None
    ms: int
    uri: str
    liking: float


@dataclass(slots=True, eq=False)
class Artist:
    name: str
    genre: Genre
    liking: float
    found: float  # the year (such as 2016.2) the listener first meets them
    phases: tuple[tuple[float, float, float], ...]  # (year of the peak, height, years it takes to fade)
    songs: int = 0  # how many there are
    tiring: float = 1.0  # how readily their songs are skipped
    albums: list[tuple[float, list[Track]]] = field(default_factory=list)  # (year it comes out, its tracks)

    def tracks(self) -> Iterator[Track]:
        for _, songs in self.albums:
            yield from songs


def _between(points: tuple[tuple[float, float], ...], at: float) -> float:
    before = points[0]
    for point in points:
        if point[0] > at:
            return before[1] + (point[1] - before[1]) * (at - before[0]) / ((point[0] - before[0]) or 1.0)
        before = point
    return before[1]


GENRES = (
    Genre("dream pop", 4.0, 0.22, ("{}", "{} & the Lamps", "{} Hour", "The {} Veil"), 0.9,
          ((2015, 0.7), (2017, 2.4), (2019, 1.4), (2021, 0.9), (2023, 1.8))),
    Genre("slowcore", 5.1, 0.25, ("{}", "{} Winter", "Low {}", "{} Falls Asleep"), 0.5,
          ((2015, 0.4), (2018, 1.5), (2021, 1.1), (2024, 0.6))),
    Genre("choral", 4.4, 0.45, ("{} Choir", "{} Voices", "Schola {}", "Cantores {}"), 0.25,
          ((2015, 0.7), (2019, 0.8), (2020.6, 2.3), (2022, 1.0), (2024, 0.8))),
    Genre("ambient", 6.2, 0.5, ("{}", "{} Machines", "Field of {}", "{} Drift"), 0.7,
          ((2015, 0.3), (2018, 0.6), (2020.4, 2.4), (2022, 1.3), (2024, 1.0))),
    Genre("jazz", 5.6, 0.38, ("{} Trio", "{} Quartet", "{person}", "{} Nonet"), 0.9,
          ((2015, 0.3), (2019, 0.7), (2021, 1.5), (2024, 1.7))),
    Genre("city pop", 4.2, 0.18, ("{}", "{} Avenue", "{} 84", "Neon {}"), 2.4,
          ((2015, 0.1), (2018.7, 0.2), (2019, 1.8), (2021, 1.0), (2024, 1.9))),
    Genre("indie folk", 3.6, 0.22, ("{person}", "{person}", "{} Orchard", "The {} Sisters"), 0.5,
          ((2015, 2.4), (2017, 1.3), (2020, 1.0), (2024, 0.7))),
    Genre("krautrock", 6.4, 0.4, ("{}werk", "{} Motor", "Neues {}", "{} Autobahnchor"), 1.0,
          ((2015, 0.2), (2018.5, 1.7), (2020, 0.6), (2024, 0.5))),
    Genre("techno", 6.6, 0.2, ("{}", "DJ {}", "{} System", "{}.bin"), 1.3,
          ((2015, 0.5), (2018, 1.6), (2020.2, 0.5), (2022, 1.4), (2024, 0.9))),
    Genre("hip hop", 3.3, 0.2, ("{}", "Young {}", "{} & Kestrel", "MC {}"), 1.5,
          ((2015, 1.9), (2017, 1.2), (2020, 0.6), (2024, 0.8))),
    Genre("post-rock", 7.0, 0.33, ("{} Fathoms", "{} Will Answer", "We Were {}", "{} Signal"), 0.6,
          ((2015, 0.5), (2016.5, 1.9), (2019, 0.8), (2024, 0.6))),
    Genre("soul", 3.7, 0.18, ("{person}", "{person}", "{} & the Ledgers", "The {} Revue"), 1.9,
          ((2015, 0.5), (2019, 1.0), (2022, 1.9), (2024, 1.4))),
)  # fmt: skip
BY_NAME = {genre.name: genre for genre in GENRES}


def world(
    rng: random.Random, artists: int, tracks: int, first: float, last: float, *, known: bool = True
) -> list[Artist]:
    """``artists`` invented artists, most liked first, with about ``tracks`` tracks among them.

    ``first`` and ``last`` are the years between which the listener meets them. ``known``: with the demo's own, known by
    name, and the oddly named.
    """
    people = [*_headliners(), *_oddities(rng, last)] if known else []
    rest = _ordinary(rng, {person.name for person in people}, first, last)
    people += [next(rest) for _ in range(artists - len(people))]
    for rank, artist in enumerate(people, 1):
        artist.liking = artist.liking or 1.2 * rank**-0.62
    sizes = [artist.liking**0.45 for artist in people]
    share = tracks / sum(sizes)
    for artist, size in zip(people, sizes, strict=True):
        one_hit = rng.random() < 0.06 and artist.liking < 0.3
        songs = 1 if one_hit else max(1, round(share * size * rng.uniform(0.5, 1.4)))
        artist.songs = artist.songs or songs
        artist.tiring = rng.lognormvariate(0.0, 0.6)
        _discography(rng, artist, last)
    _signature_songs(people)
    return people


def strangers(rng: random.Random, number: int, people: Iterable[Artist], last: float) -> list[Artist]:
    """``number`` more artists, whom the listener of ``people`` never meets: those known by name come first.

    She would like a few of them a lot, which is their ``liking``; it is 0 for the others.
    """
    odd = [(name, BY_NAME[genre]) for name, genre in names.STRANGERS[:number]]
    taken = {artist.name for artist in people} | {name for name, _ in odd}
    more = [GENRES[rank % len(GENRES)] for rank in range(number - len(odd))]
    named = [*odd, *((_free(taken, partial(_stranger_name, rng, genre)), genre) for genre in more)]
    made = [Artist(name, genre, 0.0, last - 12 * rng.random() ** 2, ()) for name, genre in named]
    for artist in made[: names.KINDRED]:
        artist.liking = 0.4
    for artist in made:
        artist.songs = max(1, round(rng.lognormvariate(1.7, 0.6)))
        _discography(rng, artist, last)
    _signature_songs(made)
    return made


#: name, genre, songs, liking, met, phases (peak, height, fade)
_KNOWN: tuple[tuple[str, str, int, float, float, tuple[tuple[float, float, float], ...]], ...] = (
    ("Vesper & the Lamps", "dream pop", 58, 0.41, 2016.2, ((2017.2, 1.0, 1.6), (2022.7, 0.7, 1.2))),
    ("Halden Choir", "choral", 71, 0.66, 2015.2, ((2016.9, 0.3, 0.5), (2020.3, 1.0, 1.5), (2023.9, 0.4, 0.3))),
    ("東ノ宮", "city pop", 44, 1.2, 2018.78, ((2018.9, 1.0, 1.4), (2023.4, 0.6, 0.8))),
    ("Nine Fathoms", "post-rock", 37, 0.75, 2015.9, ((2016.4, 1.0, 1.1), (2019.8, 0.5, 0.6))),
    ("Ola Brandt", "indie folk", 63, 0.34, 2015.1, ((2015.3, 1.0, 1.3), (2020.8, 0.4, 0.5))),
    ("The [untitled]", "techno", 52, 0.82, 2017.6, ((2018.1, 1.0, 0.9), (2022.2, 0.6, 0.8))),
    ("Kassia Rue", "soul", 41, 0.6, 2019.3, ((2019.6, 0.4, 0.5), (2022.4, 1.0, 1.0))),
    ("Ilse Morn", "dream pop", 34, 0.1, 2017.4, ((2017.8, 0.8, 0.7), (2023.0, 0.3, 0.6))),
    ("Tallow", "slowcore", 29, 0.11, 2018.0, ((2018.3, 0.9, 0.8), (2021.6, 0.4, 0.6))),
    ("Quiet Machines", "ambient", 38, 0.15, 2019.9, ((2020.4, 0.9, 0.9),)),
    ("Vespertine Club", "city pop", 22, 0.12, 2019.1, ((2019.4, 0.7, 0.9),)),
    ("Evesper", "hip hop", 1, 0.6, 2020.6, ((2020.62, 0.9, 0.1),)),
    ("Sea Level Records", "krautrock", 26, 0.06, 2018.2, ((2018.4, 0.9, 0.7),)),
    ("Grey Ferry", "ambient", 9, 0.02, 2021.4, ((2021.45, 0.3, 0.1),)),
)


def _headliners() -> Iterator[Artist]:
    for name, genre, songs, liking, found, phases in _KNOWN:
        yield Artist(name, BY_NAME[genre], liking, found, phases, songs)


def _oddities(rng: random.Random, last: float) -> Iterator[Artist]:
    """Artists whose names are trouble for a program: other scripts, markup, signs, control characters."""
    for place, (name, genre) in enumerate(names.ODD_ARTISTS):
        found = 2015.5 + 8.0 * place / len(names.ODD_ARTISTS)
        yield Artist(name, BY_NAME[genre], 0.3 * (place + 3) ** -0.7, found, _phases(rng, found, last))


def _ordinary(rng: random.Random, taken: set[str], first: float, last: float) -> Iterator[Artist]:
    for rank in range(10**9):
        genre = GENRES[rank % len(GENRES)]
        name = _free(taken, partial(_artist_name, rng, genre))
        found = first + (last - first) * rng.random() ** 1.3
        yield Artist(name, genre, 0.0, found, _phases(rng, found, last))


def _artist_name(rng: random.Random, genre: Genre) -> str:
    pattern = rng.choice(genre.bands)
    return pattern.format(names.proper(rng), person=f"{rng.choice(names.FIRST_NAMES)} {names.proper(rng)}")


def _stranger_name(rng: random.Random, genre: Genre) -> str:
    return names.band(rng) if rng.random() < 0.4 else _artist_name(rng, genre)


def _phases(rng: random.Random, found: float, last: float) -> tuple[tuple[float, float, float], ...]:
    phases = [(found + rng.uniform(0.0, 0.6), rng.uniform(0.4, 1.2), rng.uniform(0.15, 1.3))]
    while rng.random() < 0.35:
        phases.append((rng.uniform(found, last), rng.uniform(0.2, 0.9), rng.uniform(0.1, 0.9)))
    return tuple(phases)


def _discography(rng: random.Random, artist: Artist, last: float) -> None:
    """Albums of 7 to 13 tracks and singles, the earliest out before the listener meets the artist."""
    songs = artist.songs
    titles: set[str] = set()
    out = artist.found - 0.01
    while songs > 0:
        length = rng.randint(7, 13) if songs >= 6 else 1
        album: str | None = _title(rng, artist, titles, plain=True)
        stem = "".join(rng.choices(names.BASE62, k=17))  # a smaller file than 22 free signs for each
        tracks = []
        for place in range(min(length, songs)):
            title = album if length == 1 and album else _title(rng, artist, titles)
            minutes = artist.genre.minutes * math.exp(rng.gauss(0.0, artist.genre.spread))
            if length > 6 and rng.random() < 0.06:
                minutes *= 0.25  # an interlude
            uri = stem + "".join(rng.choices(names.BASE62, k=5))
            liking = rng.lognormvariate(0.0, 0.9) * (1.3 - place / 20)
            ms = max(31_000, round(60_000 * minutes))
            tracks.append(Track(artist, title, album, ms, f"spotify:track:{uri}", liking))
        artist.albums.append((out, tracks))
        songs -= len(tracks)
        out = min(out + rng.uniform(0.0, 1.6), last)


def _title(rng: random.Random, artist: Artist, taken: set[str], *, plain: bool = False) -> str:
    words = names.WORDS.get(artist.name)
    if words:
        return _free(taken, lambda: names.joined(rng, words))
    return _free(taken, lambda: names.title(rng, artist.genre.name, plain=plain))


def _free(taken: set[str], make: Callable[[], str]) -> str:
    """The first name not taken yet; a number is put behind when luck runs out."""
    for attempt in range(2, 10**9):
        name = make() if attempt < 20 else f"{make()} {names.roman(attempt // 10)}"
        if name not in taken:
            taken.add(name)
            return name
    raise AssertionError


def _signature_songs(people: Iterable[Artist]) -> None:
    """The songs that are known by name, each the most liked of its artist."""
    for artist in people:
        known = names.SIGNATURE_SONGS.get(artist.name, ())
        for place, track in enumerate(artist.tracks()):
            track.liking = 4.0 * 0.85**place if place < len(known) else min(track.liking, 2.5)
            track.title = known[place] if place < len(known) else track.title
