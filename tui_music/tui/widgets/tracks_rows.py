"""Rows of the screen Tracks: tracks that are alike, tracks found, clusters, what can be charted, a playlist."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from tui_music.text import shown
from tui_music.tui.tracks_asked import Hit
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Bar, Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, clock, count, ratio
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import CatalogueTrack, Cluster, SimilarTrack
    from tui_music.tui.tracks_charts import Entry

_STRIP = 10
_KEYS = "C D♭ D E♭ E F F♯ G A♭ A B♭ B".split()
_YEAR = Column(Figure("year"), 4, "right", drop=7)
_GENRE = Column(Figure("genre"), 9, flex=1, drop=9, most=18)
_POPULARITY = Column(Figure("pop"), 3, "right", drop=6)


def _song(titles: int = 14) -> tuple[Column, Column]:
    return Column(Figure("track"), titles, flex=3, most=50), Column(Figure("artist"), 9, flex=2, most=34)


def strip(sound: float, text: float, width: int = _STRIP) -> Figure:
    """Both shares of a score of at most 1: ``█`` is sound, ``▒`` is text."""
    end = round((sound + text) * width)
    cut = min(end, round(sound * width))
    return Figure(("█" * cut + "▒" * (end - cut)).ljust(width))


class _TrackRows(Rows):
    """Rows of tracks; those of the library, if it is known, are without the mark of what is new."""

    def __init__(self, own: Collection[int] | None) -> None:
        self._own = own

    def track(self, index: int) -> CatalogueTrack | None:
        raise NotImplementedError

    def _mark(self, track: CatalogueTrack | None) -> Cell:
        new = track is not None and self._own is not None and track.index not in self._own
        return Cell(Figure("✦" if new else " "), Role.NEW)


class SimilarRows(_TrackRows):
    """An answer of the catalogue: with the shares of each score, or for popular tracks without."""

    counting = 2

    def __init__(self, rows: Sequence[SimilarTrack], considered: int, own: Collection[int] | None) -> None:
        super().__init__(own)
        self.rows, self.considered = rows, considered
        self._scored = any(row.score for row in rows)
        scores = (
            Column(Figure("score"), 5, "right"),
            Column(Figure("█sound▒text"), _STRIP + 1, drop=4),
            Column(Figure("sound"), 5, "right", drop=8),
            Column(Figure("text"), 4, "right", drop=8),
        )
        numbers = max(2, len(count(len(rows))))
        plain = (Column(Figure("popularity"), 12, flex=1, drop=4, most=20), _POPULARITY)
        self.columns = (
            Column(Figure("#"), numbers, "right"),
            Column(NOTHING, 1),
            *_song(),
            *(scores if self._scored else plain),
            _YEAR,
            _GENRE,
        )

    def __len__(self) -> int:
        return len(self.rows)

    def track(self, index: int) -> CatalogueTrack:
        return self.rows[index].track

    def position(self, index: int) -> Figure:
        return Figure(f"{index + 1:,} of {self.considered:,}")

    def cells(self, index: int) -> Sequence[Item]:
        row = self.rows[index]
        track = row.track
        scores: tuple[Item, ...] = (
            Cell(Figure(f"{row.score:.3f}")),
            Cell(strip(row.sound, row.text), Role.BAR),
            Cell(ratio(row.sound), Role.QUIET),
            Cell(ratio(row.text), Role.QUIET),
        )
        plain: tuple[Item, ...] = (Bar((track.popularity or 0) / 100), Cell(_or_nothing(track.popularity), Role.QUIET))
        return (
            Cell(count(row.rank), Role.QUIET),
            self._mark(track),
            *_names(track.title, track.artist),
            *(scores if self._scored else plain),
            Cell(_or_nothing(track.year), Role.QUIET),
            Cell(shown(track.genre), Role.QUIET),
        )


class FoundRows(_TrackRows):
    """Tracks found by name."""

    counting = 1

    def __init__(self, hits: Sequence[Hit], own: Collection[int] | None) -> None:
        super().__init__(own)
        self.hits = hits
        self.columns = (Column(NOTHING, 1), *_song(18), _POPULARITY, _YEAR, _GENRE)

    def __len__(self) -> int:
        return len(self.hits)

    def track(self, index: int) -> CatalogueTrack | None:
        return self.hits[index].track

    def cells(self, index: int) -> Sequence[Item]:
        hit = self.hits[index]
        named = (self._mark(hit.track), *_names(hit.title, hit.artist))
        if hit.track is None:
            return (*named, Cell(Figure("only in your library"), Role.QUIET))
        return (
            *named,
            Cell(_or_nothing(hit.track.popularity)),
            Cell(_or_nothing(hit.track.year), Role.QUIET),
            Cell(shown(hit.track.genre), Role.QUIET),
        )


class PlaylistRows(_TrackRows):
    """A playlist in its order: what neighbours are to have in common."""

    counting = 2

    def __init__(self, rows: Sequence[SimilarTrack], own: Collection[int] | None, sound: Sequence[str]) -> None:
        super().__init__(own)
        self.rows = rows
        self._at = {name: place for place, name in enumerate(sound)}
        self.columns = (
            Column(Figure("#"), max(2, len(count(len(rows)))), "right"),
            Column(NOTHING, 1),
            *_song(),
            Column(Figure("bpm"), 3, "right"),
            Column(Figure("key"), 8, drop=6),
            Column(Figure("energy"), 10, drop=5),
            Column(Figure("pop"), 3, "right", drop=7),
            Column(Figure("length"), 6, "right", drop=4),
        )

    def __len__(self) -> int:
        return len(self.rows)

    def track(self, index: int) -> CatalogueTrack:
        return self.rows[index].track

    def cells(self, index: int) -> Sequence[Item]:
        row = self.rows[index]
        track = row.track
        energy = float(track.features[self._at["energy"]])
        seed = row.level.value == "seed"
        return (
            Cell(count(index + 1), Role.HEAD if seed else Role.QUIET),
            self._mark(track),
            *_names(track.title, track.artist),
            Cell(NOTHING if track.tempo is None else Figure(f"{track.tempo:.0f}")),
            Cell(self._key(track), Role.QUIET),
            Bar(0.0 if math.isnan(energy) else energy),
            Cell(_or_nothing(track.popularity), Role.QUIET),
            Cell(NOTHING if track.duration_ms is None else clock(track.duration_ms), Role.QUIET),
        )

    def _key(self, track: CatalogueTrack) -> Figure:
        return key_of(*(float(track.features[self._at[name]]) for name in ("key", "mode")))


class ClusterRows(Rows):
    """Clusters, the largest first, with the means of what tells them apart."""

    counting = 1
    TOLD = (("tempo", 0), ("energy", 2), ("valence", 2), ("danceability", 2), ("acousticness", 2), ("loudness", 0))
    _WORDS: tuple[str, ...] = ("bpm", "energy", "valence", "dance", "acoust", "dB")

    def __init__(self, clusters: Sequence[Cluster], sound: Sequence[str]) -> None:
        self.clusters = clusters
        self._at = {name: place for place, name in enumerate(sound)}
        self._largest = max((each.size for each in clusters), default=0) or 1
        self.columns = (
            Column(Figure("#"), 2, "right"),
            Column(Figure("cluster"), 24, flex=3, most=44),
            Column(Figure("tracks"), max(6, len(count(self._largest))), "right"),
            Column(NOTHING, 6, flex=1, drop=9, most=24),
            *(
                Column(Figure(word), max(4, len(word)), "right", drop=place + 1)
                for place, word in enumerate(self._WORDS)
            ),
        )

    def __len__(self) -> int:
        return len(self.clusters)

    def cells(self, index: int) -> Sequence[Item]:
        each = self.clusters[index]
        means = ((float(each.means[self._at[name]]), digits) for name, digits in self.TOLD)
        return (
            Cell(count(index + 1), Role.QUIET),
            Cell(shown(each.name)),
            Cell(count(each.size)),
            Bar(each.size / self._largest),
            *(
                Cell(Figure("–" if math.isnan(mean) else f"{mean:.{digits}f}".replace("-", "−")))
                for mean, digits in means
            ),
        )

    def record(self, index: int) -> dict[str, object]:
        """One row for a spreadsheet."""
        each = self.clusters[index]
        means = {name: round(float(each.means[at]), 4) for name, at in self._at.items()}
        return {"cluster": index + 1, "name": each.name, "tracks": each.size, **means}


class ChartRows(Rows):
    """What can be charted, each with a small picture of it."""

    counting = 9
    columns = (
        Column(Figure("chart"), 16, flex=1, most=22),
        Column(NOTHING, 12, drop=1),
        Column(Figure("mean"), 7, "right", drop=2),
    )

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    def __len__(self) -> int:
        return len(self.entries)

    def cells(self, index: int) -> Sequence[Item]:
        entry = self.entries[index]
        return Cell(entry.name), Cell(entry.small, Role.BAR), Cell(entry.mean, Role.QUIET)


def key_of(key: float, mode: float) -> Figure:
    """``A♭ minor``; nothing where the key is not known."""
    if math.isnan(key):
        return NOTHING
    return Figure(_KEYS[int(key)] + ("" if math.isnan(mode) else " major" if mode >= 0.5 else " minor"))


def _names(title: str, artist: str) -> tuple[Cell, Cell]:
    return Cell(shown(title)), Cell(shown(artist), Role.QUIET)


def _or_nothing(number: int | None) -> Figure:
    return NOTHING if number is None else Figure(f"{number}")
