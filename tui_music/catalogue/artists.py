"""How artists sound: the mean of their tracks in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_music.catalogue.catalogue import Catalogue
from tui_music.catalogue.features import FEATURES, Float32
from tui_music.catalogue.profile import words_in_common
from tui_music.text import fold

#: So many tracks of an artist are enough to tell, the most popular ones.
_TRACKS = 30
_WEIGHT = np.array(list(FEATURES.values()), np.float32)


class ArtistSounds:
    """Places of artists in the space that tracks are compared in."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._number = catalogue.artist_numbers()

    def of(self, names: Sequence[str]) -> Float32:
        """The means of the artists' tracks, shape (names, FEATURES); a row of nan for whom the catalogue lacks."""
        number = (self._number.get(fold(name) or name) for name in names)
        nobody = np.empty(0, np.int32)
        lists = [nobody if each is None else self._catalogue.terms.having(each)[:_TRACKS] for each in number]
        track = np.concatenate([nobody, *lists])
        row = np.repeat(np.arange(len(names)), [len(each) for each in lists])
        heard = self._catalogue.sounds(track)
        track, row = track[heard], row[heard]
        many = np.bincount(row, minlength=len(names))
        found = np.full((len(names), len(FEATURES)), np.nan, np.float32)
        for column, feature in enumerate(self._catalogue.sound):
            total = np.bincount(row, feature[track], len(names))
            np.divide(total, many, out=found[:, column], where=many > 0, casting="same_kind")
        return found

    def in_common(self, one: Float32, other: Float32) -> str:
        """What two places have in common ("same energy and tempo, both acoustic"), "" for nothing that stands out."""
        pairs = (np.stack([one, other], axis=1) / _WEIGHT[:, None]).tolist()
        return words_in_common(dict(zip(FEATURES, pairs, strict=True)))
