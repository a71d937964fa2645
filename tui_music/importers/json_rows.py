"""Rows of a JSON array, however large or damaged the file: three levels, each slower and more forgiving than the last.

1. A slice of the file is decoded at once into typed rows.
2. A slice with a row of the wrong type is decoded row by row, so that the row costs itself.
3. A slice that is not JSON is searched for rows: each top-level object is decoded alone, and after one that fails the
   search goes on at the next. A file cut short, a stray comma, NaN or a raw control character cost the rows they touch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from tui_music.importers.columns import Reason, Rejections
from tui_music.importers.members import ByteStream, Member

#: Small enough that the rows of a slice still lie in the processor's cache when they are turned into columns.
SLICE_BYTES = 2 << 20
ROW_BYTES = 64 << 10
DEPTH = 32
#: A slice with more commas than this (no export comes near it) is not decoded row by row: that would cost 1 GB.
MOST_COMMAS = 1_000_000
#: After so many damaged stretches with no good row between them, the rest of a file is given up as one rejection.
HOPELESS = 500

_ROW_GAP = re.compile(rb"\}\s*,\s*(?=\{)")
_FLAT_OBJECT = re.compile(rb'\{(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+\}', re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]', re.DOTALL)
_ROW_START = re.compile(rb'\{(?=\s*["}])')
_BETWEEN_ROWS = re.compile(rb"[\s,\[\]]*+")
_PERSONAL = re.compile(
    rb'"(?:username|ip_addr[a-z_]*|user_agent[a-z_]*|city|region)"\s*:\s*(?:"(?:[^"\\]|\\.)*(?:"|$)|[^,}]*)\s*,?\s*',
    re.DOTALL,
)

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

    def read(self, member: Member, rejected: Rejections) -> Iterator[Rows[Row]]:
        """Yield the rows of ``member`` in slices of at most 2 MB; add the others to ``rejected``."""
        stream = member.open()
        try:
            yield from self._slices(stream, rejected)
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
            if chunk:
                text = b"".join((opening, rest, memoryview(chunk)[:row_end], b"]"))
            else:
                text = opening + rest
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
            rejected.add(number, Reason.TOO_LONG, excerpt(raw))
            return None
        try:
            return self._one.decode(raw)
        except msgspec.ValidationError as problem:
            rejected.add(number, self._reason(str(problem), raw), excerpt(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            rejected.add(number, Reason.DAMAGED, excerpt(raw))
        return None

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
        self._behind, self._count, self._damaged_in_a_row = behind, count, 0

    def rows(self, buffer: bytes, at_end: bool) -> Iterator[Rows[Row]]:
        while True:
            rows, numbers, done = self._scan(buffer, at_end)
            self._behind += done
            yield Rows(rows, numbers, self._behind)
            if at_end or self._damaged_in_a_row >= HOPELESS:
                return
            buffer = buffer[done:]
            chunk = self._stream.read(SLICE_BYTES)
            buffer, at_end = buffer + chunk, not chunk

    def _scan(self, buffer: bytes, at_end: bool) -> tuple[list[Row], list[int], int]:
        """Rows in ``buffer`` and how far it was used; what may go on behind its end is left for the next call."""
        rows: list[Row] = []
        numbers: list[int] = []
        at = 0
        while self._damaged_in_a_row < HOPELESS:
            at = _end(_BETWEEN_ROWS, buffer, at)
            if at >= len(buffer):
                break
            if not at_end and len(buffer) - at < 2 * ROW_BYTES:
                break
            stop = _object_end(buffer, at) if buffer[at : at + 1] == b"{" else None
            raw = buffer[at:stop] if stop else None
            whole = self._decodes(raw) if raw else None
            if raw is None or whole is False:
                at = self._damage(buffer, at)
                continue
            self._count += 1
            self._damaged_in_a_row = 0
            row = self._decoder.decode_one(raw, self._count, self._rejected)
            if row is not None:
                rows.append(row)
                numbers.append(self._count)
            at += len(raw)
        return rows, numbers, at

    def _decodes(self, raw: bytes) -> bool:
        try:
            msgspec.json.decode(raw, type=msgspec.Raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        return True

    def _damage(self, buffer: bytes, at: int) -> int:
        """Reject one damaged stretch and return where the next row may begin."""
        self._count += 1
        self._damaged_in_a_row += 1
        found = _ROW_START.search(buffer, at + 1)
        stop = found.start() if found else len(buffer)
        text = buffer[at:stop]
        if self._damaged_in_a_row >= HOPELESS:
            note = f"from byte {self._behind + at:,} on nothing could be read: "
        elif not found:
            note = f"cut off at byte {self._behind + len(buffer):,}: "
        else:
            note = f"at byte {self._behind + at:,}: "
        self._rejected.add(self._count, Reason.DAMAGED, note + excerpt(text))
        return stop


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


def _object_end(buffer: bytes, at: int) -> int | None:
    """Where the object that begins at ``at`` ends, or ``None`` when it does not within a row's limits."""
    limit = at + 2 * ROW_BYTES
    flat = _FLAT_OBJECT.match(buffer, at, limit)
    if flat:
        return flat.end()
    depth = 0
    for token in _TOKEN.finditer(buffer, at, limit):
        mark = token.group()
        if mark in b"{[":
            depth += 1
            if depth > DEPTH:
                return None
        elif mark in b"}]":
            depth -= 1
            if depth == 0:
                return token.end()
    return None


def excerpt(raw: bytes) -> str:
    """The start of a row as text, without the personal fields an export may carry."""
    text = _PERSONAL.sub(b"", raw[: 8 * 1024])
    return " ".join(text.decode("utf-8", "replace").split())
