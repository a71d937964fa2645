"""What listeners who share one's artists play: the community as a signal of the engine."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.community.kept import Kept
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64, Int64
from tui_music.text import fold


class Company:
    """The community's blend of models, with the listener folded in by their counted plays.

    It knows whom the community knows: the library's artists, and those of the services, meet the community's by folded
    names, and several spellings of one artist count together. What was heard has no opinion on: that is not discovery.
    """

    name = "company"

    def __init__(self, community: Kept) -> None:
        self.community = community
        self._known: tuple[list[str], Int64] | None = None  # artists, and their places in the community, −1 for none

    def fit(self, listening: Listening, knowledge: Knowledge) -> Company:
        if self._known is None or self._known[0] is not knowledge.artists:
            code_of = self.community.code_of
            found = [code_of.get(fold(name) or name, -1) for name in knowledge.artists]
            self._known = knowledge.artists, np.array(found, np.int64)
        self.artists_, self.place_ = self._known
        self.plays_ = np.bincount(listening.artist, minlength=len(knowledge)).astype(np.int64)
        _, theirs = self._meeting()
        heard = np.zeros(len(self.community.artists), np.bool_)
        heard[theirs] = True
        self.new_ = np.flatnonzero((self.place_ >= 0) & ~heard[self.place_])
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan for who was heard, or is not known to the community, or where nobody is shared."""
        scores = np.full(len(self.place_), np.nan)
        profile = self._profile(query)
        if profile.nnz:
            said = self.community.blend.scores(profile)[0]
            scores[self.new_] = said[self.place_[self.new_]]
        return scores

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """Each artist of the listener's with what exactly it adds, and how often it was played."""
        profile = self._profile(query)
        if not profile.nnz or artist not in self.new_:
            return []
        effects = self.community.blend.parts(profile, self.place_[[artist]])[0].tolist()
        spoken = self._spoken(query)
        found = [
            Evidence(Of.ARTIST, self.artists_[spoken[code]], float(plays), "plays", effect)
            for code, plays, effect in zip(profile.indices.tolist(), profile.data.tolist(), effects, strict=True)
        ]
        return sorted(found, key=lambda each: (-each.effect, each.text))

    def _meeting(self, query: Query | None = None) -> tuple[Int64, Int64]:
        """The artists that were heard and are in question, and their places among the community's."""
        heard = self.plays_ > 0
        if query is not None and query.seeds is not None:
            asked = np.zeros(len(heard), np.bool_)
            asked[query.seeds] = True
            heard &= asked
        own = np.flatnonzero(heard & (self.place_ >= 0))
        return own, self.place_[own]

    def _profile(self, query: Query) -> csr_array:
        own, theirs = self._meeting(query)
        codes, at = np.unique(theirs, return_inverse=True)
        plays = np.bincount(at, self.plays_[own], len(codes)).astype(np.float32)
        shape = (1, len(self.community.artists))
        return csr_array((plays, codes.astype(np.int32), np.array([0, len(codes)], np.int32)), shape=shape)

    def _spoken(self, query: Query) -> dict[int, int]:
        """Of the community's artists the listener's that speaks for it: the one with most plays, equals by name."""
        own, theirs = self._meeting(query)
        order = sorted(zip(own.tolist(), theirs.tolist(), strict=True), key=self._by_plays)
        spoken: dict[int, int] = {}
        for code, place in order:
            spoken.setdefault(place, code)
        return spoken

    def _by_plays(self, pair: tuple[int, int]) -> tuple[int, str]:
        return -int(self.plays_[pair[0]]), self.artists_[pair[0]]
