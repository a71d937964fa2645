"""The signals of discovery on 400 real listeners who were held out: HetRec Last.fm, with services played by the others.

The artists that 1,092 listeners have in common make the replies: the best 100 similar ones, with matches relative to
the best, and the tags they gave. A fifth of a listener's artists is to be found among all that he does not have. What
the signals are made with was chosen on 400 further listeners.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array, diags_array

from tests.histories import make_history
from tui_music.engine.blend import standardised
from tui_music.engine.candidate import Mode, Query, Recommender
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening, listening
from tui_music.engine.popularity import Popularity
from tui_music.engine.similar import SecondHand, Similar
from tui_music.engine.tags import Tags
from tui_music.library.history import Float64, Int64

pytestmark = pytest.mark.real_data

ANY = Query(Mode.DISCOVER, hour=0)
TRAIN, VALIDATION, TEST = slice(0, 1092), slice(1092, 1492), slice(1492, 1892)
K = 10


@dataclass(frozen=True)
class World:
    """``plays`` has shape (listeners, artists)."""

    plays: csr_array
    knowledge: Knowledge

    def listeners(self, part: slice, asked: bool) -> Iterator[tuple[Listening, Knowledge, Int64]]:
        """Of each listener of a part four fifths of the artists, what services know (``asked`` about everybody, or
        only about these), and the artists to be found."""
        rng = np.random.default_rng(0)
        nobody = listening(make_history([]), "UTC")
        for who in np.random.default_rng(1).permutation(self.plays.shape[0])[part].tolist():
            row = slice(*self.plays.indptr[who : who + 2])
            artist, plays = self.plays.indices[row], self.plays.data[row]
            order = rng.permutation(len(artist))
            hidden, kept = np.split(order, [max(1, len(artist) // 5)])
            if len(kept) < 4:
                continue
            zero = np.zeros(len(kept), np.int64)  # one row stands for all plays of an artist, heard just now
            heard = replace(nobody, start=zero, artist=artist[kept], completion=plays[kept])
            yield heard, self.knowledge if asked else self._about(artist[kept]), artist[hidden].astype(np.int64)

    def _about(self, artists: Int64) -> Knowledge:
        asked = np.isin(np.arange(len(self.knowledge)), artists)
        similar = csr_array(diags_array(asked.astype(np.float32)) @ self.knowledge.similar)
        similar.eliminate_zeros()
        return replace(self.knowledge, similar=similar, asked=asked.astype(np.int64))


@pytest.fixture(scope="module")
def world(real_data: Path) -> World:
    folder = real_data / "hetrec2011-lastfm-2k"
    table = np.loadtxt(folder / "user_artists.dat", np.int64, skiprows=1)
    users, user = np.unique(table[:, 0], return_inverse=True)
    artists, artist = np.unique(table[:, 1], return_inverse=True)
    plays = csr_array((table[:, 2].astype(np.float64), (user, artist)), shape=(len(users), len(artists)))
    others = np.random.default_rng(1).permutation(len(users))[TRAIN]
    given = np.loadtxt(folder / "user_taggedartists.dat", np.int64, skiprows=1, usecols=(0, 1, 2), encoding="latin-1")
    given = given[np.isin(given[:, 0], users[others]) & np.isin(given[:, 1], artists)]
    tags, tag = np.unique(given[:, 2], return_inverse=True)
    counts = csr_array(
        (np.ones(len(given)), (np.searchsorted(artists, given[:, 1]), tag)), shape=(len(artists), len(tags))
    )
    most = np.maximum(counts.max(axis=1).toarray(), 1.0)
    similar, asked = _similar(plays[others] > 0), np.ones(len(artists), np.int64)
    return World(
        plays,
        Knowledge(
            artists=[str(number) for number in artists],
            own=len(artists),
            similar=similar,
            tags=csr_array(diags_array(100 / most) @ counts).astype(np.float32),
            tag_names=[str(number) for number in tags],
            listeners=np.asarray((plays[others] > 0).sum(axis=0), np.float64),
            asked=asked,
            tagged=(np.diff(counts.indptr) > 0).astype(np.int64),
        ),
    )


def _similar(has: csr_array) -> csr_array:
    """What a service answers: cosine of the listeners in common (two at least), shrunk; 100 each, the best with 1."""
    both = (has.T.astype(np.float64) @ has.astype(np.float64)).tocsr()
    many = both.diagonal()
    rows = np.repeat(np.arange(both.shape[0]), np.diff(both.indptr))
    good = (rows != both.indices) & (both.data >= 2)
    rows, columns, common = rows[good], both.indices[good], both.data[good]
    likeness = common / (np.sqrt(many[rows] * many[columns]) + 10)
    order = np.lexsort((-likeness, rows))
    rows, columns, likeness = rows[order], columns[order], likeness[order]
    first = np.searchsorted(rows, rows)
    match = likeness / likeness[first]
    named = (np.arange(len(rows)) - first < 100) & (match >= 0.05)
    return csr_array((match[named].astype(np.float32), (rows[named], columns[named])), shape=both.shape)


def ndcg(score: Float64, seeds: Int64, relevant: Int64) -> float:
    score = np.nan_to_num(score, nan=-np.inf)
    score[seeds] = -np.inf
    best = np.argsort(-score, kind="stable")[:K]
    gain = 1 / np.log2(np.arange(2, K + 2))
    return float(gain[np.isin(best, relevant) & np.isfinite(score[best])].sum() / gain[: len(relevant)].sum())


@pytest.mark.parametrize("asked", [True, False])
def test_each_signal_helps(world: World, asked: bool) -> None:
    signals: dict[str, Recommender] = {
        "similar": Similar(),
        "second-hand": SecondHand(),
        "tags": Tags(),
        "tags, not shrunk": Tags(shrink=1e-9),
        "popularity": Popularity(),
    }
    blends = {
        "similar + second-hand": (1.0, 0.3, 0.0, 0.0, 0.0),
        "similar + second-hand + tags": (1.0, 0.3, 0.6, 0.0, 0.0),
    }
    reached: dict[str, list[float]] = {name: [] for name in (*signals, *blends)}
    for heard, knowledge, relevant in world.listeners(TEST, asked):
        seeds = heard.artist.astype(np.int64)
        said = np.column_stack([signal.fit(heard, knowledge).scores(ANY) for signal in signals.values()])
        for column, name in enumerate(signals):
            reached[name].append(ndcg(said[:, column].copy(), seeds, relevant))
        nobody = np.isnan(said[:, :3]).all(axis=1)
        said[seeds] = np.nan
        unit, _, _ = standardised(said)
        for name, weights in blends.items():
            reached[name].append(ndcg(np.where(nobody, np.nan, unit @ np.array(weights)), seeds, relevant))
    mean = {name: float(np.mean(values)) for name, values in reached.items()}
    assert mean["similar"] > 2 * mean["popularity"]
    assert mean["tags"] > 1.5 * mean["tags, not shrunk"]
    assert mean["similar + second-hand + tags"] > mean["similar + second-hand"] > mean["similar"] - 0.002
