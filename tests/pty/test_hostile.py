"""Hostile names on every screen: nothing reaches the terminal or the program but harmless text, in its column."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import normalize

import pytest

from tests.exports import write
from tests.pty.hostile import HOSTILE, LISTENERS, NAMES, PLAIN, harmless, hostile_rows, import_hostile
from tests.pty.terminal import DOWN, ENTER, ESCAPE, TAB, Terminal, run
from tui_music.text import cut, pad, shown

CTRL_P = "\x10"
ARTISTS = len(NAMES)
#: Where, the keys one by one that lead there from the place before, and what is seen there.
TOUR: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
    ("Library", "1", ("Library", f"{ARTISTS} artists")),
    ("Library: songs", "t", (f"1 of {2 * ARTISTS}",)),
    (
        "Library: albums",
        "t",
        (
            "album",
            f"1 of {ARTISTS}",
        ),
    ),
    ("Library: by engagement", "tvv", ("artist",)),
    ("Facts", "f", ("Facts", "streak now")),
    ("Facts: last ones", "G", ("every year",)),
    ("Plays of a fact", "p", ("Plays", "heard")),
    ("Artists", (ESCAPE, ESCAPE, "2"), ("Artists", f"1 of {ARTISTS}")),
    ("Artists: last ones", "G", (f"{ARTISTS} of {ARTISTS}",)),
    ("Artist opened", ("g", ENTER), ("by hour",)),
    ("Artist by albums", "b", ("1 album by",)),
    ("Artists: searched", (ESCAPE, "/owned"), (f"of {3 * ARTISTS}",)),
    ("Artists: searched for markup", (ESCAPE, "/click"), (f"of {3 * ARTISTS}", "click=app")),
    ("Tiers", (ESCAPE, "3"), ("Tiers", "top", "bottom")),
    ("Plays of an artist", "p", ("Plays", "4 plays")),
    ("Plays searched", ("/two",), ("2 matches",)),
    ("Sources", (ESCAPE, ESCAPE, "9"), ("2 imports", "rejected, because")),
    ("Rejections", ("G", ENTER), ("Rejected", "begins")),
    ("Help", (ESCAPE, "?"), ("Keys on Sources",)),
    ("Palette", (ESCAPE, CTRL_P), ("do or go to",)),
    ("Palette: artists", ("click",), ("click=app",)),
    ("Settings", (ESCAPE, ","), ("Settings", "time zone")),
    ("Kind", (ESCAPE, "1", "K"), ("kind", "podcast")),
    ("Podcasts", (f"podcast{ENTER}",), ("· podcast ·",)),
    ("Listeners", "L", ("2 listeners", "Recommended to", "play again", str(shown(LISTENERS[1]))[:12])),
    ("Another listener", (DOWN, ENTER), (f"   {shown(LISTENERS[1])[:11]}",)),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a library of hostile names; not to be opened itself."""
    home = tmp_path_factory.mktemp("hostile") / "home"
    import_hostile(home)
    return home


@pytest.fixture
def hostile(made: Path, tmp_path: Path) -> Path:
    """A home like that for one test."""
    return Path(shutil.copytree(made, tmp_path / "hostile"))


@pytest.fixture
def opened(hostile: Path) -> Iterator[Terminal]:
    with Terminal(hostile) as terminal:
        terminal.press("", "Library", f"1 of {ARTISTS}", "peak")
        yield terminal


def assert_unharmed(terminal: Terminal, where: str = "") -> None:
    """Only sequences of the program's own, the alternate screen and the mouse still on, alive."""
    assert terminal.strange == [], f"{where}, {terminal.strange[:40]} exit {terminal.process.poll()}\n{terminal.text}"
    assert harmless("".join(terminal.output)), where
    assert {1049, 1000} <= terminal.modes, where
    assert terminal.alive, where


@pytest.mark.parametrize("columns", [120, pytest.param(80, marks=pytest.mark.slow)])
def test_no_name_drives_the_terminal(hostile: Path, columns: int) -> None:
    with Terminal(hostile, size=(columns, columns * 3 // 10)) as terminal:
        terminal.see("Library")
        for where, keys, texts in TOUR:
            for key in keys[:-1]:
                terminal.press(key)
            terminal.press(keys[-1], *texts[: 1 if columns < 120 else None])
            assert_unharmed(terminal, where)
        terminal.press(ESCAPE)
        terminal.type("q")
        assert terminal.wait() == 0
        assert terminal.strange == []
        assert terminal.restored


def test_lists_show_each_name_cleaned_and_cut_in_its_column(opened: Terminal, hostile: Path) -> None:
    ranked = [row["artist"] for row in json.loads(run(hostile, "artists", "--json", "-n", "99"))]
    assert sorted(ranked) == sorted(NAMES)
    assert_column(opened, "artist", ranked)
    opened.press("2", "Artists", "→ last")
    width = assert_column(opened, "artist", ranked, lead=2)
    opened.press("G", f"{ARTISTS} of {ARTISTS}")
    assert_column(opened, "artist", ranked, lead=2, width=width)
    opened.press("3", "Tiers", "bottom")
    width = assert_column(opened, "artist", ranked)
    opened.press("G", f"{ARTISTS} of {ARTISTS}")
    assert_column(opened, "artist", ranked, width=width)


def test_songs_albums_and_plays_are_cleaned_and_cut_too(opened: Terminal) -> None:
    names = [name[:3000] for name in NAMES]
    opened.press("t", f"1 of {2 * ARTISTS}")
    assert_column(opened, "song", [*names, *(f"{name} two" for name in names)], ranked=False)
    opened.press("t", "album")
    assert_column(opened, "album", names, ranked=False)
    assert_column(opened, "artist", NAMES, ranked=False)


def assert_column(
    terminal: Terminal, title: str, names: Sequence[str], lead: int = 0, width: int = 0, *, ranked: bool = True
) -> int:
    """Under ``title``, after ``lead`` cells, stand these names (``ranked``: that of the rank) and then, on every line
    at the same place, the same figures. Returns the column's width: without ``width`` that of the longest name."""
    top = next(y for y, line in enumerate(terminal.lines) if line.lstrip().startswith("#") and f" {title} " in line)
    start, end = terminal.lines[top].index(f" {title} ") + 1 + lead, terminal.size[0] - 1
    ranks = {y: terminal.cells(y, 1, 5).strip() for y in range(top + 1, terminal.size[1])}
    rows = {y: int(rank) for y, rank in ranks.items() if rank.isdigit()}
    assert len(rows) > 15, terminal.text
    if not width:
        long = next(y for y in rows if terminal.cells(y, start, end).startswith("10,000"))
        width = terminal.cells(long, start, end).index("…") + 1
    drawn = [normalize("NFC", pad(cut(shown(name), width), width)) for name in names]
    figures = {terminal.cells(y, start + width, start + width + 20) for y in rows}
    for y, rank in rows.items():
        found = terminal.cells(y, start, start + width)
        assert found == drawn[rank - 1] if ranked else found in drawn, f"{found!r}\n{terminal.text}"
    assert len(figures) == 1 or not ranked, terminal.text
    return width


def test_only_the_copy_key_writes_to_the_clipboard(opened: Terminal) -> None:
    opened.press("2", "Artists", "→ last")
    for name in ("\x1b[2J\x1b[31;5m\x1b[9;99H clears", "[@click=app.quit]x[/]", PLAIN):
        opened.press(f"/{shown(name)}", f"of {3 * ARTISTS}")
        opened.press(ENTER)
        before = len(opened.strange)
        opened.press("y", "copied: ")
        assert opened.strange[before:] == [f"\x1b]52;c;{b64encode(shown(name).encode()).decode()}\x07"]
        opened.press(ESCAPE)
    assert len(opened.strange) == 3


@pytest.mark.parametrize(("keys", "name"), [("1", "[@click=app.quit]x[/]"), ("2", "[@click=app.quit]x[/]")])
def test_a_click_on_a_name_runs_nothing_of_it(opened: Terminal, keys: str, name: str) -> None:
    opened.press(keys, name)
    y = opened.line_of(name)
    start = opened.lines[y].index(name)
    for x in range(start, start + len(name)):
        opened.click(x, y)
        opened.settle(0.05)
    assert_unharmed(opened)
    opened.press("?", "Keys on")


def test_first_run_with_hostile_paths(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    good = write(tmp_path / "\x1b]0;OWNED\x07[@click=app.quit]x[" / "\u202e[bold]\x9b31m.json", hostile_rows())
    with Terminal(home) as terminal:
        terminal.press("", "Your listening history")
        terminal.press("i", "import")
        terminal.press("\x15")
        terminal.paste(f"{tmp_path}/\x1b]52;c;T1dORUQ=\x07[/red] not there")
        terminal.press(ENTER, "There is no file or folder")
        assert_unharmed(terminal, "a path that is not there")
        terminal.press("\x15")
        terminal.press(f"{tmp_path}/")
        terminal.press(TAB, "home/")
        assert_unharmed(terminal, "completion")
        terminal.press(ESCAPE)
        terminal.paste(f"{tmp_path}/*")
        assert_unharmed(terminal, "a path dropped on the screen")
        terminal.type("q")
    with Terminal(home, str(good)) as terminal:
        terminal.press("", "Library", f"{ARTISTS} artists")
        terminal.press("9", "Sources", "1 import")
        assert_unharmed(terminal, "imported")
        assert "[bold]" in terminal.text


def test_what_is_pasted_or_remembered_is_cleaned(hostile: Path) -> None:
    kept = {"range": "\x1b]0;OWNED\x07\x9b31m", "listener": HOSTILE[0], "searches": [HOSTILE[0]], "screen": "\x1bc"}
    (hostile / "state.json").write_text(json.dumps(kept))
    nasty = "".join(HOSTILE[at] for at in (0, 2, 4, 5, 7, 9, 11, 12)) + "q"
    with Terminal(hostile) as terminal:
        terminal.press("", "Library", f"{ARTISTS} artists")
        assert_unharmed(terminal, "remembered")
        for keys, heading in (("", "Library"), ("2", "Artists"), ("3", "Tiers"), ("?", "Keys on")):
            terminal.press(keys, heading)
            before = terminal.text
            terminal.paste(nasty)
            terminal.settle()
            assert terminal.text == before, f"pasted on {heading} means nothing there"
        terminal.press(ESCAPE)
        for keys in ("r", "2/", "9i", "1\x10"):
            for key in keys:
                terminal.press(key)
            terminal.paste(nasty)
            terminal.settle(0.25)
            assert_unharmed(terminal, f"pasted after {keys}")
            terminal.press(ENTER)
            assert_unharmed(terminal, f"entered after {keys}")
            terminal.press(ESCAPE)
        terminal.press("2/", "search")
        terminal.press("\x1b[A")
        assert_unharmed(terminal, "an earlier search brought back")


def test_keys_in_the_settings_that_cannot_be_drawn_are_refused(hostile: Path) -> None:
    with (hostile / "settings.toml").open("a") as file:
        file.write(f"[keys]\nrange = {json.dumps([HOSTILE[4], 'r'])}\n")
    with Terminal(hostile) as terminal:
        assert terminal.wait() == 2
        assert "is no key" in terminal.text
        assert harmless("".join(terminal.output))


@pytest.mark.parametrize(
    "words",
    [
        "--listener {}",
        "{}",
        "--listener {} stats",
        "songs {}",
        "plays --artist {}",
        "import {}",
        "forget --listener {}",
    ],
)
def test_hostile_words_on_the_command_line(hostile: Path, words: str) -> None:
    """Unknown listeners, files, artists: what is said of them is harmless, and so is what there is instead."""
    nasty = "\x1b]0;OWNED\x07\x9b31m\u202e[/red]"
    with Terminal(hostile, *(nasty if word == "{}" else word for word in words.split())) as terminal:
        terminal.until(lambda: terminal.received, "words")
        terminal.settle(0.5)
        assert harmless("".join(terminal.output)), "".join(terminal.output)


@pytest.mark.parametrize("words", ["artists -n 99", "plays -n 150", "listeners", "stats", "doctor", "import {}"])
def test_hostile_names_on_the_command_line(hostile: Path, words: str) -> None:
    file = next(hostile.rglob("0*.json"))
    with Terminal(hostile, *(str(file) if word == "{}" else word for word in words.split())) as terminal:
        terminal.wait()
        assert harmless("".join(terminal.output)), "".join(terminal.output)
