"""What subcommands print: a table for people, JSON or CSV for programs. Names are made safe for a terminal."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from tui_music.text import cells, cut, pad, shown

Cell = str | int | float | bool | None
WIDEST = 48


class Format(StrEnum):
    """How answers are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Column:
    """A key of the answer, its heading in a table, and what turns a value into text (``None``: not in a table)."""

    key: str
    heading: str = ""
    show: Callable[[Any], str] | None = str
    right: bool = False


def number(value: float | None) -> str:
    """With thousands separators."""
    return "" if value is None else f"{value:,}"


def decimals(places: int) -> Callable[[float | None], str]:
    """Numbers with the same precision down a column; nothing where there is none."""
    return lambda value: "" if value is None else f"{value:,.{places}f}"


def day(moment: str | None) -> str:
    """The date of an ISO 8601 time."""
    return (moment or "")[:10]


def print_rows(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], form: Format) -> None:
    """Rows in the order of ``columns``; an empty answer is ``[]``, a lone header, or a sentence."""
    if form is Format.JSON:
        keys = [column.key for column in columns]
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
    elif form is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([column.key for column in columns])
        writer.writerows([["" if cell is None else _plain(cell) for cell in row] for row in rows])
    elif not rows:
        print("Nothing in this scope.")
    else:
        _print_table(columns, rows)


def print_object(answer: dict[str, Any], lines: Sequence[str], form: Format) -> None:
    """A single answer: an object for programs, ``lines`` for people."""
    if form is Format.JSON:
        print_json(answer)
    elif form is Format.CSV:
        flat = {key: value for key, value in answer.items() if not isinstance(value, dict | list)}
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(flat)
        writer.writerow(["" if value is None else _plain(value) for value in flat.values()])
    else:
        print("\n".join(lines))


def print_json(answer: object) -> None:
    """JSON, in ASCII where the terminal or pipe takes no more."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    json.dump(answer, sys.stdout, ensure_ascii=plain, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def defused(text: str) -> str:
    """Text that a spreadsheet would take for a formula, marked as text; full-width signs count in some languages."""
    first = text.lstrip(" ")[:1]
    return "'" + text if first and first in "=+-@\t\r\n\0＝＋－＠" else text


def _plain(cell: Cell) -> Cell:
    return defused(cell) if isinstance(cell, str) else cell


def _print_table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    lines = [[shown(column.heading or column.key) for column in columns if column.show]]
    for row in rows:
        texts = [column.show(cell) for column, cell in zip(columns, row, strict=True) if column.show]
        lines.append([cut(shown(text), WIDEST) for text in texts])
    aligned: list[tuple[int, Literal["left", "right"]]] = [
        (max(cells(line[at]) for line in lines), "right" if column.right else "left")
        for at, column in enumerate(column for column in columns if column.show)
    ]
    for line in lines:
        print("  ".join(pad(text, *how) for text, how in zip(line, aligned, strict=True)).rstrip())
