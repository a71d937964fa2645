"""What was learnt, kept in files that cannot run code: arrays in an ``.npz`` beside a header in JSON.

A model is written whole or not at all. One that does not fit (another version, other plays, damaged) is an
:class:`UnfitModel` to whoever opens it, and is trained again.
"""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_music.errors import TuiMusicError
from tui_music.settings import write_private

Arrays = Mapping[str, NDArray[Any]]
#: Counts up when what is stored changes its meaning.
SCHEMA = 1
_HEADER = "header"
_LONGEST_HEADER = 1 << 20
#: So old (s), an unfinished file is of a process that was killed; a younger one may be in the making.
_STRAY_S = 3600
#: What damaged files make zipfile, numpy and msgspec raise.
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TypeError,
    zipfile.BadZipFile,
)


class UnfitModel(TuiMusicError):
    """A model is missing, damaged, or of another version, library or choice of parameters."""


class Header(msgspec.Struct, frozen=True):
    """What a model is. ``revision`` is the library's it was learnt from; ``parameters`` what it was learnt with;
    ``sizes`` dtype and shape of each array; ``checksum`` the SHA-256 over all of them."""

    schema: int
    revision: int
    parameters: dict[str, str | int | float]
    sizes: dict[str, tuple[str, tuple[int, ...]]]
    checksum: str


@dataclass(frozen=True, repr=False, eq=False)
class Model:
    header: Header
    arrays: dict[str, NDArray[Any]]


def save(path: Path, arrays: Arrays, revision: int, parameters: Mapping[str, str | int | float]) -> None:
    """Write a model to ``path``, in place of the one before. ValueError for arrays of objects."""
    kept = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = Header(SCHEMA, revision, dict(parameters), _sizes(kept), _checksum(kept))
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{_HEADER: np.frombuffer(msgspec.json.encode(header), np.uint8)}, **kept)
    write_private(path, file.getvalue())


def load(path: Path, revision: int | None = None, parameters: Mapping[str, str | int | float] | None = None) -> Model:
    """The model at ``path``. Header and sizes are checked; so are ``revision`` and ``parameters`` when given.

    Raises :class:`UnfitModel`, whatever the file holds.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive)
            header = msgspec.json.decode(_read(archive, _HEADER).tobytes(), type=Header)
            if header.schema != SCHEMA:
                raise _unfit(path, f"is of version {header.schema}, not {SCHEMA}")
            if revision is not None and header.revision != revision:
                raise _unfit(path, "was learnt from the library as it was before")
            if parameters is not None and header.parameters != dict(parameters):
                raise _unfit(path, "was learnt with other parameters")
            arrays = {name: _read(archive, name) for name in header.sizes}
    except FileNotFoundError:
        raise _unfit(path, "is not there yet") from None
    except _DAMAGE as problem:
        raise _unfit(path, f"cannot be read ({problem})") from problem
    if _sizes(arrays) != header.sizes:
        raise _unfit(path, "has arrays of other sizes than it says")
    return Model(header, arrays)


def verify(path: Path) -> None:
    """Read every byte of a model and compare its checksum. Raises :class:`UnfitModel`."""
    model = load(path)
    if _checksum(model.arrays) != model.header.checksum:
        raise _unfit(path, "is not what was written: its checksum differs")


def sweep(folder: Path) -> None:
    """Remove unfinished models that killed processes left behind an hour ago or earlier."""
    for stray in folder.glob(".*.npz.*"):
        if stray.stat().st_mtime < time.time() - _STRAY_S:
            stray.unlink(missing_ok=True)


def packed(names: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Names as bytes and the ends of each, for :func:`save`."""
    encoded = [name.encode("utf-8", "surrogatepass") for name in names]
    ends = np.cumsum(np.array([len(name) for name in encoded], np.int64), dtype=np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def unpacked(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> list[str]:
    """The names of :func:`packed`. ValueError when these are none."""
    whole, stops = data.tobytes(), ends.tolist()
    if [0, *stops] != sorted([0, *stops]) or (stops[-1] if stops else 0) != len(whole):
        raise ValueError("ends of names out of order")
    starts = [0, *stops[:-1]]
    return [whole[start:stop].decode("utf-8", "surrogatepass") for start, stop in zip(starts, stops, strict=False)]


def _read(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    with archive.open(f"{name}.npy") as file:
        array: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
        return array


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("compressed")
    if sum(entry.file_size for entry in entries if entry.filename == f"{_HEADER}.npy") > _LONGEST_HEADER:
        raise ValueError("a header of over 1 MB")


def _sizes(arrays: Arrays) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {name: (array.dtype.str, array.shape) for name, array in arrays.items()}


def _checksum(arrays: Arrays) -> str:
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()


def _unfit(path: Path, why: str) -> UnfitModel:
    return UnfitModel(f"The model {path.name} {why}. It is trained again in the background.")
