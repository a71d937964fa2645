"""Names from outside: made safe to draw (``shown``), measured and cut in terminal cells, and folded for matching.

Files and services may put anything in a name. What is drawn is always a :class:`Shown`: no control character, nothing
invisible, nothing that terminals measure differently from the layout.

Right-to-left names are drawn as they are, in logical order. The marks and isolates that steer direction are dropped,
because a name could use them to turn the rest of the row around, and none are added, because terminals differ on
them. A terminal that lays out each cell where it was told (tmux, xterm, kitty, Windows) keeps every column in place.
One that reorders whole lines itself (VTE, Konsole) may swap such a name with figures that follow it on the same row:
put a Latin word or the name's column last where that matters. Widths hold in both.
"""

from __future__ import annotations

import re
from typing import Literal, Self
from unicodedata import category, normalize

from rich.cells import cell_len

#: Longest name drawn, in characters; longer ones end in ``…``. (Layout of huge strings freezes the screen.)
LIMIT = 300
ELLIPSIS = "…"
_MARKS_IN_A_ROW = 4
_REPLACEMENT = "\ufffd"
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_JOINERS = frozenset({_ZWNJ, _ZWJ})
_LINE_ENDS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
#: Letters that look like a space; terminals and layout disagree on their width.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


class Shown(str):
    """Text that is safe to draw, made only by :func:`shown`, :func:`cut` and :func:`pad`; ``+`` gives ``str``."""

    __slots__ = ()

    def __new__(cls, *_: object) -> Self:
        raise TypeError("Shown is made by shown()")

    def __reduce__(self) -> tuple[object, ...]:
        return shown, (str.__str__(self), max(LIMIT, len(self)))


def _trusted(text: str) -> Shown:
    return str.__new__(Shown, text)


def shown(text: str, limit: int = LIMIT) -> Shown:
    """``text`` made safe to draw, at most ``limit`` characters; text that is ``Shown`` already is returned as it is.

    Controls, lone surrogates and noncharacters become U+FFFD; tabs and line ends a space. Dropped: direction and other
    format characters (except joiners between non-ASCII characters, which Persian, Indic scripts and emoji need),
    tag characters, and what only picks a glyph and is measured differently from terminal to terminal (variation
    selectors, skin tones). At most four combining marks follow one another; leading ones stand on a no-break space.
    """
    if isinstance(text, Shown):
        return text
    if not (text.isascii() and text.isprintable()):
        text = _cleaned(text[: 16 * limit])
    if len(text) > limit:
        text = text[: _boundary(text, max(limit - 1, 0))] + ELLIPSIS if limit > 0 else ""
    return _trusted(text)


_REMEMBERED = 50_000  # characters; all of Unicode would take 100 MB

_PLAIN, _SPACE, _REPLACED, _DROPPED, _MARK, _JOINER = range(6)


class _Kinds(dict[str, int]):
    """What becomes of a character; filled as characters are met."""

    def __missing__(self, char: str) -> int:
        kind = _kind(char)
        if len(self) < _REMEMBERED:
            self[char] = kind
        return kind


def _kind(char: str) -> int:
    code, kind = ord(char), category(char)
    if char in _JOINERS:
        return _JOINER
    if char in _LINE_ENDS or char in _FILLERS:
        return _SPACE
    if kind in {"Cc", "Cs"} or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return _REPLACED
    if kind == "Cf" or _picks_glyph(code):
        return _DROPPED
    if kind[0] == "M" or 0x1161 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:  # jamo that join the syllable before
        return _MARK
    return _PLAIN


def _picks_glyph(code: int) -> bool:
    """Invisible but not Cf: variation selectors, skin tones, the grapheme joiner, and the whole block of tags."""
    return 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF or code == 0x34F or 0xE0000 <= code <= 0xE0FFF


_kinds = _Kinds()


def _cleaned(text: str) -> str:
    kept: list[str] = []
    run = 0  # marks and joiners in a row
    for char in text:
        kind = _kinds[char]
        if kind == _DROPPED:
            continue
        if kind == _MARK:
            if not kept:
                kept.append("\u00a0")
            run += 1
            if run <= _MARKS_IN_A_ROW:
                kept.append(char)
        elif kind == _JOINER:
            if kept and kept[-1] not in _JOINERS and not kept[-1].isascii() and run < _MARKS_IN_A_ROW:
                kept.append(char)
                run += 1
        else:
            run = 0
            if kind != _PLAIN:
                char = " " if kind == _SPACE else _REPLACEMENT
            if kept and kept[-1] in _JOINERS and char.isascii():
                kept.pop()
            kept.append(char)
    if kept and kept[-1] in _JOINERS:
        kept.pop()
    return "".join(kept)


# Cells: the layout measures with rich, so this does too.


def cells(text: str) -> int:
    """Width of ``text`` in terminal cells, as the layout counts it."""
    return cell_len(text)


def cut(text: Shown, width: int) -> Shown:
    """``text`` in at most ``width`` cells, ending in ``…`` when something had to go; characters are never split."""
    if cells(text) <= width:
        return text
    if width < 1:
        return _trusted("")
    if max(text) < "\u0300":  # one cell each, and no marks
        return _trusted(text[: width - 1] + ELLIPSIS)
    start = end = used = 0
    while True:
        end = _next_boundary(text, start)
        used += cells(text[start:end])
        if used >= width:
            return _trusted(text[:start] + ELLIPSIS)
        start = end


def pad(text: Shown, width: int, align: Literal["left", "right", "center"] = "left") -> Shown:
    """``text`` cut or filled with spaces to exactly ``width`` cells."""
    text = cut(text, width)
    room = max(width - cells(text), 0)
    before = {"left": 0, "right": room, "center": room // 2}[align]
    return _trusted(" " * before + text + " " * (room - before)) if room else text


def _boundary(text: str, end: int) -> int:
    """The last place at or before ``end`` where ``text`` may be cut; ``end`` when there is none."""
    start = end
    while start > 0 and not _separable(text, start):
        start -= 1
    return start or end


def _next_boundary(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and not _separable(text, end):
        end += 1
    return end


def _separable(text: str, at: int) -> bool:
    """Whether ``text[at]`` starts something of its own: no mark, nothing joined, not the second half of a flag."""
    if _kinds[text[at]] in {_MARK, _JOINER} or text[at - 1] == _ZWJ:
        return False
    halves = 0
    if _is_flag_half(text[at]):
        while halves < at and _is_flag_half(text[at - 1 - halves]):
            halves += 1
    return halves % 2 == 0


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


# Matching


#: Letters that carry their difference inside and so have no accent to remove.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss"}
    | {"ħ": "h", "ŧ": "t", "ŋ": "n", "ı": "i", "ƒ": "f", "ƶ": "z", "ƀ": "b"}
)
_QUOTES = str.maketrans(
    dict.fromkeys("‘’‚‛′´`ʼʻʹˈ", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−∼〜~", "-") | {"⁄": "/"}
)
#: Not letters, and not collapsed to a space: they tell names apart (C+C, R&B, A$AP).
_KEPT = frozenset("&")
_SEPARATORS = frozenset("|")
_ACCENTS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_ACCENTED = re.compile(
    "(?:(?<=[0-9a-z\u00df-\u02af\u0370-\u03ff\u0400-\u052f\u1c80-\u1c8f\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f"
    f"\ua640-\ua69f\ua720-\ua7ff\\s])|^)[{_ACCENTS}]+"
)
_OTHER = r"[^()\[\]{}【】]*"
_GUESTS_IN_BRACKETS = re.compile(
    rf"[(\[{{【]\s*(?:feat|ft|featuring)\b[.:]?\s*\w{_OTHER}(?:[(\[{{【]{_OTHER}[)\]}}】]{_OTHER})*[)\]}}】]"
)
#: "ft" after a number is a length: "6 ft under".
_GUESTS_AT_END = re.compile(r"(?<=\S)\s+(?:feat|featuring|(?<!\d\s)ft)\b[.:]?\s*\w.*", re.DOTALL)


class _Folding(dict[int, str | None]):
    """For ``str.translate``: punctuation to spaces, invisible characters to nothing."""

    def __missing__(self, code: int) -> str | None:
        value = self.folded(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = value
        return value

    def folded(self, char: str) -> str | None:
        kind = category(char)
        if kind in {"Cc", "Zs", "Zl", "Zp"}:
            return " "
        if kind in {"Cf", "Cs"} or char in _FILLERS or _picks_glyph(ord(char)):
            return _REPLACEMENT if kind == "Cs" else None
        return char


class _Collapsing(_Folding):
    def folded(self, char: str) -> str | None:
        if char in _KEPT:
            return char
        if char in _SEPARATORS or category(char) == "Sk" or category(char)[0] == "P":
            return " "
        return super().folded(char)


_visible, _collapsed = _Folding(), _Collapsing()


def fold(text: str, *, guests: bool = False) -> str:
    """The form in which names are compared. Folding what is folded changes nothing.

    Case, width, compatibility forms, accents of Latin, Greek and Cyrillic letters, and letters such as ø or æ are
    unified; marks of other scripts stay (they make other letters). Punctuation becomes single spaces, except ``&``,
    which stays, as do symbols (``+``, ``$``, ♥); a name of nothing but punctuation keeps it ("!!!"). A guest
    list ("feat. X", in brackets or at the end) is dropped unless ``guests``.
    """
    if text.isascii():
        text = text.lower()
    else:
        text = normalize("NFKD", normalize("NFKD", text.translate(_QUOTES)).casefold())
        text = text.translate(_LETTERS).translate(_QUOTES)
    if guests or "f" not in text:
        return _words(text, _collapsed) or _words(text, _visible)
    alone = _without_guests(_GUESTS_IN_BRACKETS.sub(" ", text))
    return (
        _without_guests(_words(alone, _collapsed))
        or _words(alone, _visible)
        or _without_guests(_words(text, _collapsed))
    )


def _without_guests(text: str) -> str:
    return _GUESTS_AT_END.sub("", text)


def _words(text: str, table: _Folding) -> str:
    text = text.translate(table)
    if not text.isascii():
        text = normalize("NFC", _ACCENTED.sub("", text) if table is _collapsed else text)
    return " ".join(text.split())
