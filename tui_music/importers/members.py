"""The files behind the paths a person gives: folders are walked, zips are read in place, nothing is ever extracted.

The caps keep a hostile file from costing more than it could be worth: see :class:`Caps`.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from tui_music.errors import ImportRefused

#: Of each file so much is looked at to recognise it: more than its first row, were that one too long.
HEAD_BYTES = 256 << 10
_MB = 1 << 20
_ZIP_FAULTS = (
    zipfile.BadZipFile,  # truncated, overlapping, wrong checksum
    zipfile.LargeZipFile,
    RuntimeError,  # encrypted
    NotImplementedError,  # unknown compression
    zlib.error,
    EOFError,
    ValueError,
    OverflowError,
    IndexError,  # changed since it was listed
)
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
#: Longest list of contents read of a zip: 90,000 names take 40 MB of memory.
_LIST_BYTES = 4 * _MB


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits of one zip: files in it, bytes of one, bytes of all, and how far it may unpack."""

    members: int = 500
    member_bytes: int = 500 * _MB
    total_bytes: int = 2_048 * _MB
    ratio: int = 200
    ratio_from: int = 10 * _MB


CAPS = Caps()


class ByteStream(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Member:
    """One file to read: ``path`` itself, or the file ``inside`` the zip at ``path``, its ``entry``-th.

    ``size`` is in bytes, unpacked.
    """

    path: Path
    size: int
    inside: str | None = None
    entry: int = 0

    @property
    def shown(self) -> str:
        """The path as the person knows it."""
        return legible(self.path) if self.inside is None else f"{legible(self.path)} › {self.inside}"

    @property
    def name(self) -> str:
        return PurePosixPath((self.inside or legible(self.path)).replace("\\", "/")).name

    def head(self) -> bytes:
        """The beginning as UTF-8, without a byte order mark."""
        stream = self.open()
        try:
            return stream.read(HEAD_BYTES)
        finally:
            stream.close()

    def open(self) -> ByteStream:
        """The content as UTF-8 without a byte order mark. Raises :class:`ImportRefused`, also while reading."""
        try:
            raw = self.path.open("rb") if self.inside is None else _Capped(self.path, self.entry)
            return _Utf8(self.shown, raw)
        except _ZIP_FAULTS as problem:
            raise ImportRefused(f"{self.shown}: {_zip_sentence(problem)}") from problem
        except OSError as problem:
            raise ImportRefused(f"{self.shown}: {problem.strerror or problem}.") from problem


class _Utf8:
    """Bytes of a file as UTF-8: a byte order mark is dropped, UTF-16 is transcoded, faults are named."""

    def __init__(self, shown: str, raw: ByteStream) -> None:
        self.shown, self._raw = shown, raw
        first = self._read(4)
        self._decoder: codecs.IncrementalDecoder | None = None
        encoding = _encoding(first)
        if encoding == "utf-8":
            self._pending = first.removeprefix(codecs.BOM_UTF8)
        else:
            self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
            self._pending = self._decoder.decode(first).removeprefix("\ufeff").encode("utf-8", "replace")

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes (for UTF-16 up to half as many more), empty at the end."""
        pending, self._pending = self._pending, b""
        chunk = self._read(max(size - len(pending), 1))
        if self._decoder is not None:
            text = self._decoder.decode(chunk, final=not chunk)
            while chunk and not text:  # half a character
                chunk = self._read(1)
                text = self._decoder.decode(chunk, final=not chunk)
            chunk = text.encode("utf-8", "replace")
        return pending + chunk if pending else chunk

    def close(self) -> None:
        self._raw.close()

    def _read(self, size: int) -> bytes:
        try:
            return self._raw.read(size)
        except _ZIP_FAULTS as problem:
            raise ImportRefused(f"{self.shown}: {_zip_sentence(problem)}") from problem
        except OSError as problem:
            raise ImportRefused(f"{self.shown}: {problem.strerror or problem}.") from problem


def _encoding(first: bytes) -> str:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(first) == 4 and first[1] == 0 and first[3] == 0:  # '[' or '{' and ASCII in two bytes each
        return "utf-16-le"
    if len(first) == 4 and first[0] == 0 and first[2] == 0:
        return "utf-16-be"
    return "utf-8"


def _zip_sentence(problem: Exception) -> str:
    text = str(problem)
    if isinstance(problem, RuntimeError) and "encrypted" in text:
        return "it is encrypted. Unpack it with its password and import the folder."
    if isinstance(problem, NotImplementedError):
        return "it is compressed in a way that cannot be read here. Unpack it and import the folder."
    return f"it is damaged ({text.splitlines()[0][:80] if text else type(problem).__name__}). Download it again."


def legible(path: Path) -> str:
    """The path as text; bytes in it that are none are replaced."""
    return str(path).encode("utf-8", "replace").decode()


def members(path: Path, caps: Caps = CAPS) -> Iterator[Member | ImportRefused]:
    """The files at ``path``: itself, those in the zip, or those below the folder, in order of name.

    What cannot be read comes as an :class:`ImportRefused` among the others, so that one bad file never hides the rest.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as problem:
        sentence = problem.strerror if isinstance(problem, OSError) else problem
        yield ImportRefused(f"{legible(path)}: {sentence}. Give a zip, a folder or a JSON file of your export.")
        return
    if stat.S_ISDIR(mode):
        yield from _folder(path, caps)
    elif not stat.S_ISREG(mode):
        yield ImportRefused(f"{legible(path)}: not a file or folder.")
    else:
        yield from _file(path, caps)


def _folder(path: Path, caps: Caps) -> Iterator[Member | ImportRefused]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if name != "__MACOSX" and not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield from _file(Path(folder, name), caps)
    for problem in unreadable:
        yield ImportRefused(f"{legible(Path(problem.filename))}: {problem.strerror}.")


def _file(path: Path, caps: Caps) -> Iterator[Member | ImportRefused]:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return
        with path.open("rb") as file:
            is_zip = file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except FileNotFoundError:
        return  # a link to nowhere, or gone since the folder was read
    except OSError as problem:
        yield ImportRefused(f"{legible(path)}: {problem.strerror or problem}.")
        return
    if is_zip:
        yield from _zip(path, caps)
    else:
        yield Member(path, status.st_size)


def _zip(path: Path, caps: Caps) -> Iterator[Member | ImportRefused]:
    try:
        with _ZipBytes(path) as file, zipfile.ZipFile(file) as archive:
            listed = archive.infolist()
    except (*_ZIP_FAULTS, OSError) as problem:
        yield ImportRefused(f"{legible(path)}: {_zip_sentence(problem)}")
        return
    refusal = _over_caps(path, listed, caps)
    if refusal:
        yield refusal
        return
    for entry, info in enumerate(listed):
        name = info.filename
        hidden = "__MACOSX" in name or PurePosixPath(name).name.startswith(".")
        if not (hidden or name.endswith("/") or stat.S_ISLNK(info.external_attr >> 16)):
            yield Member(path, info.file_size, name, entry)


def _over_caps(path: Path, listed: list[zipfile.ZipInfo], caps: Caps) -> ImportRefused | None:
    total = sum(info.file_size for info in listed)
    packed = path.stat().st_size
    largest = max((info.file_size for info in listed), default=0)
    if len(listed) > caps.members:
        what = f"it holds {len(listed):,} files, more than {caps.members:,}"
    elif largest > caps.member_bytes:
        what = f"one file in it is {largest // _MB:,} MB, more than {caps.member_bytes // _MB:,} MB"
    elif total > caps.total_bytes:
        what = f"it unpacks to {total // _MB:,} MB, more than {caps.total_bytes // _MB:,} MB"
    elif total > caps.ratio_from and total > caps.ratio * packed:
        what = f"it unpacks to {total // max(packed, 1):,} times its size, which no history does"
    elif _overlapping(listed):
        what = "files in it overlap, which only a made-up zip does"
    else:
        return None
    return ImportRefused(f"{legible(path)}: {what}. If you trust it, unpack it and import the folder.")


def _overlapping(listed: list[zipfile.ZipInfo]) -> bool:
    """Whether two members claim the same bytes; Python itself notices only from 3.11.8 on (CVE-2024-0450)."""
    spans = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in listed)
    return any(end > start for (_, end), (start, _) in pairwise(spans))


class _ZipBytes(io.FileIO):
    """The bytes of a zip, for :mod:`zipfile`, which reads a list of contents at once, however long it says it is."""

    def read(self, size: int | None = -1, /) -> bytes | Any:
        if size is not None and size > _LIST_BYTES:
            raise zipfile.BadZipFile("its list of contents is too long")
        return super().read(size)


class _Capped:
    """A file in a zip that never gives more than the size it declares."""

    def __init__(self, path: Path, entry: int) -> None:
        self._file = _ZipBytes(path)
        try:
            self._archive = zipfile.ZipFile(self._file)
            info = self._archive.infolist()[entry]
            if info.compress_type not in _METHODS:
                raise NotImplementedError
            self._left = info.file_size
            self._stream = self._archive.open(info)
        except BaseException:
            self._file.close()
            raise

    def read(self, size: int, /) -> bytes:
        chunk = self._stream.read(min(size, self._left + 1))
        self._left -= len(chunk)
        if self._left < 0:
            raise zipfile.BadZipFile("larger than it declares")
        return chunk

    def close(self) -> None:
        self._stream.close()
        self._archive.close()
        self._file.close()
