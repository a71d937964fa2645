"""Reading bytes with the importer that knows them, without a library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui_music.importers import importer_for
from tui_music.importers.columns import ROWS_KEPT, Context, Item, Reason, Rejections, Tables
from tui_music.importers.members import Member


@dataclass(frozen=True)
class Accepted:
    """A row that was accepted. ``number`` is 1-based, ``ended`` UTC seconds."""

    number: int
    ended: int
    ms: int
    item: Item
    context: Context


@dataclass(frozen=True)
class Outcome:
    """What became of a file's rows; rejections are (number, reason, excerpt)."""

    accepted: list[Accepted]
    rejected: list[tuple[int, Reason, str | None]]

    @property
    def titles(self) -> list[str]:
        return [row.item.title for row in self.accepted]

    @property
    def reasons(self) -> list[Reason]:
        return [reason for _, reason, _ in self.rejected]


def read(folder: Path, content: bytes, name: str = "anything") -> Outcome:
    """The outcome of a file of ``content``; it must be recognised."""
    path = folder / name
    path.write_bytes(content)
    member = Member(path, len(content))
    importer = importer_for(member)
    assert importer is not None, "not recognised"
    tables, rejected = Tables(), Rejections()
    parts = [part.columns for part in importer.read(member, tables, rejected)]
    items, contexts = list(tables.items), list(tables.contexts)
    accepted = []
    for part in parts:
        columns = (part.row, part.ended, part.ms_played, part.item, part.context)
        for number, ended, ms, item, context in zip(*(column.tolist() for column in columns), strict=True):
            meant = items[item]
            assert isinstance(meant, Item)
            accepted.append(Accepted(number, ended, ms, meant, contexts[context]))
    assert min(sum(rejected.counts.values()), ROWS_KEPT) <= len(rejected.rows)
    return Outcome(accepted, sorted(zip(rejected.rows, rejected.reasons, rejected.excerpts, strict=True)))


def recognised(folder: Path, content: bytes) -> str | None:
    """The name of the format, if any."""
    path = folder / "anything"
    path.write_bytes(content)
    importer = importer_for(Member(path, len(content)))
    return importer.name if importer else None
