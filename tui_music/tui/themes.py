"""The colours: one accent for what is selected, one for what is new, grey for what explains.

The own dark and light themes are for terminals with 256 colours and more. With 16 colours, or with NO_COLOR, the
terminal's own palette is used: nothing there can be told apart by shades, so the selected row is reversed.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="tui-music",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#5fafd7",
    success="#d7af5f",
    warning="#d7875f",
    error="#d75f5f",
    foreground="#d0d0d0",
    background="#121212",
    surface="#121212",
    panel="#1c1c1c",
    dark=True,
    variables={
        "text-muted": "#8a8a8a",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#005f87",
        "input-cursor-background": "#d0d0d0",
        "input-cursor-foreground": "#121212",
        "input-selection-background": "#005f87",
    },
)

LIGHT = Theme(
    name="tui-music-light",
    primary="#005f87",
    secondary="#5f8787",
    accent="#005f87",
    success="#875f00",
    warning="#af5f00",
    error="#af0000",
    foreground="#262626",
    background="#fafafa",
    surface="#fafafa",
    panel="#eeeeee",
    dark=False,
    variables={
        "text-muted": "#6c6c6c",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#005f87",
        "input-cursor-background": "#262626",
        "input-cursor-foreground": "#fafafa",
        "input-selection-background": "#afd7ff",
    },
)

TERMINAL = Theme(
    name="tui-music-terminal",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    success="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
    },
)

THEMES = (DARK, LIGHT, TERMINAL)


def default_theme(color_system: str | None, no_color: bool) -> str:
    """The theme for a terminal when the person chose none."""
    return TERMINAL.name if no_color or color_system in (None, "standard") else DARK.name
