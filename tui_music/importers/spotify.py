"""What both of Spotify's formats need: recognising them, and turning their text into columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import repeat

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
)
from tui_music.kinds import Kind

#: Longest word kept of a context (characters).
WORD_LIMIT = 200

_JSON_START = re.compile(rb"\s*[\[{]")
#: Stands for "no such time" in a column of seconds; outside EARLIEST..LATEST.
NO_TIME = -60 * 10**12
_REASONS = {reason.code: reason for reason in Reason}


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


def item_of(kind: Kind, artist: str | None, title: str | None, album: str | None, uri: str | None) -> Item | Reason:
    """The item of these names (surrounding space and NULs dropped), or the reason why they name nothing."""
    if not (title := _clean(title)):
        return Reason.NO_TITLE
    if not (artist := _clean(artist)):
        return Reason.NO_ARTIST
    if len(artist) + len(title) + len(album or "") + len(uri or "") > NAMES_LIMIT:
        return Reason.TOO_LONG
    return Item(kind, artist, title, _clean(album), _clean(uri))


def tracks_of(names: Sequence[tuple[str | None, ...]]) -> list[Item | Reason]:
    """The items of many tracks (title, artist, album, URI): what :func:`item_of` says, quicker for tidy names."""
    titles, artists, albums, uris = zip(*names, strict=True)
    if None not in titles and None not in artists and all(map(_tidy, (titles, artists, albums, uris))):
        return list(map(Item, repeat(int(Kind.MUSIC)), artists, titles, albums, uris))
    return [item_of(Kind.MUSIC, artist, title, album, uri) for title, artist, album, uri in names]


def _tidy(names: Sequence[str | None]) -> bool:
    """Whether all names are such that :func:`item_of` would leave them as they are."""
    said = [name for name in names if name is not None]
    return (
        list(map(str.strip, said)) == said
        and "" not in said
        and "\x00" not in "".join(said)
        and max(map(len, said), default=0) <= NAMES_LIMIT // 4
    )


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
    rejected: Rejections,
    excerpt: Callable[[int], str],
) -> Columns:
    """The rows that are plays, as columns; each of the others goes to ``rejected`` with ``excerpt(position)``."""
    row = np.array(numbers, np.int32)
    bad = (item < 0) | (ended == NO_TIME) | (ms_played < 0)
    for position in np.flatnonzero(bad).tolist():
        untimely = Reason.BAD_TIME if ended[position] == NO_TIME else Reason.BAD_DURATION
        reason = _REASONS.get(int(item[position]), untimely)
        rejected.add(int(row[position]), reason, partial(excerpt, position))
    good = ~bad
    return Columns(row[good], ended[good], ms_played[good].astype(np.int32), item[good], context[good])
