"""What artists are said to be, and what friends play: the parts of a blend beside the counts themselves."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from tui_music.engine.community.community import Tagged
from tui_music.engine.community.models import Float32, dense, emphasis
from tui_music.library.history import Int64


def tag_counts(tagged: Tagged, artists: int) -> csr_array:
    """How often each artist was given each tag, shape (artists, tags), float32."""
    given = np.ones(len(tagged.tag), np.float32)
    counts = csr_array((given, (tagged.artist, tagged.tag)), shape=(artists, len(tagged.names)))
    counts.sum_duplicates()
    return counts


class Tags:
    """Artists that are tagged like those one plays: Σ emphasis × cosine of their tags, by TF-IDF.

    Without tags it has nothing to say, and says 0.
    """

    name = "tags"

    def __init__(self, power: float = 1.0) -> None:
        self.power = power

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> Tags:
        if tags is None:
            tags = csr_array((counts.shape[1], 1), dtype=np.float32)
        artists_with = np.bincount(tags.indices, minlength=tags.shape[1])
        rarity = np.log(tags.shape[0] / np.maximum(artists_with, 1))
        worth = np.log1p(tags.data) * rarity[tags.indices]
        row = np.repeat(np.arange(tags.shape[0]), np.diff(tags.indptr))
        length = np.sqrt(np.bincount(row, worth**2, tags.shape[0]))
        worth /= np.maximum(length, 1e-9)[row]
        self.tags_ = csr_array((worth.astype(np.float32), tags.indices, tags.indptr), shape=tags.shape)
        return self

    def scores(self, profiles: csr_array) -> Float32:
        return dense((emphasis(profiles, self.power) @ self.tags_) @ self.tags_.T)

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        said = emphasis(profile, self.power)
        parts: Float32 = dense(self.tags_[artists] @ self.tags_[said.indices].T) * said.data
        return parts


#: The likeness of friends who play nothing in common.
_JUST_FRIENDS = 0.05


def friends_play(friends: csr_array, profiles: csr_array, counts: csr_array) -> Float32:
    """What the friends of listeners play, shape (listeners asked, artists): those count more who play alike.

    ``friends`` has shape (listeners asked, listeners learnt from), ``profiles`` and ``counts`` are the plays of both.
    """
    asked, learnt = emphasis(profiles, 1.0), emphasis(counts, 1.0)
    alike = friends.multiply(asked @ learnt.T).tocsr()
    row = np.repeat(np.arange(friends.shape[0]), np.diff(alike.indptr))
    alike.data /= np.maximum(_length(asked)[row] * _length(learnt)[alike.indices], 1e-9)
    return dense((alike + _JUST_FRIENDS * friends) @ learnt)


def _length(said: csr_array) -> Float32:
    length: Float32 = np.sqrt(said.multiply(said).sum(axis=1))
    return length
