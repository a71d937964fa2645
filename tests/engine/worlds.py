"""Small listenings, knowledges and recommenders for tests of what is built on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from tests.histories import make_history
from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64, History

#: UTC seconds that invented replies were fetched at: 2024-01-01.
FETCHED = 1_704_067_200
DAY = 86_400


def plays_of(**plays: Sequence[float]) -> History:
    """A history that ends on 2024-01-01: of each artist, how many days before the end it was played."""
    rows = [
        (FETCHED - round(days * DAY), artist.replace("_", " "), f"{artist} {n}", 200_000)
        for artist, when in plays.items()
        for n, days in enumerate(when)
    ]
    return make_history(rows)


def known(
    history: History,
    similar: Mapping[str, Mapping[str, float]] | None = None,
    tags: Mapping[str, Mapping[str, float]] | None = None,
    listeners: Mapping[str, float] | None = None,
    at: int = FETCHED,
) -> Knowledge:
    """What services answered: who is similar to whom, tags with counts, listeners. Others than the library's artists
    get codes in the order of their names."""
    similar, tags, listeners = similar or {}, tags or {}, listeners or {}
    own = list(history.names.artists)
    named = {*similar, *tags, *listeners, *(name for row in similar.values() for name in row)}
    artists = own + sorted(named - set(own))
    tag_names = sorted({tag for row in tags.values() for tag in row})
    code = {name: at for at, name in enumerate(artists)}

    def matrix(rows: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> csr_array:
        full = np.zeros((len(artists), len(columns)), np.float32)
        for name, row in rows.items():
            for other, value in row.items():
                full[code[name], columns.index(other)] = value
        return csr_array(full)

    return Knowledge(
        artists=artists,
        own=len(own),
        similar=matrix(similar, artists),
        tags=matrix(tags, tag_names),
        tag_names=tag_names,
        listeners=np.array([listeners.get(name, np.nan) for name in artists]),
        asked=np.array([at if name in similar else 0 for name in artists], np.int64),
        tagged=np.array([at if name in tags else 0 for name in artists], np.int64),
    )


@dataclass
class Said:
    """A recommender that says of each artist what it was told to: by name the pieces of evidence, whose effects add up
    to the score. It has no opinion on the others."""

    name: str
    of: Mapping[str, Mapping[str, float]]
    sort: Of = Of.ARTIST
    unit: str = "similarity"
    asked: list[int] = field(default_factory=list)

    def fit(self, listening: Listening, knowledge: Knowledge) -> Said:
        self.artists_ = knowledge.artists
        return self

    def scores(self, query: Query) -> Float64:
        return np.array([sum(self.of[name].values()) if name in self.of else np.nan for name in self.artists_])

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        self.asked.append(artist)
        said = self.of.get(self.artists_[artist], {})
        each = [Evidence(self.sort, text, value, self.unit, value) for text, value in said.items()]
        return sorted(each, key=lambda one: -one.effect)
