"""Names that try to drive the terminal or the program, and a library full of them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.exports import chapter, episode, row, write
from tests.pty.terminal import run

#: Each would do harm if it reached a terminal raw, or a widget that reads markup, emoji codes or JSON in a text.
HOSTILE = (
    "\x1b]0;OWNED\x07 title",
    "\x1b]52;c;T1dORUQ=\x07 clipboard",
    "\x1b]52;c;T1dORUQ=\x1b\\ clipboard two",
    "\x1b[?1049l leaves",
    "\x1b[2J\x1b[31;5m\x1b[9;99H clears",
    "\x1bc\x1b(0 resets",
    "\x1bP+q544e\x1b\\ asks",
    "\x9b31m\x9d0;OWNED\x9c eight bit",
    "a\x00b\x08c\x7fd\ve\ff\rg\nh\ti controls",
    "\u202eesrever\u202c \u2066isolated\u2069 \u200fmarks",
    "\ufeffzero\u200bwidth\u00adsoft\u2060joined",
    "\U000e0041\U000e0042\U000e007f tags",
    "[/red]",
    "[/",
    "[",
    "[@click=app.quit]x[/]",
    "[@click=app.leave]leave",
    "Abbey [Remastered]",
    "[bold red]red[/bold red]",
    "[link=http://example.org]link[/link]",
    ":smile: :thumbs_up:",
    '{"a": [true, null], "b": 1e3}',
    "$name ${x} %s {0} \\[x] \\",
    "Z" + "\u0301\u0323\u0330" * 40 + "algo",
    "\u0301leading mark",
    "10,000 " + "m" * 9_993,
    "椎名林檎とずっと真夜中でいいのに",
    "عمرو دياب",
    "שלום",
    "👩‍👩‍👧 family 🇩🇪🇯🇵 flags ❤️ 👍🏽",
    "ก็ กำ นำ้ thai",
    "한글 \u1112\u1161\u11ab \u3164filler",
    "ﷺ ligature",
    "=cmd|' /C calc'!A0",
)
#: A name that is no hazard, to compare with.
PLAIN = "Plain Name"
#: The names as they are kept: an import drops NULs and what surrounds a name.
NAMES = tuple(name.replace("\x00", "").strip() for name in (*HOSTILE, PLAIN))
#: An import takes no control characters in these.
LISTENERS = ("[/red] listener {0} 林檎", "[@click=app.quit]second[/]")
#: Raw, these would be commands to a terminal; none of them is ever written by the program.
COMMANDS = (
    "\x1b]0;",
    "\x1b]52;c;T1dO",
    "\x1b[2J\x1b[31;5m",
    "\x1bc",
    "\x1bP",
    "\x9b",
    "\x9d",
    "\x00",
    "\x08",
    "\u202e",
)


def hostile_rows() -> list[object]:
    """Equal listening for every name: a play of 200 s and one of 100 s of each of two songs, in one month."""
    rows: list[object] = []
    for number, name in enumerate((*HOSTILE, PLAIN)):
        for play, (title, ms) in enumerate((("one", 200_000), ("two", 200_000), ("one", 100_000), ("two", 100_000))):
            song = name[:3000] if title == "one" else f"{name[:3000]} two"
            rows.append(row(number * 2000 + play * 400, song, name, ms, master_metadata_album_album_name=name[:3000]))
    for number, name in enumerate(HOSTILE[:8]):
        rows.append(episode(90_000 + number * 400, f"{name} episode", name))
        rows.append(chapter(100_000 + number * 400, f"{name} chapter", name))
    untimely = {**row(1, "x", "y"), "ts": "\x1b[2J\x1b]0;OWNED\x07[/red] no time"}
    return [*rows, {"\x1b]0;OWNED\x07[/red]": "[@click=app.quit]x[/]\x9b31m"}, untimely]


def import_hostile(home: Path) -> None:
    """Make the library by the real import: files, folders and listeners have such names, too."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text('zone = "Europe/Berlin"\n')
    folder = home / "\x1b]0;OWNED\x07[" / "[@click=app.quit]x[\x9b31m"
    name = "\x1b[2J\x1b]52;c;T1dORUQ=\x07[bold]\u202e.json"
    for number, listener in enumerate(LISTENERS):
        file = write(folder / f"{number}{name}", hostile_rows())
        run(home, "import", "--listener", listener, os.fsencode(file))


def harmless(output: str) -> bool:
    """Nothing in ``output`` is a command that came from a name."""
    return not any(command in output for command in COMMANDS)
