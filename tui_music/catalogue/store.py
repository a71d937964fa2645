"""A catalogue on disk: a folder of arrays that are mapped into memory, and one header that says which.

A build writes its arrays to a folder of their own and then the header, in one rename: until then the old catalogue is
in use, and whoever holds it open keeps it. What killed builds leave behind is removed by the next one.
"""

from __future__ import annotations

import hashlib
import math
import mmap
import os
import secrets
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_music.catalogue.cleaning import BuildReport
from tui_music.errors import NoCatalogue, UnfitCatalogue
from tui_music.settings import private_folder, write_private

#: Counts up when what is stored changes its meaning.
SCHEMA = 1
Arrays = dict[str, NDArray[Any]]
_HEADER = "catalogue.json"
#: So old (s), a folder that no header names is of a process that was killed.
_STRAY_S = 3600


class ClusterHeader(msgspec.Struct, frozen=True):
    """A cluster: its name, how many tracks, and the mean of each column of sound (null where none is known)."""

    name: str
    size: int
    means: tuple[float | None, ...]


class Header(msgspec.Struct, frozen=True):
    """What a catalogue is. ``sizes`` has dtype and shape of each array in ``folder``, ``checksum`` the SHA-256 over
    all; ``mean`` and ``sd`` are the pipeline's, ``axes`` and ``variance`` its principal components; ``silhouette``
    is that of each number of clusters tried."""

    schema: int
    folder: str
    sizes: dict[str, tuple[str, tuple[int, ...]]]
    checksum: str
    report: BuildReport
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    axes: tuple[tuple[float, ...], ...]
    variance: tuple[float, ...]
    means: tuple[float | None, ...]
    correlations: tuple[tuple[float | None, ...], ...]
    clusters: tuple[ClusterHeader, ...]
    silhouette: dict[int, float]


def save(home: Path, arrays: Mapping[str, NDArray[Any]], header: Header) -> None:
    """Write a catalogue to the folder ``home``, in place of the one before, whole or not at all."""
    private_folder(home)
    previous = sweep(home)
    folder = home / f"data-{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700)
    try:
        for name, array in arrays.items():
            with open(folder / f"{name}.npy", "wb", opener=_private) as file:
                np.save(file, np.ascontiguousarray(array), allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        sizes = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
        whole = msgspec.structs.replace(
            header, schema=SCHEMA, folder=folder.name, sizes=sizes, checksum=_checksum(folder, list(sizes))
        )
        write_private(home / _HEADER, msgspec.json.encode(whole))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if previous:
        shutil.rmtree(home / previous, ignore_errors=True)


@dataclass(frozen=True, repr=False, eq=False)
class Mapped:
    """A catalogue that is mapped into memory."""

    header: Header
    arrays: Arrays
    maps: dict[str, mmap.mmap]

    def let_go(self, kept: Collection[str]) -> None:
        """Give back the memory of all arrays but those ``kept``: what is read row by row would otherwise come to stay
        whole, 64 KB at a touch. It is read from the file again when it is asked for, which the system keeps cached."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for name, mapped in self.maps.items():
                if name not in kept:
                    mapped.madvise(mmap.MADV_DONTNEED)


def load(home: Path) -> Mapped:
    """The catalogue in ``home``, its arrays mapped into memory, types and sizes checked.

    Raises :class:`NoCatalogue` for none, :class:`UnfitCatalogue` for one that is damaged or of another version.
    """
    for _ in range(2):  # the folder may be replaced between reading the header and opening it
        header = read_header(home)
        try:
            found = {name: _mapped(home / header.folder, name, *size) for name, size in header.sizes.items()}
            return Mapped(header, {n: array for n, (array, _) in found.items()}, {n: m for n, (_, m) in found.items()})
        except FileNotFoundError:
            problem = "a part of it is missing"
        except (OSError, ValueError, EOFError, SyntaxError, TypeError) as damage:
            raise _unfit(home, str(damage)) from damage
    raise _unfit(home, problem)


def read_header(home: Path) -> Header:
    """The header alone. Raises as :func:`load`."""
    try:
        header = msgspec.json.decode((home / _HEADER).read_bytes(), type=Header)
    except FileNotFoundError:
        raise NoCatalogue("There is no catalogue of tracks yet. Make one: tui-music catalogue build FILE…") from None
    except (OSError, msgspec.MsgspecError, ValueError) as damage:
        raise _unfit(home, str(damage)) from damage
    if header.schema != SCHEMA:
        raise _unfit(home, f"it is of version {header.schema}, not {SCHEMA}")
    if Path(header.folder).name != header.folder:
        raise _unfit(home, "its header names no folder of its own")
    return header


def verify(home: Path) -> Header:
    """Read every byte and compare the checksum; the header. Raises as :func:`load`."""
    header = load(home).header
    if _checksum(home / header.folder, list(header.sizes)) != header.checksum:
        raise _unfit(home, "it is not what was written: its checksum differs")
    return header


def sweep(home: Path) -> str:
    """Remove what killed builds left behind an hour ago or earlier; says which folder is in use, "" for none."""
    try:
        current = read_header(home).folder
    except NoCatalogue:
        current = ""
    for stray in home.glob("data-*"):
        if stray.name != current and stray.stat().st_mtime < time.time() - _STRAY_S:
            shutil.rmtree(stray, ignore_errors=True)
    return current


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _mapped(folder: Path, name: str, dtype: str, shape: tuple[int, ...]) -> tuple[NDArray[Any], mmap.mmap]:
    with (folder / f"{name}.npy").open("rb") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{name} is no array")
        stored, by_column, kind = np.lib.format.read_array_header_1_0(file)
        count, start = math.prod(shape), file.tell()
        size = start + count * kind.itemsize
        if (kind.str, stored, by_column, kind.hasobject) != (dtype, shape, False, False):
            raise ValueError(f"{name} is of another type or size than it says")
        if os.fstat(file.fileno()).st_size != size:
            raise ValueError(f"{name} is cut off, or longer than it says")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(mapped, kind, count, start).reshape(shape), mapped


def _checksum(folder: Path, names: list[str]) -> str:
    total = hashlib.sha256()
    for name in sorted(names):
        total.update(name.encode())
        with (folder / f"{name}.npy").open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _unfit(home: Path, why: str) -> UnfitCatalogue:
    return UnfitCatalogue(f"The catalogue in {home} cannot be used ({why}). Build it again: tui-music catalogue build.")
