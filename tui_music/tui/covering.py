"""What the threads of a cover do: look it up, fetch it, and make colours of it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from tui_music.errors import NotCached, Offline, ServiceError
from tui_music.tui.widgets.figures import NOTHING, Figure

if TYPE_CHECKING:
    from tui_music.services.gateway import Services

#: Longest side in pixels, and most passes, of a picture that is decoded: the archive's have 250, and about ten. A few
#: bytes can claim a side of 65,535 pixels, or thousands of passes over them.
LARGEST, PASSES = 1_000, 50
_PASS = b"\xff\xda"  # begins one, and stands for nothing else in what is packed


@dataclass(frozen=True, slots=True)
class Picture:
    """Colours as bytes (red, green, blue), row by row from the top; none where there is no cover, and ``why``."""

    colours: bytes = b""
    why: Figure = NOTHING


NO_COVER = Picture(why=Figure("no cover known"))


def kept(services: Services, artist: str, album: str, width: int, height: int) -> Picture | None:
    """The cover as it is known without the network, ``None`` if it is not, or not of late."""
    try:
        found, fresh = _found(services, artist, album, cached=True)
    except NotCached:
        return None
    return _picture(found, width, height) if fresh else None


def fetched(services: Services, artist: str, album: str, width: int, height: int) -> Picture:
    """The cover of an album, ``width`` × ``height`` pixels; where it cannot be had, why."""
    try:
        return _picture(_found(services, artist, album, cached=False)[0], width, height)
    except Offline:
        return Picture(why=Figure("offline"))
    except ServiceError:
        return Picture(why=Figure("no answer"))


def _found(services: Services, artist: str, title: str, *, cached: bool) -> tuple[bytes | None, bool]:
    """The picture as it came, ``None`` if there is none, and whether that is not older than it should be."""
    album = services.mb_album(artist, title, cached=cached)
    if album.value is None:
        return None, not album.stale
    cover = services.cover(album.value.mbid, cached=cached)
    return cover.value.image if cover.value else None, not (album.stale or cover.stale)


def _picture(image: bytes | None, width: int, height: int) -> Picture:
    return NO_COVER if image is None else decoded(image, width, height)


def decoded(image: bytes, width: int, height: int) -> Picture:
    """A JPEG made as small as it is shown. Nobody can tell what is in it: whatever is wrong with it, it is no cover."""
    from PIL import Image
    from PIL.JpegImagePlugin import JpegImageFile

    if image.count(_PASS) > PASSES:
        return NO_COVER
    try:
        with JpegImageFile(BytesIO(image)) as opened:  # by its class: Image.open would look for other formats in it
            if not 0 < max(opened.size) <= LARGEST:
                return NO_COVER
            small = opened.convert("RGB").resize((width, height), Image.Resampling.BOX)
    except Exception:  # a decoder raises whatever it stumbles over
        return NO_COVER
    return Picture(small.tobytes())
