"""The demo: an invented listener whose export comes with the program and goes through the ordinary import.

What music services would say of the invented artists comes along, too, and is put where their replies are kept; so
does a table of how the invented songs sound, from which the demo's catalogue is built when it is first looked at.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from tui_music.errors import NotFound
from tui_music.settings import Settings, write_private

#: Whose plays the demo's are.
LISTENER = "mira"


def demo_zip() -> Path:
    """The demo's export, in the shape of Spotify's. Raises :class:`NotFound` when the installation lacks it."""
    return _shipped("demo.zip")


def prepare(settings: Settings) -> None:
    """Make what these settings (those of :meth:`Settings.for_demo`) lack for the demo: its library, its replies."""
    from tui_music.library.ingest import import_paths
    from tui_music.library.library import Library

    library = Library(settings.library_file)
    if not library.exists():
        import_paths(library, [demo_zip()], LISTENER)
    keep_replies(settings)


def keep_replies(settings: Settings) -> None:
    """Put the invented replies into the demo's cache, as fetched now; they stay until they are no longer fresh.

    A tenth of a second, and a few milliseconds when they are there. Raises :class:`NotFound` like :func:`demo_zip`.
    """
    import msgspec

    from tui_music.services.cache import CacheKey, ReplyCache

    data = _shipped("replies.zip").read_bytes()
    kept = CacheKey("demo", "invented", (f"{zlib.crc32(data):08x}",))  # comes and goes with the replies
    cache = ReplyCache(settings.replies_dir, settings.cache_days)
    if any(key == kept and cache.fresh(found) for key, found in cache.each(kept.method)):
        return
    read = msgspec.json.Decoder(tuple[str, tuple[str, ...], int | None, msgspec.Raw]).decode
    with zipfile.ZipFile(BytesIO(data)) as archive:
        lines = archive.read(archive.namelist()[0]).splitlines()
    replies = ((CacheKey("lastfm", method, asked, limit), reply) for method, asked, limit, reply in map(read, lines))
    cache.put_all([*((key, bytes(reply)) for key, reply in replies), (kept, b"true")])
    cache.close()


def tracks_table(settings: Settings) -> Path:
    """The table of invented tracks, unpacked into the demo's cache. Raises :class:`NotFound` like :func:`demo_zip`."""
    with zipfile.ZipFile(_shipped("tracks.zip")) as archive:
        name = archive.namelist()[0]
        path = settings.cache_dir / name
        write_private(path, archive.read(name))
    return path


def _shipped(name: str) -> Path:
    """In a wheel within the package; in a source tree (the sdist, an editable install) in ``data/``."""
    package = Path(__file__).parent
    for path in (package / "_demo" / name, package.parent / "data" / name):
        if path.is_file():
            return path
    raise NotFound(f"The demo's file {name} is missing beside {package}. Install the program again.")
