"""How the invented songs sound: a table of tracks with audio features, as public ones are, for the demo's catalogue.

A song sounds like its genre, a little like its artist, and in part like nobody: three hidden sizes (drive, mood, how
much is sung) move the features together, as they do in real tables. Years and lengths are the albums' and the songs'.
"""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Iterable, Iterator, Sequence

from demo_world import Artist

HEADER = (
    "track_id", "track_name", "artist_name", "genre", "year", "popularity", "explicit", "danceability", "energy",
    "loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence", "tempo", "key", "mode",
    "duration_ms",
)  # fmt: skip
#: Songs of an artist that no table knows; of strangers, how many are known; songs whose Spotify id is known.
_UNKNOWN, _OF_STRANGERS, _WITH_ID = 0.12, 2, 0.4
#: Of a genre: drive and mood (−2 calm, sombre … 2), how much is sung (−2 … 2), beats a minute, how much is spoken.
_SOUNDS = {
    "dream pop": (-0.2, -0.3, 0.6, 112, 0.04),
    "slowcore": (-1.2, -0.9, 0.5, 84, 0.03),
    "choral": (-1.8, -0.8, 1.5, 78, 0.04),
    "ambient": (-1.7, -0.7, -1.8, 90, 0.04),
    "jazz": (-0.6, 0.3, -1.2, 118, 0.05),
    "city pop": (0.8, 1.3, 1.2, 116, 0.05),
    "indie folk": (-0.9, -0.1, 1.1, 104, 0.04),
    "krautrock": (0.7, 0.1, -1.0, 132, 0.05),
    "techno": (1.2, -0.2, -1.6, 128, 0.06),
    "hip hop": (0.6, 0.4, 1.3, 92, 0.26),
    "post-rock": (0.2, -1.1, -1.5, 120, 0.04),
    "soul": (0.1, 0.9, 1.3, 100, 0.06),
}


def table(rng: random.Random, people: Iterable[Artist], strangers: Iterable[Artist]) -> str:
    """A CSV of the songs of the listener's artists, and some of those she never met."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for artist in people:
        writer.writerows(row for row in _rows(rng, artist, 10_000) if rng.random() >= _UNKNOWN)
    for artist in strangers:
        writer.writerows(_rows(rng, artist, _OF_STRANGERS))
    return out.getvalue()


def _rows(rng: random.Random, artist: Artist, most: int) -> Iterator[Sequence[object]]:
    drive, mood, sung, tempo, spoken = _SOUNDS[artist.genre.name]
    own = [rng.gauss(each, 0.5) for each in (drive, mood, sung)]
    pace, fame = tempo * math.exp(rng.gauss(0, 0.08)), 28 + 26 * min(1.0, artist.liking) + rng.gauss(0, 9)
    count = 0
    for year, songs in artist.albums:
        for place, track in enumerate(songs):
            count += 1
            if count > most:
                return
            drive, mood, sung = (rng.gauss(each, 0.6) for each in own)
            energy = _share(1.3 * drive + 0.4)
            yield (
                track.uri.removeprefix("spotify:track:") if rng.random() < _WITH_ID else "",
                track.title,
                artist.name,
                artist.genre.name,
                int(year),
                round(min(100, max(0, fame + 8 * track.liking - 1.2 * place + rng.gauss(0, 6)))),
                int(spoken > 0.2 and rng.random() < 0.6),
                round(_share(0.4 * drive + 0.7 * mood + 0.2 + rng.gauss(0, 0.3)), 2),
                round(energy, 2),
                round(-20 + 15 * energy + rng.gauss(0, 1.2), 1),
                round(min(0.9, spoken * math.exp(rng.gauss(0, 0.5))), 2),
                round(_share(-1.5 * drive - 0.4 + rng.gauss(0, 0.6)), 2),
                round(_share(-2.2 * sung - 0.6 + rng.gauss(0, 0.5)), 2),
                round(min(0.95, 0.12 * math.exp(rng.gauss(0, 0.6))), 2),
                round(_share(1.2 * mood + 0.2 * drive + rng.gauss(0, 0.3)), 2),
                round(min(210.0, max(50.0, pace * math.exp(rng.gauss(0, 0.1))))),
                rng.choices(range(12), (12, 4, 11, 4, 8, 9, 4, 12, 4, 10, 4, 7))[0],
                int(rng.random() < _share(0.8 * mood + 0.4)),
                track.ms,
            )


def _share(value: float) -> float:
    return 1 / (1 + math.exp(-value))
