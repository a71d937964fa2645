"""What may import what: dependencies point one way, and nothing heavy is imported before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tui_music"
FILES = sorted(PACKAGE.rglob("*.py"))

#: What each part may import of the project, besides itself. ``edge`` is what the command line and the screens share.
BELOW = {
    "base": set[str](),
    "importers": {"base"},
    "library": {"base", "importers"},
    "services": {"base", "importers"},
    "engine": {"base", "importers", "library", "services", "catalogue"},
    "catalogue": {"base", "importers", "library", "services"},
    "edge": {"base", "importers", "library", "services", "engine", "catalogue"},
    "tui": {"base", "importers", "library", "services", "engine", "catalogue", "edge"},
    "cli": {"base", "importers", "library", "services", "engine", "catalogue", "edge", "tui"},
}
BASE = {"", "child", "errors", "kinds", "settings", "text"}
NETWORK = {"socket", "ssl", "http", "urllib", "asyncio", "httpx", "httpx2", "httpcore2", "pylast", "requests"}
DATA_STACK = {"pandas", "numpy", "scipy", "sklearn", "duckdb", "plotext", "msgspec"}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """The part of the project that ``tui_music.part.…`` belongs to."""
    _, first, *_ = *module.split("."), ""
    if first in BELOW:
        return first
    return "base" if first in BASE else "cli" if first == "__main__" else "edge"


def imports(path: Path) -> Iterator[str]:
    """Modules that a file imports anywhere: at the top, inside functions, for types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            yield node.module
            if node.module == "tui_music":
                yield from (f"tui_music.{alias.name}" for alias in node.names if alias.name != "__version__")


def modules_after(statement: str) -> set[str]:
    """The modules a new interpreter holds after ``statement``, by full name."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return set(done.stdout.split())


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_dependencies_point_one_way(path: Path) -> None:
    own = part_of(module_name(path))
    used = {part_of(name) for name in imports(path) if name.split(".")[0] == "tui_music"}
    assert used - {own} <= BELOW[own]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_only_the_services_use_the_network_and_only_the_screens_use_textual(path: Path) -> None:
    own, used = part_of(module_name(path)), {name.split(".")[0] for name in imports(path)}
    if own != "services":
        assert not used & (NETWORK - ({"asyncio"} if own == "tui" else set()))
    if own != "tui":
        assert "textual" not in used
    else:
        assert not used & {"pandas", "duckdb", "sklearn", "scipy"}, "a screen asks the library"


def test_nothing_below_the_screens_brings_textual_along() -> None:
    below = [module_name(path) for path in FILES if part_of(module_name(path)) not in ("tui", "cli")]
    held = modules_after("\n".join(f"import {name}" for name in below))
    assert "tui_music.library.library" in held
    assert "textual" not in held


def test_the_command_line_starts_with_nothing_heavy() -> None:
    held = modules_after("import tui_music.cli")
    assert not held & (DATA_STACK | {"textual", "rich", "asyncio", "platformdirs", "rapidfuzz"})


def test_help_is_printed_with_nothing_heavy() -> None:
    held = modules_after(
        "import contextlib, io, sys\nfrom tui_music.__main__ import main\nsys.argv = ['tui-music', '--help']\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n    main()"
    )
    assert not held & (DATA_STACK | {"textual", "rich", "asyncio", "rapidfuzz"})


def test_the_first_paint_needs_no_data_stack() -> None:
    """Whichever screen comes first: all of them, but for what threads import after the paint."""
    computing = ["loading", "searching", "recommending", "trailing", "serving", "neighbouring", "comparing"]
    computing += ["tracks_asking", "tracks_charting", "tracks_mapping", "proof_asking"]
    in_threads = {f"tui_music.tui.{name}" for name in computing}
    screens = [name for path in FILES if part_of(name := module_name(path)) == "tui" and name not in in_threads]
    held = modules_after("\n".join(f"import {name}" for name in screens))
    assert "textual" in held
    assert not held & DATA_STACK


def test_no_module_imports_the_training_stack_at_its_top() -> None:
    """Learning happens in a process of its own, and imports what it needs where it learns."""
    held = modules_after("\n".join(f"import {module_name(path)}" for path in FILES if path.name != "__main__.py"))
    assert not held & {"sklearn", "sknetwork"}


def test_a_library_and_its_statistics_need_neither_the_engine_nor_the_network() -> None:
    history = [name for path in FILES if part_of(name := module_name(path)) in ("base", "importers", "library")]
    held = modules_after("\n".join(f"import {name}" for name in history))
    assert not held & {"scipy", "httpx2", "pylast", "diskcache"}
