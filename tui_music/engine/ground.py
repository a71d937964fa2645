"""What is true of artists whatever is asked: plays and ranks, likeness, and where each stands on the dials' axes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

from tui_music.engine.blend import standardised
from tui_music.engine.candidate import Mode
from tui_music.engine.hearings import DAY_S
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.engine.similar import seed_weights
from tui_music.library.history import Bool, Float64, Int32, Int64, Names
from tui_music.text import fold

#: An artist with at most so many counted plays may still be discovered: "never played, or barely".
BARELY = 2
#: So many artists are "your top".
TOP = 9
#: Plays so old (days) count half as "lately".
LATELY_DAYS = 60.0
Column = TypeVar("Column", Int64, Float64)


def nothing_known(names: Names) -> Knowledge:
    """The knowledge of a library whose services were never asked."""
    own = len(names.artists)
    none = np.zeros(own, np.int64)
    return Knowledge(
        artists=names.artists,
        own=own,
        similar=csr_array((own, own), dtype=np.float32),
        tags=csr_array((own, 0), dtype=np.float32),
        tag_names=[],
        listeners=np.full(own, np.nan),
        asked=none,
        tagged=none,
    )


@dataclass(frozen=True, repr=False, eq=False)
class Ground:
    """Columns have shape (artists of the knowledge,). ``community`` numbers groups of like artists, −1 for none."""

    listening: Listening
    knowledge: Knowledge
    community: Int32

    @cached_property
    def plays(self) -> Int64:
        """Counted plays."""
        return _widened(self.listening.plays, len(self.knowledge), 0)

    @cached_property
    def last(self) -> Int64:
        """Start of the last counted play, UTC seconds; −1 for never."""
        return _widened(self.listening.last, len(self.knowledge), -1)

    @cached_property
    def by_name(self) -> Int64:
        """All artists in the order of their names, by code point."""
        names = self.knowledge.artists
        return np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)

    @cached_property
    def rank(self) -> Int64:
        """Place by counted plays from 1 on, 0 for never heard; equals by name."""
        heard = self.by_name[self.plays[self.by_name] > 0]
        rank = np.zeros(len(self.knowledge), np.int64)
        rank[heard[np.argsort(-self.plays[heard], kind="stable")]] = np.arange(1, len(heard) + 1)
        return rank

    @cached_property
    def code_of(self) -> dict[str, int]:
        """The artist of a name as it is shown."""
        return {name: code for code, name in enumerate(self.knowledge.artists)}

    @cached_property
    def of_name(self) -> dict[str, list[int]]:
        """The artists of a folded name."""
        artists: dict[str, list[int]] = {}
        for code, name in enumerate(self.knowledge.artists):
            artists.setdefault(fold(name), []).append(code)
        return artists

    @cached_property
    def top(self) -> dict[str, int]:
        """The nine artists with most counted plays and their ranks, by name."""
        return {
            self.knowledge.artists[code]: int(self.rank[code])
            for code in np.flatnonzero((self.rank > 0) & (self.rank <= TOP))
        }

    @cached_property
    def seed_weight(self) -> Float64:
        """How much each artist counts where recommendations start from what is listened to."""
        return seed_weights(self.listening, self.knowledge)

    @cached_property
    def recent(self) -> Float64:
        """Counted plays, those of 60 days ago counting half, those of 120 days ago a quarter."""
        listening = self.listening
        worth = np.exp2((listening.start - listening.now) / (LATELY_DAYS * DAY_S))
        recent: Float64 = np.bincount(listening.artist, worth, listening.artists).astype(np.float64, copy=False)
        return _widened(recent, len(self.knowledge), 0.0)

    @cached_property
    def closeness(self) -> Float64:
        """The highest similarity to an artist that was heard, and 1 more for having been heard."""
        heard = self.plays > 0
        graph = self.knowledge.graph
        near = graph.data * heard[graph.indices]
        highest = np.zeros(len(heard))
        some = np.flatnonzero(np.diff(graph.indptr))
        if len(some):
            highest[some] = np.maximum.reduceat(near, graph.indptr[some])
        return highest + heard

    @cached_property
    def leaning(self) -> tuple[Float64, Float64]:
        """How much of the listening points to an artist by similarity: the recent plays, and all plays."""
        graph = self.knowledge.graph
        return graph @ np.log1p(self.recent), graph @ np.log1p(self.plays)

    def axes(self, mode: Mode, codes: Int64) -> Float64:
        """Newness, obscurity, lateness of the artists ``codes``, shape (codes, 3): see :class:`Dials`. Each has a mean
        of 0 and lies between −1 and 1; 0 is what is not known, too."""
        obscurity = -np.log1p(self.knowledge.listeners[codes])
        if mode is Mode.FAMILIAR:
            plays = np.log1p(self.plays[codes])
            newness, recent, ever = -plays, np.log1p(self.recent[codes]), plays
        else:
            newness, (recent, ever) = -self.closeness[codes], (side[codes] for side in self.leaning)
        unit, _, _ = standardised(np.column_stack([newness, obscurity, recent, ever]))
        axes = np.column_stack([unit[:, :2], unit[:, 2] - unit[:, 3]])
        furthest: Float64 = np.abs(axes).max(axis=0, initial=1e-9)
        return axes / furthest

    def candidates(self, mode: Mode, seeds: Int32 | None) -> Bool:
        """Whether an artist is in question: to be played again, heard and one of the seeds; else hardly heard yet."""
        if mode is Mode.DISCOVER:
            return self.plays <= BARELY
        asked = self.plays > 0
        if seeds is not None:
            among = np.zeros(len(asked), np.bool_)
            among[seeds] = True
            asked &= among
        return asked


def _widened(column: Column, size: int, fill: float) -> Column:
    return np.append(column, np.full(size - len(column), fill, column.dtype))
