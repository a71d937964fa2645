"""Rows of a JSON array, however large or damaged the file: three levels, each slower and more forgiving than the last.

1. A slice of the file is decoded at once into typed rows.
2. A slice with a row of the wrong type, or too long, is decoded row by row, so that the row costs itself.
3. A slice that is not JSON is searched for rows, from there to the end of the file: each value is decoded alone, and
   after one that fails the search goes on at the next ``{"``. A file cut short, a stray comma, NaN or a raw control
   character cost the rows they touch.

Which level reads a row, and where the slices end, makes no difference to what becomes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import msgspec

from tui_music.errors import ImportRefused
from tui_music.importers.columns import Reason, Rejections
from tui_music.importers.members import ByteStream, Member

#: Small enough that the rows of a slice still lie in the processor's cache when they are turned into columns.
SLICE_BYTES = 2 << 20
ROW_BYTES = 64 << 10
#: The search sees this far ahead: enough to find the end of a row that is too long.
WINDOW = 2 * ROW_BYTES
#: A slice with more commas than this (no export comes near it) is not decoded row by row: that would cost 1 GB.
MOST_COMMAS = 1_000_000
#: The search may look in vain at so many bytes, and at twice what is behind it; every failure counts as 1 KB at least.
BYTES_IN_VAIN = 64 << 20
LEAST_IN_VAIN = 1 << 10
MOST_REJECTED = 500_000
VALUE_CELLS = 60

_ROW_GAP = re.compile(rb"\}\s*,\s*(?=\{)")
_ROW_START = re.compile(rb'\{(?=\s*["}])')
_MAYBE_ROW_START = re.compile(rb"\{\s*\Z")
_BETWEEN_ROWS = re.compile(rb"[\s,]*+(?:\][\s,]*+\[?[\s,]*+)*+")
_FILE_START = re.compile(rb"\s*+\[?")
#: Finds where a value ends; what it means is for msgspec. More lenient than JSON: what is wrong then costs one row.
_any_value = json.JSONDecoder(strict=False, parse_int=len, parse_float=len, parse_constant=len)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    """Decoded rows, their 1-based numbers in the file, and how many bytes of the file are behind us."""

    rows: list[Row]
    numbers: range | list[int]
    bytes_read: int


class JsonRows(Generic[Row]):
    """Decoder of files that are a JSON array of ``row_type``, a :class:`msgspec.Struct`.

    ``reasons`` maps a field's name to the reason given when that field is missing or of the wrong type.
    """

    def __init__(self, row_type: type[Row], reasons: dict[str, Reason]) -> None:
        self._typed = msgspec.json.Decoder(list[row_type])  # type: ignore[valid-type]
        self._raw = msgspec.json.Decoder(list[msgspec.Raw])
        self._one = msgspec.json.Decoder(row_type)
        self._reasons = reasons
        names = "|".join(field.encode_name for field in msgspec.structs.fields(row_type))  # type: ignore[arg-type]
        value = r"""(?!null)("(?:[^"\\]|\\.)*+"?|[^\s,{}\[\]"]+)"""
        self._field = re.compile(rf'"({names})"\s*:\s*{value}'.encode(), re.DOTALL)

    def read(self, member: Member, rejected: Rejections) -> Iterator[Rows[Row]]:
        """Yield the rows of ``member`` in slices of about 2 MB; add the others to ``rejected``.

        Raises :class:`ImportRefused` when more rows are rejected than any history has.
        """
        stream = member.open()
        try:
            for part in self._slices(stream, rejected):
                yield part
                if sum(rejected.counts.values()) > MOST_REJECTED:
                    raise ImportRefused(f"{member.shown}: more than {MOST_REJECTED:,} rows in it are no plays.")
        finally:
            stream.close()

    def _slices(self, stream: ByteStream, rejected: Rejections) -> Iterator[Rows[Row]]:
        rest, behind, count = b"", 0, 0  # ``rest`` begins with a row whose end was not read yet
        while True:
            chunk = stream.read(SLICE_BYTES)
            row_end, next_row = _last_gap(chunk)
            if chunk and not next_row and len(rest) < SLICE_BYTES:
                rest += chunk
                continue
            opening = b"[" if behind else b""
            text = b"".join((opening, rest, memoryview(chunk)[:row_end], b"]")) if chunk else opening + rest
            decoded = self._decode(text, count, rejected) if next_row or not chunk else None
            if decoded is None:  # not JSON, or no gap between rows where we looked: search from here to the end
                yield from _Search(self, stream, rejected, behind, count).rows(rest + chunk, at_end=not chunk)
                return
            rows, numbers, count = decoded
            behind += len(rest) + (next_row or len(chunk))
            yield Rows(rows, numbers, behind)
            if not chunk:
                return
            rest = chunk[next_row:]

    def _decode(self, text: bytes, count: int, rejected: Rejections) -> tuple[list[Row], range | list[int], int] | None:
        try:
            if not _may_hold_long_row(text):
                rows = self._typed.decode(text)
                return rows, range(count + 1, count + 1 + len(rows)), count + len(rows)
        except msgspec.ValidationError:
            pass  # some row is not as it should be: level two finds which
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if text.count(b",") > MOST_COMMAS:
            return None
        try:
            raws = self._raw.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        rows, numbers = [], []
        for number, raw in enumerate(raws, count + 1):
            row = self.decode_one(bytes(raw), number, rejected)
            if row is not None:
                rows.append(row)
                numbers.append(number)
        return rows, numbers, count + len(raws)

    def decode_one(self, raw: bytes, number: int, rejected: Rejections) -> Row | None:
        """One row, or ``None`` with a rejection."""
        if len(raw) > ROW_BYTES:
            rejected.add(number, Reason.TOO_LONG, partial(self.excerpt, raw))
            return None
        try:
            return self._one.decode(raw)
        except msgspec.ValidationError as problem:
            rejected.add(number, self._reason(str(problem), raw), partial(self.excerpt, raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            rejected.add(number, Reason.DAMAGED, partial(self.excerpt, raw))
        return None

    def excerpt(self, raw: bytes) -> str:
        """What a rejected row says in the fields that are read: the others, some of them personal, are never kept."""
        found = (
            f"{name.decode()}: {value.decode('utf-8', 'replace')[:VALUE_CELLS]}"
            for name, value in self._field.findall(raw[: 8 << 10])
        )
        return ", ".join(" ".join(each.split()) for each in found) or f"{len(raw):,} bytes that name no play"

    def _reason(self, problem: str, raw: bytes) -> Reason:
        if not raw.lstrip().startswith(b"{"):
            return Reason.NOT_A_ROW
        field = re.search(r"field `(\w+)`|\$\.(\w+)", problem)
        name = (field.group(1) or field.group(2)) if field else ""
        return self._reasons.get(name, Reason.WRONG_TYPE)


class _Search(Generic[Row]):
    """Level three: finds the rows in what is not JSON, from a place between two rows to the end of the file."""

    def __init__(
        self, decoder: JsonRows[Row], stream: ByteStream, rejected: Rejections, behind: int, count: int
    ) -> None:
        self._decoder, self._stream, self._rejected = decoder, stream, rejected
        self._behind, self._count, self._in_vain = behind, count, 0
        self._lost = False  # whether the row before was damaged, so that the next one is to be looked for

    def rows(self, buffer: bytes, at_end: bool) -> Iterator[Rows[Row]]:
        if self._behind == 0:
            self._behind = _end(_FILE_START, buffer, 0)
            buffer = buffer[self._behind :]
        while True:
            rows, numbers, done = self._scan(buffer, at_end)
            self._behind += done
            yield Rows(rows, numbers, self._behind)
            if at_end or self._hopeless(0):
                return
            buffer = buffer[done:]
            chunk = self._stream.read(SLICE_BYTES)
            buffer, at_end = buffer + chunk, not chunk

    def _scan(self, buffer: bytes, at_end: bool) -> tuple[list[Row], list[int], int]:
        """Rows in ``buffer`` and how far it was used; what may go on behind its end is left for the next call."""
        rows: list[Row] = []
        numbers: list[int] = []
        text = buffer.decode("latin-1")  # a character for every byte
        at = 0
        while (at_end or len(buffer) - at >= WINDOW) and not self._hopeless(at):
            if self._lost:
                found = _ROW_START.search(buffer, at)
                if found is None:
                    unsure = None if at_end else _MAYBE_ROW_START.search(buffer, max(at, len(buffer) - ROW_BYTES))
                    return rows, numbers, unsure.start() if unsure else len(buffer)
                at, self._lost = found.start(), False
            at = _end(_BETWEEN_ROWS, buffer, at)
            if at == len(buffer):
                break
            self._count += 1
            try:
                end = at + _any_value.raw_decode(text[at : at + WINDOW])[1]
            except json.JSONDecodeError as problem:
                at = self._damaged(buffer, at, at_end, at + 1, problem.pos)
            except RecursionError:  # too deep to be a row: it ends where rows may end
                gap = _ROW_GAP.search(buffer, at, at + WINDOW)
                after = gap.start() if gap else min(at + WINDOW, len(buffer))
                at = self._damaged(buffer, at, at_end, after, ROW_BYTES)
            else:
                row = self._decoder.decode_one(buffer[at:end], self._count, self._rejected)
                if row is not None:
                    rows.append(row)
                    numbers.append(self._count)
                at = end
        return rows, numbers, at

    def _hopeless(self, at: int) -> bool:
        return self._in_vain > BYTES_IN_VAIN + 2 * (self._behind + at)

    def _damaged(self, buffer: bytes, at: int, at_end: bool, search_from: int, in_vain: int) -> int:
        """Reject the damaged stretch that begins at ``at``; returns where to look for the next row."""
        self._lost = True
        self._in_vain += max(in_vain, LEAST_IN_VAIN)
        found = _ROW_START.search(buffer, search_from)
        if self._hopeless(at):
            note = f"from byte {self._behind + at:,} on nothing can be read: "
        elif at_end and not found:
            note = f"cut off at byte {self._behind + len(buffer):,}: "
        else:
            note = f"at byte {self._behind + at:,}: "
        damaged = buffer[at : found.start() if found else at + WINDOW]
        self._rejected.add(self._count, Reason.DAMAGED, lambda: note + self._decoder.excerpt(damaged))
        return search_from


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _last_gap(chunk: bytes) -> tuple[int, int]:
    """Where the row before the last gap between two rows ends, and where the row after it begins; zeros without one."""
    for window in (ROW_BYTES, len(chunk)):
        gaps = list(_ROW_GAP.finditer(chunk, max(len(chunk) - window, 0)))
        if gaps:
            return gaps[-1].start() + 1, gaps[-1].end()
    return 0, 0


def _may_hold_long_row(text: bytes) -> bool:
    """Whether the rows' ends lie farther apart than a row may be long. (Written another way, they are not found.)"""
    at = 0
    while len(text) - at > ROW_BYTES:
        end = text.rfind(b"},", at, at + ROW_BYTES) + 2
        if end < at + 2:
            return True
        at = end
    return False
