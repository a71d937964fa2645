"""Verdicts on artists and single tracks, in words and as a sign beside a name. Their names are those of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_music.text import Shown, fold, shown
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.library.journal import Verdicts

#: Three are written as their keys; a space could not be seen.
SIGNS = {"yes": Figure("+"), "later": Figure("◦"), "known": Figure("="), "never": Figure("-")}
_WORDS = {"yes": "more like this", "later": "in the crate", "known": "known already", "never": "never again"}
_BETWEEN = "\n"  # no folded name has one


def subject(artist: str, track: str | None = None) -> str:
    """Whom a verdict is on: the folded name of an artist, of a single track followed by the folded title."""
    return fold(artist) if track is None else f"{fold(artist)}{_BETWEEN}{fold(track)}"


def held(verdicts: Verdicts) -> dict[str, str]:
    """What a journal holds, by :func:`subject`."""
    on_artists = {name: verdict for verdict in SIGNS for name in getattr(verdicts, verdict)}
    return on_artists | {subject(*both): verdict.value for both, verdict in verdicts.tracks.items()}


def unwanted(verdicts: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """The tracks, by folded artist and title, that are no songs to start with."""
    tracks = (who.partition(_BETWEEN) for who, verdict in verdicts.items() if verdict in ("known", "never"))
    return frozenset((artist, title) for artist, between, title in tracks if between)


def named(artist: str, track: str | None = None) -> Shown:
    """``Ilse Morn``, ``Ilse Morn – Low Tide``"""
    return shown(artist if track is None else f"{shown(artist, 200)} – {shown(track, 200)}", 500)


def given(artist: str, track: str | None, verdict: str) -> Drawable:
    """``Ilse Morn: in the crate``"""
    return shown(f"{shown(named(artist, track), 60)}: {_WORDS[verdict]}")


def taken_back(artist: str | None, track: str | None, verdict: str) -> Drawable:
    """``Ilse Morn: no longer in the crate``"""
    if artist is None:
        return Figure("There is no decision to take back.")
    what = "ruled out" if verdict == "never" else _WORDS[verdict]
    return shown(f"{shown(named(artist, track), 60)}: no longer {what}")
