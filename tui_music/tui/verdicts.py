"""Verdicts on artists, in words and as a sign beside a name. Their names are those of the journal."""

from __future__ import annotations

from tui_music.text import shown
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.figures import Figure

#: Three are written as their keys; a space could not be seen.
SIGNS = {"yes": Figure("+"), "later": Figure("◦"), "known": Figure("="), "never": Figure("-")}
_WORDS = {"yes": "more like this", "later": "in the crate", "known": "known already", "never": "never again"}


def given(artist: str, verdict: str) -> Drawable:
    """``Ilse Morn: in the crate``"""
    return shown(f"{shown(artist, 60)}: {_WORDS[verdict]}")


def taken_back(artist: str | None, verdict: str) -> Drawable:
    """``Ilse Morn: no longer in the crate``"""
    if artist is None:
        return Figure("There is no decision to take back.")
    return shown(f"{shown(artist, 60)}: no longer {_WORDS[verdict]}")
