"""Reading the files of an import into columns in memory, with the library closed; large exports by several processes.

Decoding JSON holds Python's lock, so threads would not help. Every process reads its share with tables of its own; the
shares are put together in the order of the files, so their number changes nothing in the outcome.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np

from tui_music.errors import ImportRefused
from tui_music.importers import importer_for
from tui_music.importers.columns import Columns, Context, Item, Reason, Rejections, Tables
from tui_music.importers.members import Member

#: A further process is worth its start (about 0.2 s) from so many bytes for each.
BYTES_A_PROCESS = 96 << 20
MOST_PROCESSES = 4


class Cancelled(Exception):
    """The person stopped the import; nothing was stored."""


@dataclass(slots=True)
class FileRead:
    """One file that was read: its accepted rows in parts, and the others. About 30 bytes a row."""

    path: str
    format: str
    minute_precise: bool
    rejections: Rejections = field(default_factory=Rejections)
    parts: list[Columns] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return sum(map(len, self.parts))

    @property
    def read(self) -> int:
        return self.accepted + sum(self.rejections.counts.values())


#: What became of a file: read, refused with a sentence, or no listening history.
Fate = FileRead | ImportRefused | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The fate of every file, in order, and what the codes of their columns stand for."""

    fates: list[Fate]
    items: list[Item | Reason]
    contexts: list[Context]


Progress = Callable[[str, int, int], None]


def read_members(members: Sequence[Member], progress: Progress, cancelled: Callable[[], bool]) -> Reading:
    """Read every file; ``progress(name, bytes, rows)`` is told what is behind us. Raises :class:`Cancelled`."""
    total = sum(member.size for member in members)
    count = max(1, min(MOST_PROCESSES, os.cpu_count() or 1, total // BYTES_A_PROCESS))
    shares = _shares(members, count)
    helpers = [_Helper([members[at] for at in share]) for share in shares[1:]]
    try:
        own = _Share()
        for name, bytes_read, rows in _read_share([members[at] for at in shares[0]], own):
            others = sum(helper.bytes_read for helper in helpers), sum(helper.rows for helper in helpers)
            progress(name, bytes_read + others[0], rows + others[1])
            if cancelled():
                raise Cancelled
        results = [own, *(helper.result(cancelled) for helper in helpers)]
    finally:
        for helper in helpers:
            helper.end()
    return _put_together(shares, results)


def _shares(members: Sequence[Member], count: int) -> list[list[int]]:
    """Positions of the files, shared out so that every share has about as many bytes; the first has the least."""
    shares: list[list[int]] = [[] for _ in range(count)]
    sizes = [0] * count
    for at in sorted(range(len(members)), key=lambda at: -members[at].size):
        least = sizes.index(min(sizes))
        shares[least].append(at)
        sizes[least] += members[at].size
    return [sorted(share) for share in shares]


@dataclass(slots=True)
class _Share:
    fates: list[Fate] = field(default_factory=list)
    tables: Tables = field(default_factory=Tables)


def _read_share(members: Sequence[Member], share: _Share) -> Iterator[tuple[str, int, int]]:
    """Read files one after another into ``share``; yields the bytes and rows behind us, and the file's name.

    The name is empty after a file that holds no history.
    """
    behind = rows = 0
    for member in members:
        name = ""
        try:
            importer = importer_for(member)
            if importer is None:
                share.fates.append(None)
            else:
                name = member.name
                file = FileRead(member.shown, importer.name, importer.minute_precise)
                for part in importer.read(member, share.tables, file.rejections):
                    file.parts.append(part.columns)
                    yield name, behind + part.bytes_read, rows + file.accepted
                share.fates.append(file)
                rows += file.accepted
        except ImportRefused as problem:
            share.fates.append(problem)
        behind += member.size
        yield name, behind, rows


class _FileAnswer(msgspec.Struct, tag="file"):
    """A :class:`FileRead` between processes; ``columns`` are the bytes of the columns of all its parts."""

    path: str
    format: str
    minute_precise: bool
    rejections: Rejections
    columns: list[bytes]


class _Refusal(msgspec.Struct, tag="refused"):
    sentence: str


class _Answer(msgspec.Struct):
    """What a helping process has read, in the order of its files."""

    fates: list[_FileAnswer | _Refusal | None]
    items: Sequence[Item | str]
    contexts: list[Context]


class _Helper:
    """A process that reads a share. It is told the files on its input, and answers on its output: lines of bytes and
    rows so far, at last a line with the length of the answer, and the answer. Should it die, its share is read here."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members, self.bytes_read, self.rows = members, 0, 0
        self._answer = b""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui_music.library.reading"],  # -P: no module of the folder one is in
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # screens are drawn there
            start_new_session=True,  # ctrl+c is for the process that the person started
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        told, said = self._process.stdin, self._process.stdout
        assert told is not None
        assert said is not None
        try:
            told.write(
                msgspec.json.encode([(str(each.path), each.size, each.inside, each.entry) for each in self.members])
            )
            told.close()
            for line in said:
                numbers = line.split()
                if len(numbers) == 1:
                    self._answer = said.read(int(numbers[0]))
                    return
                self.bytes_read, self.rows = int(numbers[0]), int(numbers[1])
        except (OSError, ValueError):
            return  # it died: no answer

    def result(self, cancelled: Callable[[], bool]) -> _Share:
        while self._listener.is_alive():
            self._listener.join(0.1)
            if cancelled():
                raise Cancelled
        try:
            return _share_of(msgspec.msgpack.decode(self._answer, type=_Answer))
        except msgspec.DecodeError:
            pass  # it died before it was done
        share = _Share()
        for _ in _read_share(self.members, share):
            if cancelled():
                raise Cancelled
        return share

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        if self._process.stdout:
            self._process.stdout.close()


def _share_of(answer: _Answer) -> _Share:
    share = _Share()
    share.tables.items.extend(Reason(each) if isinstance(each, str) else each for each in answer.items)
    share.tables.contexts.extend(answer.contexts)
    for fate in answer.fates:
        if isinstance(fate, _FileAnswer):
            columns = Columns(*(np.frombuffer(each, dtype) for each, dtype in zip(fate.columns, _TYPES, strict=True)))
            share.fates.append(FileRead(fate.path, fate.format, fate.minute_precise, fate.rejections, [columns]))
        else:
            share.fates.append(ImportRefused(fate.sentence) if fate else None)
    return share


def _answer_of(share: _Share) -> _Answer:
    fates: list[_FileAnswer | _Refusal | None] = []
    for fate in share.fates:
        if isinstance(fate, FileRead):
            whole = joined(fate.parts)
            columns = [getattr(whole, name).tobytes() for name in _COLUMNS]
            fates.append(_FileAnswer(fate.path, fate.format, fate.minute_precise, fate.rejections, columns))
        else:
            fates.append(_Refusal(str(fate)) if fate else None)
    return _Answer(fates, share.tables.items, share.tables.contexts)


def _help() -> None:
    """What a helping process does."""
    members = [
        Member(Path(path), size, inside, entry)
        for path, size, inside, entry in msgspec.json.decode(sys.stdin.buffer.read())
    ]
    share, told, out = _Share(), 0.0, sys.stdout.buffer
    gc.disable()
    try:
        for _, bytes_read, rows in _read_share(members, share):
            if time.monotonic() - told > 0.1:
                told = time.monotonic()
                out.write(b"%d %d\n" % (bytes_read, rows))
                out.flush()
        answer = msgspec.msgpack.encode(_answer_of(share))
        out.write(b"%d\n" % len(answer))
        out.write(answer)
        out.flush()
    except BrokenPipeError:
        os._exit(1)  # nobody waits for the answer any more


_COLUMNS = ("row", "ended", "ms_played", "item", "context")
_TYPES = (np.int32, np.int64, np.int32, np.int32, np.int32)


def joined(parts: Sequence[Columns]) -> Columns:
    """Parts one after another, as one."""
    return Columns(
        *(
            np.concatenate([np.empty(0, dtype), *(getattr(part, name) for part in parts)])
            for name, dtype in zip(_COLUMNS, _TYPES, strict=True)
        )
    )


def _put_together(shares: Sequence[Sequence[int]], results: Sequence[_Share]) -> Reading:
    """The fates in the order of the files, the tables of all shares one behind another."""
    fates: dict[int, Fate] = {}
    items: list[Item | Reason] = []
    contexts: list[Context] = []
    for positions, share in zip(shares, results, strict=True):
        for at, fate in zip(positions, share.fates, strict=True):
            if isinstance(fate, FileRead) and items:
                fate.parts = [
                    replace(part, item=part.item + np.int32(len(items)), context=part.context + np.int32(len(contexts)))
                    for part in fate.parts
                ]
            fates[at] = fate
        items += share.tables.items
        contexts += share.tables.contexts
    return Reading([fates[at] for at in sorted(fates)], items, contexts)


if __name__ == "__main__":
    _help()
