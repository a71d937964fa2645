"""What music services know of artists, in arrays: similarity, tags, popularity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scipy.sparse import csr_array

from tui_music.library.history import Float64, Int64


@dataclass(frozen=True, repr=False, eq=False)
class Knowledge:
    """Artists by code, first the library's by their own codes, then those that only services name.

    ``similar`` has shape (artists, artists), float32: the match 0–1 that was answered when the artist of the row was
    asked, as it came (a match is relative to the best of its own reply, so it is not symmetric). ``tags`` has shape
    (artists, tags), float32 counts 0–100 as answered, named by ``tag_names``. ``listeners`` is float64 of shape
    (artists,), nan where unknown. ``asked`` and ``tagged`` are int64 UTC seconds of the replies (artists,), 0 = never.
    """

    artists: list[str]
    own: int
    similar: csr_array
    tags: csr_array
    tag_names: list[str]
    listeners: Float64
    asked: Int64
    tagged: Int64

    def __len__(self) -> int:
        return len(self.artists)

    @cached_property
    def is_empty(self) -> bool:
        """Whether the services have told nothing yet."""
        return bool(self.similar.nnz == 0 and self.tags.nnz == 0)
