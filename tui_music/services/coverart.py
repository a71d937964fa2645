"""The Cover Art Archive: fronts of albums, by their ids at MusicBrainz. No key is needed.

The archive only knows where a cover lies, and sends there: to the Internet Archive, which sends on to one of its nodes.
"""

from __future__ import annotations

import re

import httpx2

from tui_music.errors import ServiceUnavailable
from tui_music.services.reading import nonsense
from tui_music.services.replies import Cover
from tui_music.services.transport import Wire

NAME = "Cover Art Archive"
#: Where its redirects may lead: the Internet Archive, and its nodes, such as ``ia601005.us`` and ``dn721601.ca``.
NODES = re.compile(r"archive\.org|(ia|dn)\d{3,8}\.(us|ca|eu)\.archive\.org")
#: How it says that there is none. A page that merely has the same status is no such answer.
_NONE = re.compile(rb"No (cover art|front cover image) found for release")
#: How a JPEG begins, and ends. Covers of 250 pixels are made by the archive, always as such.
_START, _END = b"\xff\xd8\xff", b"\xff\xd9"


class CoverArt:
    """Questions to the Cover Art Archive. Raises :class:`~tui_music.errors.ServiceError`."""

    def __init__(self, wire: Wire) -> None:
        self._client = httpx2.Client(transport=wire, trust_env=False)
        self._base = str(wire.bases[0]).rstrip("/")

    def cover(self, mbid: str) -> Cover | None:
        """The front of an album (a release group), ``None`` where nobody has given one: a whole JPEG, not decoded."""
        reply = self._client.get(f"{self._base}/release-group/{mbid}/front-250")
        image = reply.content
        if reply.status_code == 404 and _NONE.search(image):
            return None
        if reply.status_code != 200:
            raise ServiceUnavailable(f"{NAME} did not accept the question (HTTP {reply.status_code}).")
        if not (image.startswith(_START) and image.endswith(_END)):
            raise nonsense(NAME)
        return Cover(mbid, image)
