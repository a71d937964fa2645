"""Signals that go by files the person has: what a community plays, and how the catalogue's tracks sound."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_music.catalogue.artists import ArtistSounds
from tui_music.catalogue.catalogue import open_catalogue
from tui_music.engine.candidate import Recommender
from tui_music.engine.community import kept
from tui_music.engine.company import Company
from tui_music.engine.models import UnfitModel
from tui_music.engine.sound import Sound
from tui_music.errors import NoCatalogue


@dataclass(frozen=True, repr=False, eq=False)
class Others:
    """``recommenders``, not fitted, and the ``artists`` they name, whom neither library nor services need know."""

    recommenders: tuple[Recommender, ...] = ()
    artists: Sequence[str] = ()


def stamp(community: Path, catalogue: Path) -> tuple[int, ...]:
    """Changes when one of the two is built anew."""
    files = (community / kept.FILE, catalogue / "catalogue.json")
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)


def open_others(community: Path, catalogue: Path) -> Others:
    """What there is, from the folders of the two; takes some tenths of a second."""
    recommenders: list[Recommender] = []
    artists: Sequence[str] = ()
    with suppress(UnfitModel):  # done without until it is built again
        found = kept.load(community / kept.FILE)
        recommenders.append(Company(found))
        artists = found.artists
    with suppress(NoCatalogue):
        recommenders.append(Sound(ArtistSounds(open_catalogue(catalogue))))
    return Others(tuple(recommenders), artists)


def learnable(recommenders: Sequence[Recommender]) -> tuple[Recommender, ...]:
    """Those that weights may be fitted with: a community of the library's own listeners knows what was played later."""
    return tuple(each for each in recommenders if not isinstance(each, Company) or each.community.about.paths)
