"""What services wrote, made fit to keep: bounded, without control characters, of the type it should be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from tui_music.errors import ServiceUnavailable
from tui_music.services.replies import Similar
from tui_music.text import shown

_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_URL = re.compile(r"https?://[!-~]{1,500}")
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_LARGEST = 10**15

T = TypeVar("T")


def name_of(text: str | None) -> str:
    """A name as it can be drawn, at most 300 characters; empty if there is none."""
    return str(shown((text or "").strip())).strip()


def mbid_of(text: str | None) -> str | None:
    text = (text or "").strip().lower()
    return text if _MBID.fullmatch(text) else None


def url_of(text: str | None) -> str | None:
    text = (text or "").strip()
    return text if _URL.fullmatch(text) else None


def date_of(text: str | None) -> str | None:
    """``1994``, ``1994-05`` or ``1994-05-31``."""
    text = (text or "").strip()
    return text if _DATE.fullmatch(text) else None


def count_of(value: str | float | None) -> int | None:
    """A number of plays or listeners."""
    number = number_of(value)
    return int(number) if number is not None and 0 <= number < _LARGEST else None


def number_of(value: str | float | None) -> float | None:
    """A finite number."""
    try:
        number = float(value or 0) if value not in (None, "") else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def best_is_one(found: Iterable[Similar], limit: int) -> tuple[Similar, ...]:
    """The ``limit`` best with their matches from 0 to 1: services count to 1, to 100, or in plays."""
    best = sorted((each for each in found if each.name), key=lambda each: (-each.match, each.name, each.artist or ""))
    top = max(best[0].match if best else 0.0, 1e-9)
    return tuple(msgspec.structs.replace(each, match=max(each.match, 0.0) / top) for each in best[:limit])


def decoded(body: bytes, kind: type[T], name: str) -> T:
    """JSON as ``kind``. Raises :class:`ServiceUnavailable` if it is nothing of the sort; ``name`` is the service's."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        pass
    raise nonsense(name)


def nonsense(name: str) -> ServiceUnavailable:
    return ServiceUnavailable(f"What came is no answer of {name}: perhaps this network has a login page.")
