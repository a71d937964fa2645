"""No text reaches Textual's markup: what parses it is called with what it cannot parse, or not at all.

Most of the program draws itself (``Canvas``), from ``Shown`` and ``Figure``; these rules keep it so. ``Figure``
is for the program's own words and numbers: text from outside in one must have gone through ``shown``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tui_music" / "tui"
#: Widgets and functions of Textual and rich whose texts are markup unless told otherwise.
PARSERS = frozenset(
    "Static Label Button Checkbox RadioButton RadioSet Link Option OptionList SelectionList Selection Select ListItem "
    "ListView Tab TabPane Tabs TabbedContent Collapsible DataTable Tree DirectoryTree Markdown MarkdownViewer "
    "RichLog Log Pretty Digits Header Footer Toast Tooltip ProgressBar "
    "notify add_row add_rows add_column add_columns add_option add_options add_leaf set_label from_markup from_text "
    "print".split()
)
#: Attributes that Textual reads as markup when they are set.
MARKED = frozenset("border_title border_subtitle tooltip title sub_title label prompt placeholder".split())
#: What is never markup.
SAFE = frozenset(("Content", "Text"))
#: Fields of data, as screens meet them: names from outside.
NAMES = frozenset("name artist track album title show excerpt path file listener source username".split())


def called(node: ast.expr) -> str:
    """The last word of what is called: ``notify`` for ``self.app.notify``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_safe(node: ast.expr) -> bool:
    """A constant without brackets, or something made by Content(...) or Text(...)."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, str) or "[" not in node.value
    return isinstance(node, ast.Call) and called(node.func) in SAFE


def mistakes(source: str) -> Iterator[str]:
    """Where ``source`` gives text to a parser of markup, or an unclean name to a ``Figure``."""
    tree = ast.parse(source)
    ours = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tui_music")
        for alias in node.names
    } | {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = called(node.func)
            own = isinstance(node.func, ast.Name) and name in ours
            unparsed = any(
                word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
                for word in node.keywords
            )
            texts = [*node.args, *(word.value for word in node.keywords if word.arg in (*MARKED, "content"))]
            if name in PARSERS and not own and not unparsed and not all(map(is_safe, texts)):
                yield f"line {node.lineno}: {name}() reads markup"
            if name == "Figure" and node.args:
                yield from (f"line {node.lineno}: {part} in a Figure" for part in unclean(node.args[0]))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and not is_safe(node.value):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Attribute) and target.attr in MARKED:
                    yield f"line {node.lineno}: .{target.attr} reads markup"


def unclean(node: ast.expr) -> Iterator[str]:
    """Fields of data in an expression that did not go through ``shown``."""
    if isinstance(node, ast.Call):
        if called(node.func) not in ("shown", "len", "cells", "count"):
            for argument in node.args:
                yield from unclean(argument)
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield ast.unparse(node)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from unclean(child)
            elif isinstance(child, ast.FormattedValue):
                yield from unclean(child.value)


#: What the program named itself: a setting, or an action of the key map.
ALLOWED = frozenset(("choice.name in a Figure",))


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_is_read_as_markup(path: Path) -> None:
    found = [each for each in mistakes(path.read_text(encoding="utf-8")) if each.partition(": ")[2] not in ALLOWED]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "Static(row.artist)",
        "yield Label(f'{name} x')",
        "self.notify(message)",
        "self.app.notify(f'copied {text}', title='x')",
        "Option(shown(name))",
        "OptionList(*names)",
        "table.add_row(str(row.name))",
        "self.border_title = artist",
        "self.tooltip: str = artist",
        "Button(label=name)",
        "Static('[red]x')",
        "Content.from_markup(name)",
        "Static(content=name, markup=True)",
        "Figure(row.artist)",
        "Figure(f'{count(3)} of {self.row.album}')",
        "Figure('by ' + str(row.name))",
    ],
)
def test_planted_mistakes_are_found(planted: str) -> None:
    assert list(mistakes(planted))


@pytest.mark.parametrize(
    "fine",
    [
        "Static(Content(name))",
        "Static(name, markup=False)",
        "self.notify(message, markup=False)",
        "table.add_row(Text(name), Text(artist))",
        "self.border_title = Content(artist)",
        "Static('plain words')",
        "from tui_music.tui.prompt import Label\nLabel(Figure('x'))",
        "Figure(f'{shown(row.artist)} x')",
        "Figure(f'{len(row.name)}')",
    ],
)
def test_what_is_fine_is_let_through(fine: str) -> None:
    assert not list(mistakes(fine))
