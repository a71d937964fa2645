"""Hostile zips, each made as such zips are made: by changing the bytes of a good one."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.exports import as_json, row, zipped

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
GOOD = as_json([row(0, "good")])


def patched(archive: bytes, name: str, *changes: tuple[str, int, int]) -> bytes:
    """``archive`` with fields of the member ``name`` changed, in its local header and in the list of contents.

    A change is what to change ("flags", "method", "crc", "size"), and its value in the local header and in the list.
    """
    places = {"flags": (6, 8, "<H"), "method": (8, 10, "<H"), "crc": (14, 16, "<I"), "size": (22, 24, "<I")}
    changed = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as listed:
        local = listed.getinfo(name).header_offset
        start = listed.start_dir
    central = archive.index(name.encode(), start) - 46
    assert archive[central : central + 4] == CENTRAL
    for what, in_local, in_central in changes:
        at_local, at_central, form = places[what]
        struct.pack_into(form, changed, local + at_local, in_local)
        struct.pack_into(form, changed, central + at_central, in_central)
    return bytes(changed)


def bomb() -> bytes:
    """64 MB of spaces in 64 KB."""
    return zipped({"good.json": GOOD, "spaces.json": b"[" + b" " * (64 << 20)})


def nearly_a_bomb() -> bytes:
    """As much as is let through: 9 MB of nothing but rows that are none."""
    return zipped({"good.json": GOOD, "rows.json": GOOD[:-1] + b", {}" * (300_000) + b"]"})


def overlap(times: int = 400) -> bytes:
    """One member listed again and again, so that its megabyte is unpacked 400 times."""
    archive = zipped({"rows.json": as_json([row(0, "x" * 1_000)] * 1_000)})
    with zipfile.ZipFile(io.BytesIO(archive)) as listed:
        start = listed.start_dir
    end = archive.rindex(END)
    contents = archive[start:end] * times
    tail = struct.pack("<4sHHHHIIH", END, 0, 0, times, times, len(contents), start, 0)
    return archive[:start] + contents + tail


def lying(size: Callable[[int], int]) -> bytes:
    """A member of another size than it declares."""
    rows = as_json([row(at) for at in range(2_000)])
    archive = zipped({"good.json": GOOD, "rows.json": rows})
    return patched(archive, "rows.json", ("size", size(len(rows)), size(len(rows))))


def encrypted() -> bytes:
    return patched(zipped({"good.json": GOOD, "secret.json": GOOD}), "secret.json", ("flags", 1, 1))


def unknown_method() -> bytes:
    return patched(zipped({"good.json": GOOD, "odd.json": GOOD}), "odd.json", ("method", 99, 99))


def wrong_checksum() -> bytes:
    return patched(zipped({"good.json": GOOD, "wrong.json": GOOD}), "wrong.json", ("crc", 1, 1))


def links() -> bytes:
    """Symbolic links to files of the machine."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("good.json", GOOD)
        for target in ("/etc/passwd", "../../../etc/passwd", "good.json"):
            link = zipfile.ZipInfo(f"link to {target.replace('/', '-')}.json")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, target)
    return packed.getvalue()


NAMES = (
    "\x1b]0;title\x07\x1b[2J.json",
    "../../../../evil.json",
    "/etc/evil.json",
    "C:\\evil.json",
    "\u202egpj.json",
    "a\nb.json",
)


def odd_names() -> bytes:
    """Names that would drive a terminal, or leave the folder, if anybody let them."""
    return zipped({name: as_json([row(at, f"good {at}")]) for at, name in enumerate(NAMES)})


def nameless() -> bytes:
    """A member whose name is empty."""
    archive = zipped({"x": GOOD, "good.json": as_json([row(1, "good")])})
    start = archive.index(CENTRAL)
    local = struct.pack("<4sHHHHHIIIHH", LOCAL, 20, 0, 0, 0, 0, zlib.crc32(GOOD), len(GOOD), len(GOOD), 0, 0) + GOOD
    sizes = (zlib.crc32(GOOD), len(GOOD), len(GOOD))
    listed = struct.pack("<4s6H3I5H2I", CENTRAL, 20, 20, 0, 0, 0, 0, *sizes, 0, 0, 0, 0, 0, 0, start)
    contents = archive[start : archive.rindex(END)] + listed
    end = struct.pack("<4sHHHHIIH", END, 0, 0, 3, 3, len(contents), start + len(local), 0)
    return archive[:start] + local + contents + end


def truncated(share: float = 0.5) -> bytes:
    whole = zipped({"good.json": as_json([row(at) for at in range(3_000)])})
    return whole[: round(len(whole) * share)]


def duplicate_names() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", as_json([row(0, "good 0")]))
        archive.getinfo("a.json").filename = "b.json"  # so that it may be written again
        archive.NameToInfo.clear()
        archive.writestr("a.json", as_json([row(1, "good 1")]))
    return packed.getvalue().replace(b"b.json", b"a.json")


def many(members: int) -> bytes:
    return zipped({f"{at}.json": GOOD for at in range(members)}, zipfile.ZIP_STORED)


def endless_contents() -> bytes:
    """A list of contents of 100 MB that says it holds two million files (and packs into nothing)."""
    entry = struct.pack("<4s6H3I5H2I", CENTRAL, 20, 20, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0) + b"name"
    contents = entry * 2_000_000
    end = struct.pack("<4sHHHHIIH", END, 0, 0, 0xFFFE, 0xFFFE, len(contents), 0, 0)
    return b"PK\x03\x04" + contents + end
