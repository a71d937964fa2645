"""What both of Spotify's formats need: recognising them, and turning their text into columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tui_music.importers.columns import (
    EARLIEST,
    LATEST,
    LONGEST_MS,
    NAMES_LIMIT,
    Columns,
    Item,
    Reason,
    Rejections,
    Tables,
)

#: Longest word kept of a context (characters).
WORD_LIMIT = 200

_JSON_START = re.compile(rb"\s*[\[{]")
#: Stands for "no such time" in a column of seconds; outside EARLIEST..LATEST.
NO_TIME = -60 * 10**12


def has_keys(head: bytes, *keys: bytes) -> bool:
    """Whether ``head`` begins like a JSON list (or lines of objects), in which objects use all of ``keys``."""
    return bool(_JSON_START.match(head)) and all(re.search(rb'"%s"\s*:' % key, head) for key in keys)


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
    if not (title := _clean(title)):
        return Reason.NO_TITLE
    if not (artist := _clean(artist)):
        return Reason.NO_ARTIST
    if len(artist) + len(title) + len(album or "") + len(uri or "") > NAMES_LIMIT:
        return Reason.TOO_LONG
    return Item(kind, artist, title, _clean(album), _clean(uri))


def word(text: str | None) -> str | None:
    """A short text such as a platform, as it is kept."""
    return _clean(text[:WORD_LIMIT]) if text else None


def _clean(text: str | None) -> str | None:
    return (text.replace("\x00", "").strip() or None) if text else None


def played(
    numbers: range | list[int],
    ended: NDArray[np.int64],
    ms_played: NDArray[np.int64],
    item: NDArray[np.int32],
    context: NDArray[np.int32],
    tables: Tables,
    rejected: Rejections,
    excerpt: Callable[[int], str],
) -> Columns:
    """The rows that are plays, as columns; each of the others goes to ``rejected`` with ``excerpt(position)``."""
    row = np.array(numbers, np.int32)
    nameless = {tables.items[reason]: reason for reason in Reason if reason in tables.items}
    bad = np.isin(item, list(nameless)) | (ended == NO_TIME) | (ms_played < 0)
    for position in np.flatnonzero(bad).tolist():
        untimely = Reason.BAD_TIME if ended[position] == NO_TIME else Reason.BAD_DURATION
        rejected.add(int(row[position]), nameless.get(int(item[position]), untimely), partial(excerpt, position))
    good = ~bad
    return Columns(row[good], ended[good], ms_played[good].astype(np.int32), item[good], context[good])
