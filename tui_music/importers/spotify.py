"""What both of Spotify's formats need: recognising them, and turning their text into columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tui_music.importers.columns import (
    EARLIEST,
    LATEST,
    LONGEST_MS,
    NAMES_LIMIT,
    Columns,
    Context,
    Item,
    Reason,
    Rejections,
)
from tui_music.kinds import Kind

_KEY = re.compile(rb'"(\w+)"\s*:')
_JSON_START = re.compile(rb"\s*(?:\[\s*)?\{")
#: Stands for "no such time" in a column of seconds; outside EARLIEST..LATEST.
NO_TIME = -60 * 10**12
Coded = TypeVar("Coded")


def has_keys(head: bytes, *keys: bytes) -> bool:
    """Whether ``head`` begins like a JSON list of objects (or lines of them) that use all of ``keys``."""
    return bool(_JSON_START.match(head)) and set(keys) <= set(_KEY.findall(head))


def first_seen(values: Iterable[Coded], length: int) -> tuple[NDArray[np.int32], list[Coded]]:
    """Code equal values alike: (codes of shape (length,), the distinct values in order of first appearance)."""
    seen: dict[Coded, int] = {}
    first = np.fromiter(map(seen.setdefault, values, count()), np.int32, length)
    distinct, codes = np.unique(first, return_inverse=True)
    assert len(distinct) == len(seen)
    return codes.astype(np.int32), list(seen)


def seconds(texts: Sequence[str], shape: str) -> NDArray[np.int64]:
    """UTC seconds of times written like ``shape`` ("2013-04-16T06:56:15Z"); others are tried one by one.

    What is no time, or outside 2000 to 2099, becomes :data:`NO_TIME`.
    """
    fast = _same_shape(texts, shape)
    parsed = fast if fast is not None else np.fromiter(map(_one_time, texts), np.int64, len(texts))
    parsed[(parsed < EARLIEST) | (parsed >= LATEST)] = NO_TIME
    return parsed


def _same_shape(texts: Sequence[str], shape: str) -> NDArray[np.int64] | None:
    """All times at once when every one has the shape to the letter, else ``None``."""
    width = len(shape)
    joined = "".join(texts)
    if len(joined) != width * len(texts) or not joined.isascii() or not texts:
        return None
    table = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, width)
    for column, mark in enumerate(shape.encode("ascii")):
        digit = chr(mark).isdigit()
        low, high = (ord("0"), ord("9")) if digit else (mark, mark)
        if table[:, column].min() < low or table[:, column].max() > high:
            return None
    without_zone = np.ascontiguousarray(table[:, : width - shape.endswith("Z")])
    try:
        times = without_zone.view(f"S{without_zone.shape[1]}").ravel().astype("datetime64[s]")
    except ValueError:
        return None  # a 30th of February: find it one by one
    return times.astype(np.int64)


def _one_time(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return NO_TIME


def durations(values: Sequence[float]) -> NDArray[np.int64]:
    """Whole milliseconds; −1 for what is negative, fractional or longer than two weeks."""
    try:
        numbers = np.array(values, np.float64)
    except OverflowError:  # an integer of hundreds of digits
        numbers = np.array([value if abs(value) < LONGEST_MS else -1 for value in values], np.float64)
    wrong = ~((numbers >= 0) & (numbers <= LONGEST_MS) & (numbers == np.floor(numbers)))
    numbers[wrong] = -1
    return numbers.astype(np.int64)


def item_of(kind: int, artist: str | None, title: str | None, album: str | None, uri: str | None) -> Item | Reason:
    """The item of these names (surrounding space and NULs dropped), or the reason why they name nothing."""
    shown_artist, shown_title = _clean(artist), _clean(title)
    if not shown_title:
        return Reason.NO_TITLE
    if not shown_artist:
        return Reason.NO_ARTIST
    if len(shown_artist) + len(shown_title) + len(album or "") + len(uri or "") > NAMES_LIMIT:
        return Reason.TOO_LONG
    return Item(kind, shown_artist, shown_title, _clean(album) or None, _clean(uri) or None)


def _clean(text: str | None) -> str:
    if not text:
        return ""
    return text.replace("\x00", "").strip()


def played(
    numbers: range | list[int],
    ended: NDArray[np.int64],
    ms_played: NDArray[np.int64],
    item: NDArray[np.int32],
    items: Sequence[Item | Reason],
    context: NDArray[np.int32],
    contexts: list[Context],
    rejected: Rejections,
    excerpt: Callable[[int], str],
) -> Columns:
    """The rows that are plays, as columns; each of the others goes to ``rejected`` with ``excerpt(position)``."""
    row = np.array(numbers, np.int32)
    nameless = np.fromiter((isinstance(found, Reason) for found in items), np.bool_, len(items))[item]
    timeless, endless = ended == NO_TIME, ms_played < 0
    good = ~(nameless | timeless | endless)
    for position in np.flatnonzero(~good).tolist():
        found = items[item[position]]
        if not isinstance(found, Reason):
            found = Reason.BAD_TIME if timeless[position] else Reason.BAD_DURATION
        rejected.add(int(row[position]), found, excerpt(position))
    return Columns(
        row[good],
        ended[good],
        ms_played[good].astype(np.int32),
        item[good],
        context[good],
        [_NOTHING if isinstance(found, Reason) else found for found in items],
        contexts,
    )


_NOTHING = Item(Kind.MUSIC, "", "", None, None)  # keeps the places of names that were rejected; no row refers to it
