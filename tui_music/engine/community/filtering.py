"""Which listeners and artists a model learns of: those with enough to go by."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from tui_music.library.history import Int64

MIN_PLAYS, MIN_LISTENERS = 5, 5


def enough(counts: csr_array, min_plays: int = MIN_PLAYS, min_listeners: int = MIN_LISTENERS) -> tuple[Int64, Int64]:
    """Listeners with at least ``min_plays`` plays of artists with at least ``min_listeners`` listeners, both in order.

    One filter may undo the other, so both are applied until nothing changes. Artists are counted by listeners: one
    fan's plays, however many, are one listener. In an evaluation it is applied to what is learnt from, never before
    the split: what is held out must not decide what is in.
    """
    listeners, artists = np.arange(counts.shape[0]), np.arange(counts.shape[1])
    while True:
        plenty = np.asarray(counts.sum(axis=1)).ravel() >= min_plays
        counts = counts[plenty]
        known = np.bincount(counts.indices, minlength=counts.shape[1]) >= min_listeners
        listeners, artists = listeners[plenty], artists[known]
        if plenty.all() and known.all():
            return listeners, artists
        counts = counts[:, known]
