"""What the README promises is there: commands, options, keys of answers, keys of the keyboard, settings, signals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer

from tui_music.cli import app
from tui_music.demo import demo_zip
from tui_music.engine.candidate import Level
from tui_music.engine.evaluation.table import EvaluationRow
from tui_music.engine.presets import PRESETS
from tui_music.engine.tally import BacktestRow
from tui_music.export import Form
from tui_music.importers.columns import Reason
from tui_music.services import cache
from tui_music.services.gateway import NAMES
from tui_music.services.keys import VARIABLE
from tui_music.services.planning import BY_ID, BY_NAME, EVERY, plan
from tui_music.settings import Settings, load, save
from tui_music.tui.keys import ACTIONS, keymap
from tui_music.tui.widgets.anatomy import WORDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MARKED = set(re.findall(r"`([^`\n]+)`", README))


def answer(*words: str) -> Any:
    command = [sys.executable, "-m", "tui_music", *words]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all, so that the demo is imported once."""
    return tmp_path_factory.mktemp("home")


def keys(value: Any) -> Iterator[str]:
    """Keys of an object and of the objects in its lists; not those of objects inside, which are kinds and reasons."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            for key, inside in item.items():
                yield key
                if isinstance(inside, list):
                    yield from keys(inside)


@pytest.mark.parametrize(
    "words",
    [
        ("import", "--dry-run", "--json", str(demo_zip())),
        ("--demo", "stats", "--json"),
        ("--demo", "artists", "-n", "1", "--json"),
        ("--demo", "songs", "Halden Choir", "--json"),
        ("--demo", "plays", "-n", "1", "--json"),
        ("--demo", "recommend", "-n", "1", "--json"),
        ("--demo", "like", "Halden Choir", "-n", "1", "--json"),
        ("--demo", "like", "Vesper & the Lamps", "--track", "Slow Harbour", "--json"),
        ("--demo", "path", "Halden Choir", "Kassia Rue", "--json"),
        ("--demo", "network", "--json"),
        ("--demo", "warm", "--budget", "0", "--json"),
        ("--demo", "cache", "--json"),
        ("--demo", "listeners", "--json"),
        ("--demo", "doctor", "--json"),
    ],
    ids=lambda words: next(word for word in words if word[0] != "-"),
)
def test_every_key_of_an_answer_is_documented(words: tuple[str, ...], shared: Path) -> None:
    command = next(word for word in words if word[0] != "-")
    documented = README.partition("### JSON keys")[2].partition(f"\n`{command}`")[2]
    documented = re.split(r"\n\n`\w+`", documented)[0]
    assert set(keys(answer("--library", str(shared), *words))) <= set(re.findall(r"`([^`]+)`", documented))


def test_rows_of_the_backtest_have_the_keys_documented() -> None:
    """It takes too long to be run here."""
    line = re.search(r"^`backtest`: rows of (.*)$", README, re.MULTILINE)
    assert line
    assert re.findall(r"`(\w+)`", line[1]) == [field.name for field in fields(BacktestRow)]


def test_rows_of_the_evaluation_have_the_keys_documented() -> None:
    """As above."""
    rows = re.search(r"^`evaluate`: rows of (.*\n.*)$", README, re.MULTILINE)
    assert rows
    assert re.findall(r"`(\w+)`", rows[1]) == [field.name for field in fields(EvaluationRow)]


def test_every_reason_is_explained() -> None:
    assert {reason.value for reason in Reason} <= MARKED


def test_every_command_is_listed() -> None:
    done = subprocess.run([sys.executable, "-m", "tui_music", "--help"], capture_output=True, text=True, check=True)
    listed = re.findall(r"^  ([a-z]+) ", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert len(listed) >= 9
    assert set(listed) <= {words.split()[0] for words in MARKED}


def test_every_option_of_a_command_is_named_and_none_besides() -> None:
    """But for --json and --csv, of which the text says who takes them."""
    commands = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    for group in [name for name, command in commands.items() if hasattr(command, "commands")]:
        commands |= {f"{group} {name}": command for name, command in commands.pop(group).commands.items()}
    options = {
        name: [{*each.opts, *each.secondary_opts} for each in command.params] for name, command in commands.items()
    }
    table, _, playlists = README.partition("| command | prints |")[2].partition("### Playlists")
    playlists = playlists.partition("### ")[0]
    for row in re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE):
        words = row.split()
        name = words[0] if words[0] in options else " ".join(words[:2])
        said = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", row + (playlists if name == "export" else "")))
        known = {word for each in options[name] for word in each if word.startswith("-")}
        assert said <= known, name
        assert all(each & said for each in options[name] if each & known and not each & {"--json", "--csv"}), name
    takes = re.search(r"(`stats`.*?) take `--json` or `--csv`", README, re.DOTALL)
    assert takes
    assert {name for name in options if {"--csv"} in options[name]} <= set(re.findall(r"`([\w ]+)`", takes[1]))


def test_every_screen_is_listed() -> None:
    table = README.partition("## Screens and keys")[2].partition("![")[0]
    for action in ACTIONS.values():
        if action.call.startswith("app.go("):
            mode = action.call.removeprefix("app.go('").removesuffix("')")
            assert f"| `{action.keys[0]}` | {mode.capitalize()} |" in table


def test_every_signal_level_preset_and_format_is_explained() -> None:
    for signal, words in WORDS.items():
        if not signal.startswith("dial"):
            assert f"| `{signal}` | {words} |" in README
    assert all(f"| {level} |" in README for level in Level)
    assert all(name in README.partition("Presets set")[2].partition("\n\n")[0] for name in PRESETS)
    assert set(Form) <= MARKED


def test_settings_are_as_the_example_says(home: Path) -> None:
    example = README.partition("```toml\n")[2].partition("```")[0]
    home.mkdir()
    file = home / "settings.toml"
    file.write_text(example)
    chosen = load()
    assert keymap(chosen.keys)
    save(Settings(home, home, home, zone="UTC", counted_ms=1, theme="x", mouse=False, offline=True, cache_days=1))
    own = {"zone", "theme", "keys"}
    assert set(tomllib.loads(file.read_text())) <= set(tomllib.loads(example))
    for name in set(tomllib.loads(example)) - own:
        assert getattr(chosen, name) == getattr(Settings(home, home, home), name), name


def test_what_is_said_of_services_is_so(home: Path) -> None:
    services = README.partition("## Music services")[2].partition("\n## ")[0]
    assert all(f"[{name}](" in services for name in NAMES.values())
    assert {VARIABLE, Settings(ROOT, ROOT, ROOT).lastfm_key_file.name} <= MARKED
    assert f"`cache_days` ({Settings(ROOT, ROOT, ROOT).cache_days})" in services
    assert f"at most {cache.CAP // 1_000_000} MB" in services
    assert cache.NOT_FOUND_DAYS == cache.CHART_DAYS == 7, "a week"
    calls, searched = len(BY_NAME), 1 + len(BY_ID)
    assert (calls, searched) == (4, 3)
    artists, replies = [(f"Artist {n}", 1.0) for n in range(400)], cache.ReplyCache(home / "replies")
    with_key, without = (plan(artists, replies, key=key).seconds / 60 for key in (True, False))
    assert f"every {EVERY}th call" in services
    assert f"400 artists take {with_key:.0f} minutes with a key, {without:.0f} without" in services


def test_every_letter_key_is_listed() -> None:
    table = README.partition("## Screens and keys")[2].partition("## Command line")[0]
    listed = set(re.findall(r"`([^`]+)`", table))
    letters = {key for action in ACTIONS.values() for key in action.keys if len(key) == 1}
    assert letters - {"<", ">"} <= listed


def test_it_opens_with_a_picture_and_two_commands() -> None:
    opening = README[:1200]
    assert re.search(r"!\[[^]]+\]\(screenshots/library\.svg\)", opening)
    assert opening.count("python3.11 -m venv .venv && ") == 2


def test_files_it_points_to_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target
