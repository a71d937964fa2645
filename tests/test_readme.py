"""What the README promises is there: commands, options, keys of answers, keys of the keyboard."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui_music.demo import demo_zip
from tui_music.importers.columns import Reason
from tui_music.tui.keys import ACTIONS

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


def test_every_reason_is_explained() -> None:
    assert {reason.value for reason in Reason} <= MARKED


def test_every_command_is_listed() -> None:
    done = subprocess.run([sys.executable, "-m", "tui_music", "--help"], capture_output=True, text=True, check=True)
    listed = re.findall(r"^  ([a-z]+) ", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert len(listed) >= 9
    assert set(listed) <= {words.split()[0] for words in MARKED}


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
        assert target.startswith(("http", "screenshots/")) or (ROOT / target).exists(), target
