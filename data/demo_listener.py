"""An invented listener in Berlin: what she plays, day by day, from a world of invented music.

``Listener(rng, people, first, last, rate).plays()`` yields plays in order of time. ``rate`` multiplies how often she
listens; 1.0 is about 7,900 plays of music a year. She lives by habits: the way to work, work, evenings, late nights,
weekends. Others, with a :class:`Life` of their own, are in ``demo_lives.py``.
"""

from __future__ import annotations

import itertools
import math
import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from demo_world import GENRES, Artist, Track

BERLIN = ZoneInfo("Europe/Berlin")
Curve = tuple[tuple[float, float], ...]


class Spoken(NamedTuple):
    """An episode of a podcast or a chapter of an audiobook."""

    kind: str  # "podcast", "audiobook" or "video"
    show: str
    title: str
    ms: int
    uri: str
    show_uri: str


@dataclass(slots=True)
class Play:
    end: int  # UTC seconds
    ms: int
    what: Track | Spoken | None  # None: a row that names nothing, as real exports have
    began: str | None
    ended: str | None
    shuffle: bool
    offline: bool
    private: bool
    device: str
    country: str


class Habit(NamedTuple):
    """When, how long and what she listens to. ``chance``: before, during and after the lockdowns."""

    name: str
    days: str  # of the week, 0 is Monday
    hour: float
    spread: float
    minutes: float
    chance: tuple[float, float, float]
    genres: dict[str, float]
    albums: float  # share of sessions that are one album
    impatience: float
    offline: float = 0.0


HABITS = (
    Habit("to work", "01234", 7.8, 0.25, 24, (0.52, 0.03, 0.36),
          {"hip hop": 3, "soul": 2, "dream pop": 2, "krautrock": 1.5, "indie folk": 1.5, "city pop": 2},
          0.1, 1.4, 0.35),
    Habit("at work", "01234", 10.3, 0.9, 50, (0.16, 0.42, 0.27),
          {"ambient": 3, "jazz": 2, "post-rock": 2, "choral": 2, "techno": 1.5}, 0.45, 0.5),
    Habit("afternoon", "01234", 14.6, 0.9, 42, (0.12, 0.34, 0.2),
          {"jazz": 2, "krautrock": 2, "ambient": 2, "city pop": 1.5, "post-rock": 1.5, "dream pop": 1}, 0.35, 0.7),
    Habit("from work", "01234", 17.8, 0.4, 28, (0.48, 0.03, 0.33),
          {"dream pop": 3, "hip hop": 2, "krautrock": 2, "indie folk": 2, "soul": 1.5}, 0.12, 1.4, 0.3),
    Habit("evening", "0123456", 20.3, 0.9, 52, (0.33, 0.45, 0.33),
          {"dream pop": 3, "slowcore": 2, "indie folk": 2, "jazz": 1.5, "soul": 1.5, "choral": 1, "city pop": 1},
          0.4, 0.8),
    Habit("late", "01236", 23.3, 0.6, 40, (0.13, 0.2, 0.12),
          {"ambient": 3, "slowcore": 3, "dream pop": 2, "choral": 1}, 0.4, 0.5),
    Habit("night out", "45", 22.6, 0.9, 95, (0.34, 0.2, 0.28),
          {"techno": 4, "city pop": 1.5, "soul": 1.5, "krautrock": 1.5, "hip hop": 1.5}, 0.08, 1.0),
    Habit("weekend morning", "56", 10.4, 0.9, 55, (0.42, 0.5, 0.44),
          {"jazz": 2, "indie folk": 2.5, "soul": 2, "choral": 2}, 0.5, 0.7),
    Habit("weekend afternoon", "56", 15.4, 1.5, 60, (0.34, 0.4, 0.34),
          {"city pop": 2, "post-rock": 2, "dream pop": 2, "hip hop": 1.5, "soul": 1, "krautrock": 1}, 0.3, 1.0),
)  # fmt: skip

EVENING = HABITS[4]

#: How much she listens at all, by year.
ZEAL: Curve = ((2015.0, 0.55), (2016, 0.85), (2017.5, 1.2), (2019, 0.95), (2020.3, 1.35), (2021.5, 1.2), (2024.5, 0.9))
SILENCES = ((date(2019, 2, 4), date(2019, 2, 24)),)  # three weeks in hospital
STREAKS = ((date(2021, 1, 5), date(2021, 6, 16)), (date(2024, 5, 21), date(2024, 6, 30)))  # never a day without
JOURNEYS = (  # first day, last day, country, hours ahead of Berlin
    (date(2016, 8, 6), date(2016, 8, 20), "PT", -1),
    (date(2018, 10, 6), date(2018, 10, 24), "JP", 7),
    (date(2022, 7, 23), date(2022, 8, 5), "NO", 0),
    (date(2023, 9, 9), date(2023, 9, 17), "IT", 0),
)
SHOWS = (  # name, kind, first, weeks between episodes, minutes
    ("The Slow Atlas", "podcast", date(2017, 3, 6), 2, 38),
    ("Kilometre Null", "podcast", date(2019, 9, 2), 1, 52),
    ("Night Desk", "video", date(2021, 2, 1), 3, 33),
)
BOOK = ("The Lighthouse Ledger", date(2022, 11, 12), 24)  # title, first evening, chapters


class Life(NamedTuple):
    """What makes one listener another than the next. ``streaks`` are kept up by the habit called evening."""

    habits: tuple[Habit, ...] = HABITS
    zeal: Curve = ZEAL
    silences: tuple[tuple[date, date], ...] = SILENCES
    streaks: tuple[tuple[date, date], ...] = STREAKS
    journeys: tuple[tuple[date, date, str, int], ...] = JOURNEYS


MIRA = Life()


class Listener:
    """Raises nothing; takes its chances from ``rng`` alone. ``people`` are the artists she may come to know."""

    def __init__(
        self, rng: random.Random, people: list[Artist], first: date, last: date, rate: float = 1.0, life: Life = MIRA
    ) -> None:
        self.rng, self.people, self.first, self.last, self.rate = rng, people, first, last, rate
        self.life = life
        self._taste = _Taste(people, life.habits)
        self._known: dict[tuple[int, int], tuple[list[Track], list[float]]] = {}
        self._free = 0.0  # UTC seconds from which nothing plays
        self._shelf = _shelf(rng, last)

    def plays(self) -> Iterator[Play]:
        day = self.first
        while day <= self.last:
            if not any(begin <= day <= end for begin, end in self.life.silences):
                yield from self._day(day)
            day += timedelta(1)

    def _day(self, day: date) -> Iterator[Play]:
        rng, year = self.rng, _year(day)
        country, ahead = _whereabouts(day, self.life)
        era = 0 if day < date(2020, 3, 16) else 1 if day < date(2021, 9, 1) else 2
        zeal, copies = self.rate * _level(self.life.zeal, year), math.ceil(self.rate)
        bound = any(first <= day <= last for first, last in self.life.streaks)
        away = any(day == first - timedelta(1) for first, _ in self.life.streaks)  # the day before a streak is still
        if away or (not bound and rng.random() < 0.07 / max(1.0, self.rate)):
            return
        chosen = [
            habit
            for habit in self.life.habits * copies
            if str(day.weekday()) in habit.days and rng.random() < habit.chance[era] * min(1.0, zeal / copies)
        ]
        if bound and all(habit.hour > 22 for habit in chosen):
            chosen.append(EVENING)
        self._taste.move(year)
        hours = [(rng.gauss(habit.hour, habit.spread), habit) for habit in chosen]
        for hour, habit in sorted(hours, key=itemgetter(0)):
            begin = datetime(day.year, day.month, day.day, tzinfo=BERLIN).timestamp() + 3600 * (hour - ahead)
            begin = max(begin, self._free + rng.uniform(20, 900))
            length = 60 * habit.minutes * rng.lognormvariate(0.0, 0.5)
            yield from self._session(habit, begin, begin + length, year, country)
        yield from self._spoken(day, country)

    def _session(self, habit: Habit, begin: float, until: float, year: float, country: str) -> Iterator[Play]:
        rng = self.rng
        device = _device(rng, habit, year)
        offline, private = rng.random() < habit.offline, rng.random() < 0.015
        album = rng.random() < habit.albums
        songs = self._album(habit, year) if album else self._mix(habit, year)
        shuffle = not album and rng.random() < 0.6
        now, began = begin, rng.choice(("clickrow", "clickrow", "playbtn", "appload"))
        for track, repeated in songs:
            if now >= until:
                break
            ms, ended = self._hearing(track, habit, album or repeated)
            if now + ms / 1000 > until + 240:  # she stops in the middle of the last one
                ms = min(ms, max(400, int(1000 * (until + 240 - now))))
                ended = rng.choice(("endplay", "endplay", "logout", "unexpected-exit-while-paused", "remote"))
            pause = rng.uniform(20, 700) if rng.random() < 0.015 else 0.0
            now += ms / 1000 + pause
            yield Play(int(now), ms, track, began, ended, shuffle, offline, private, device, country)
            if ended == "backbtn":  # and from the beginning again
                now += track.ms / 1000 + 0.4
                yield Play(int(now), track.ms, track, ended, "trackdone", shuffle, offline, private, device, country)
                ended = "trackdone"
            now += rng.uniform(0.1, 1.4)
            began = {"endplay": "clickrow", "trackerror": "trackdone"}.get(ended, ended)
            if ended in ("logout", "unexpected-exit-while-paused", "remote"):
                break
        self._free = now

    def _hearing(self, track: Track, habit: Habit, wanted: bool) -> tuple[int, str]:
        """How many ms are heard, and how it ends."""
        rng = self.rng
        chance = rng.random()
        if chance < 0.002:
            return 0, "trackerror"
        if chance < 0.007:
            return int(rng.uniform(4_000, 0.6 * track.ms)), "backbtn"
        skipping = (0.03 if wanted else 0.3) * habit.impatience * track.artist.tiring / (1 + 0.25 * track.liking)
        if chance < 0.007 + skipping:
            at_once, later = 900 + rng.lognormvariate(9.1, 1.2), track.ms * rng.uniform(0.1, 0.9)
            return int(min(at_once if rng.random() < 0.6 else later, 0.93 * track.ms)), "fwdbtn"
        if chance < 0.03 + skipping:
            return int(track.ms * rng.uniform(0.05, 0.95)), "endplay"
        return track.ms, "trackdone"

    def _mix(self, habit: Habit, year: float) -> Iterator[tuple[Track, bool]]:
        """Songs of the habit's genres; sometimes more of the same artist, sometimes one song over and over."""
        rng = self.rng
        artist = -1
        while True:
            if artist < 0 or rng.random() > 0.28:
                artist = self._taste.choose(rng, habit)
            track = self._song(artist, year)
            yield track, False
            if rng.random() < 0.004:
                yield from itertools.repeat((track, True), rng.randint(3, 14))

    def _album(self, habit: Habit, year: float) -> Iterator[tuple[Track, bool]]:
        """One album after the other, in order, the newest most often."""
        rng = self.rng
        while True:
            artist = self.people[self._taste.choose(rng, habit)]
            out = [songs for came, songs in artist.albums if came <= year and len(songs) > 2]
            if not out:
                songs = [self._song(self._taste.choose(rng, habit), year)]
            else:
                songs = out[-1] if rng.random() < 0.5 else rng.choice(out)
            yield from ((song, True) for song in songs)

    def _song(self, artist: int, year: float) -> Track:
        albums = self.people[artist].albums
        out = sum(came <= year for came, _ in albums) or 1
        if (artist, out) not in self._known:
            tracks = [track for _, songs in albums[:out] for track in songs]
            self._known[artist, out] = tracks, list(itertools.accumulate(track.liking for track in tracks))
        tracks, sums = self._known[artist, out]
        return tracks[bisect(sums, self.rng.random() * sums[-1], hi=len(sums) - 1)]

    def _spoken(self, day: date, country: str) -> Iterator[Play]:
        """Podcasts at breakfast, a book in the winter evenings: what came out last and is not heard yet."""
        rng = self.rng
        for what, out in self._shelf:
            if out > day:
                return
            if rng.random() > 0.55:
                continue
            self._shelf.remove((what, out))
            hour = {"audiobook": 22.9, "video": 12.6}.get(what.kind, 9.0) + rng.uniform(0.0, 0.5)
            begin = datetime(day.year, day.month, day.day, tzinfo=BERLIN).timestamp() + 3600 * hour
            heard = what.ms if rng.random() < 0.6 else int(what.ms * rng.uniform(0.04, 0.9))
            now = int(begin + heard / 1000)
            ended = "trackdone" if heard == what.ms else "endplay"
            device = "web_player linux" if what.kind == "video" else "android"
            yield Play(now, heard, what, "clickrow", ended, False, False, False, device, country)
            return


class _Taste:
    """Which artists she wants to hear, moved month by month."""

    def __init__(self, people: list[Artist], habits: tuple[Habit, ...]) -> None:
        self._habits = habits
        most = max(len(artist.phases) for artist in people)
        blank = (0.0, 0.0, 1.0)
        padded = [[*artist.phases, *[blank] * (most - len(artist.phases))] for artist in people]
        self._peak, self._height, self._fade = np.moveaxis(np.array(padded), 2, 0)  # each (artists, phases)
        self._found = np.array([artist.found for artist in people])
        self._liking = np.array([artist.liking for artist in people])
        numbers = {genre.name: place for place, genre in enumerate(GENRES)}
        genre = np.array([numbers[artist.genre.name] for artist in people])
        self._of_genre = [np.flatnonzero(genre == place) for place in range(len(GENRES))]
        self._month = -1
        self._sums: list[list[float]] = []
        self._genres: dict[str, list[float]] = {}

    def move(self, year: float) -> None:
        """To the month of ``year`` (such as 2018.5)."""
        if int(12 * year) == self._month:
            return
        self._month = int(12 * year)
        ago = year - self._peak
        warmth = self._height * np.exp(-np.where(ago >= 0, ago / self._fade, -4 * ago / self._fade))
        weight = self._liking * (0.06 + warmth.sum(axis=1)) * (self._found <= year)
        self._sums = [np.cumsum(weight[members]).tolist() for members in self._of_genre]
        of_genre = [
            genre.weight(year) * (0.3 + sums[-1]) * (sums[-1] > 0)
            for genre, sums in zip(GENRES, self._sums, strict=True)
        ]
        self._genres = {
            habit.name: list(
                itertools.accumulate(
                    weight * habit.genres.get(genre.name, 0.12) for weight, genre in zip(of_genre, GENRES, strict=True)
                )
            )
            for habit in self._habits
        }

    def choose(self, rng: random.Random, habit: Habit) -> int:
        """The number of an artist."""
        genres = self._genres[habit.name]
        genre = bisect(genres, rng.random() * genres[-1], hi=len(genres) - 1)
        sums = self._sums[genre]
        return int(self._of_genre[genre][bisect(sums, rng.random() * sums[-1], hi=len(sums) - 1)])


def _shelf(rng: random.Random, last: date) -> list[tuple[Spoken, date]]:
    """All episodes and chapters with the day they come out, oldest first."""

    def uri(of: str) -> str:
        return f"spotify:{of}:" + "".join(rng.choices("0123456789ABCDEFabcdefXYZxyz", k=22))

    shelf = []
    for show, kind, first, weeks, minutes in SHOWS:
        show_uri = uri("show")
        for number in range((last - first).days // (7 * weeks)):
            ms = int(60_000 * minutes * rng.lognormvariate(0.0, 0.25))
            episode = Spoken(kind, show, f"{number + 1}: {rng.choice(_TOPICS)}", ms, uri("episode"), show_uri)
            shelf.append((episode, first + timedelta(7 * weeks * number)))
    title, first, chapters = BOOK
    book = uri("book")
    for number in range(chapters):
        ms = int(60_000 * rng.uniform(17, 34))
        chapter = Spoken("audiobook", title, f"Chapter {number + 1}", ms, uri("chapter"), book)
        shelf.append((chapter, first + timedelta(4 * number)))
    return sorted(shelf, key=lambda item: item[1])


_TOPICS = (
    "Bridges",
    "A map of tides",
    "Who owns the night bus?",
    "Salt",
    "Letters to nobody",
    "The last telephone box",
    "Weather rooms",
    "Moving a church",
    "Bees of Tempelhof",
    "What the ferryman said",
)


def _device(rng: random.Random, habit: Habit, year: float) -> str:
    if "work" in habit.name and habit.name != "at work":
        return "Android OS 6.0.1 API 23" if year < 2019.5 else "android"
    if habit.name in ("at work", "afternoon"):
        return "Linux [x86-64 0]" if year < 2019.5 else "linux"
    return rng.choice(("android", "Partner google cast", "linux", "web_player linux"))


def _whereabouts(day: date, life: Life) -> tuple[str, int]:
    for first, last, country, ahead in life.journeys:
        if first <= day <= last:
            return country, ahead
    return "DE", 0


def _year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def plays_of_a_rate(first: date, last: date) -> float:
    """About how many plays of music a listener of rate 1.0 has between two days."""
    days = [first + timedelta(number) for number in range(0, (last - first).days, 30)]
    return 30 * 20.4 * sum(_level(ZEAL, _year(day)) for day in days)


def _level(curve: Curve, year: float) -> float:
    return float(np.interp(year, [at for at, _ in curve], [level for _, level in curve]))
