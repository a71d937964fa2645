"""Lists of music for other programs: M3U8, JSPF, CSV, plain text and Spotify URIs, as bytes and as files.

Names are written whole and as they are in the data, except that in every format a control character becomes U+FFFD and
a tab or line end a space: none can break a line, or reach a terminal that the bytes are printed on.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tui_music.errors import ExportRefused
from tui_music.printing import defused
from tui_music.settings import write_private


class Form(StrEnum):
    """What a list is written as."""

    M3U8 = "m3u8"
    JSPF = "jspf"
    CSV = "csv"
    TEXT = "text"
    URIS = "uris"

    @property
    def suffix(self) -> str:
        """The usual end of a file's name."""
        return ".txt" if self in {Form.TEXT, Form.URIS} else f".{self.value}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: a song or, without ``title``, an artist. ``duration_ms`` is only given where it is known.

    ``uri`` is Spotify's, ``url`` a page to open, ``note`` says why it is there. Addresses with another beginning than
    ``spotify:``, ``http://`` or ``https://`` are left out.
    """

    artist: str
    title: str | None = None
    uri: str | None = None
    duration_ms: int | None = None
    url: str | None = None
    note: str = ""

    @property
    def label(self) -> str:
        """``artist - title``, or the artist alone."""
        return self.artist if self.title is None else f"{self.artist} - {self.title}"


def to_bytes(rows: Sequence[Row], form: Form, name: str) -> bytes:
    """The rows as UTF-8, in a list called ``name``.

    - M3U8: ``#EXTINF`` with seconds (−1 where unknown), then the URI; a row without one has ``./artist - title``, which
      players look for beside the list. Lines end in ``\\n``.
    - JSPF: https://xspf.org/jspf; ``duration`` in ms, the URI as ``identifier`` with its web page as ``location``,
      ``url`` as ``info``, ``note`` as ``annotation``.
    - CSV: RFC 4180, with a header; text that a spreadsheet would take for a formula begins with ``'``.
    - text: ``artist - title``, a line each.
    - URIs: each once, a line each; rows without one are left out.
    """
    text = _WRITERS[form](rows, name)
    return text.encode()


def save(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write ``data`` to ``path``, whole or not at all, for the owner alone. Raises :class:`ExportRefused`.

    What is there already stays, unless it is a file and ``replace`` is given.
    """
    try:
        if replace and path.is_file():
            write_private(path.resolve(), data)
            return
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # nobody else can take the name now
        try:
            write_private(path, data)
        except BaseException:
            path.unlink()
            raise
    except FileExistsError:
        raise ExportRefused(f"{path} is there already. Choose another name, or have the file replaced.") from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else problem
        raise ExportRefused(f"{path} cannot be written: {why}. Choose another place.") from problem


def web_page(uri: str) -> str | None:
    """Where a Spotify URI opens in a browser (or the app, where there is one)."""
    found = re.fullmatch(r"spotify:(\w+):(\w+)", uri, re.ASCII)
    return f"https://open.spotify.com/{found[1]}/{found[2]}" if found else None


_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_ADDRESSES = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")


def _line(text: str) -> str:
    return _CONTROLS.sub("\ufffd", _SPACES.sub(" ", text))


def _address(address: str | None) -> str | None:
    """An address with nothing in it but what RFC 3986 allows."""
    if address is None or not address.startswith(("spotify:", "http://", "https://")):
        return None
    return _NOT_IN_ADDRESSES.sub(lambda found: "".join(f"%{byte:02X}" for byte in _line(found[0]).encode()), address)


def _m3u8(rows: Iterable[Row], name: str) -> str:
    lines = ["#EXTM3U", f"#PLAYLIST:{_line(name)}"]
    for row in rows:
        seconds = -1 if row.duration_ms is None else (row.duration_ms + 500) // 1000
        lines += [f"#EXTINF:{seconds},{_line(row.label)}"]
        lines += [_address(row.uri) or "./" + re.sub(r"[/\\]", "_", _line(row.label))]
    return _lines(lines)


def _jspf(rows: Iterable[Row], name: str) -> str:
    playlist = {"title": _line(name), "creator": "tui-music", "track": [_jspf_track(row) for row in rows]}
    return json.dumps({"playlist": playlist}, ensure_ascii=False, indent=2) + "\n"


def _jspf_track(row: Row) -> dict[str, Any]:
    uri, url = _address(row.uri), _address(row.url)
    page = web_page(uri) if uri else None
    fields = {
        "title": _line(row.title) if row.title is not None else None,
        "creator": _line(row.artist),
        "identifier": [uri] if uri else None,
        "location": [page] if page else None,
        "duration": row.duration_ms,
        "info": url if url != page else None,
        "annotation": _line(row.note) or None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _csv(rows: Iterable[Row], name: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["artist", "title", "uri", "duration_ms", "url", "note"])
    for row in rows:
        artist, title, note = (defused(_line(text)) for text in (row.artist, row.title or "", row.note))
        duration = "" if row.duration_ms is None else row.duration_ms
        writer.writerow([artist, title, _address(row.uri) or "", duration, _address(row.url) or "", note])
    return out.getvalue()


def _text(rows: Iterable[Row], name: str) -> str:
    return _lines(_line(row.label) for row in rows)


def _uris(rows: Iterable[Row], name: str) -> str:
    addresses = (_address(row.uri) for row in rows)
    return _lines(dict.fromkeys(each for each in addresses if each and each.startswith("spotify:")))


def _lines(lines: Iterable[str]) -> str:
    return "".join(line + "\n" for line in lines)


_WRITERS = {Form.M3U8: _m3u8, Form.JSPF: _jspf, Form.CSV: _csv, Form.TEXT: _text, Form.URIS: _uris}
