"""What a recommendation is made of: a bar for each signal with its evidence, the reason, songs, tags, whom you know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import events
from textual.strip import Strip

from tui_music.text import Shown, cells, cut, shown
from tui_music.tui.widgets.candidates import SURE, Scale, level_of, score_of, sign_of
from tui_music.tui.widgets.canvas import Canvas, Drawable, Piece, Role
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import NOTHING, Figure, bar, count, counted, day, local

if TYPE_CHECKING:
    from tui_music.engine.candidate import Candidate, Evidence, Share

#: Signals in the words of the person.
WORDS = {
    "decay": "played of late",
    "base-level": "often and lately",
    "habit": "this time of week",
    "sequence": "what comes next",
    "rediscovery": "long not heard",
    "rising": "on the rise",
    "similar": "similar artists",
    "second-hand": "two steps away",
    "tags": "shared tags",
    "company": "listeners alike",
    "sound": "sound",
    "popularity": "popularity",
    "wanted": "near your yes",
    "plays": "plays",
    "dial: new": "dial: new",
    "dial: obscure": "dial: obscure",
    "dial: lately": "dial: lately",
}
_LABEL = max(map(len, WORDS.values()))
_SHARE = 8


@dataclass(frozen=True, slots=True)
class About:
    """What else is known of an artist: songs to start with, tags, artists the listener knows with their similarity.

    ``note`` says why something is missing; ``whole``: services were asked for it.
    """

    name: str
    songs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    known: tuple[tuple[str, float], ...] = ()
    note: str = ""
    whole: bool = False


class Anatomy(Canvas, can_focus=False):
    """As many lines as there is room for, the weightiest. Of another candidate only what differs is painted."""

    DEFAULT_CSS = "Anatomy { height: 9; }"

    def __init__(self) -> None:
        super().__init__()
        self._given: tuple[Candidate, Scale, str, About | None] | None = None
        self._lines: list[list[Piece]] = []

    def show(self, candidate: Candidate, scale: Scale, zone: str, about: About | None) -> None:
        """Take a candidate apart; ``scale`` is that of its list."""
        self._given = (candidate, scale, zone, about)
        self._draw()

    def clear(self) -> None:
        """Nobody is selected."""
        self._given = None
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._lines = self._made()
        self.refresh()  # it was painted in its new size before it heard of that

    def line(self, y: int) -> Strip:
        return self.strip(self._lines[y] if y < len(self._lines) else [])

    def _draw(self) -> None:
        before, self._lines = self._lines, self._made()
        self.repaint(before, self._lines)

    def _made(self) -> list[list[Piece]]:
        """The lines for the room there is: the head always, then what tells most."""
        if self._given is None or not self.size.height:
            return []
        candidate, scale, zone, about = self._given
        width, height = self.size
        reason = [[_text("  "), (shown(row), Role.PLAIN)] for row in wrap(shown(candidate.reason), max(20, width - 4))]
        ends = [] if about is None else _ends(about, width)
        room = height - 1 - min(len(reason), 2) - len(ends)
        signals = _weightiest(candidate.signals, max(room, min(3, len(candidate.signals)), 0))
        bars = [_signal(share, scale, width) for share in signals]
        head = _head(candidate, scale, zone, width)
        return [head, *reason[: 1 if height < 8 else 2], *bars, *ends][:height]


def _head(candidate: Candidate, scale: Scale, zone: str, width: int) -> list[Piece]:
    sign, role = sign_of(candidate.plays)
    end = f"score {score_of(candidate, scale)}"
    if candidate.confidence < SURE:
        end = f"{candidate.confidence * 100:.0f} % of the signals known   {end}"
    facts = _history(candidate, zone)
    room = max(8, width - len(end) - 6)
    name = cut(shown(candidate.name), room)
    told = facts if cells(name) + len(facts) + 3 <= room else NOTHING
    gap = max(1, width - 4 - cells(name) - len(told) - 3 - len(end))
    return [
        _text(" "),
        (sign or Figure(" "), role),
        _text(" "),
        (name, Role.HEAD),
        (Figure(f"   {told}{' ' * gap}{end}"), Role.QUIET),
    ]


def _history(candidate: Candidate, zone: str) -> Figure:
    """What the listener did with the artist so far."""
    if not candidate.plays:
        return Figure("never heard")
    rank = "" if candidate.rank is None else f"rank {count(candidate.rank)} · "
    last = "" if candidate.last is None else f" · last {day(local(candidate.last, zone))}"
    return Figure(f"{rank}{counted(candidate.plays, 'play')}{last}")


def _weightiest(shares: Sequence[Share], room: int) -> list[Share]:
    """As many as there is room for, in their own order: the lines stay where they are from artist to artist."""
    kept = sorted(range(len(shares)), key=lambda at: (isnan(shares[at].value), -abs(shares[at].share), at))[:room]
    return [shares[at] for at in sorted(kept)]


def _signal(share: Share, scale: Scale, width: int) -> list[Piece]:
    wide = max(6, min(32, (width - _LABEL) // 5))
    silent = isnan(share.value)
    part = min(1.0, abs(share.share) / scale.largest) if scale.largest else 0.0
    number = Figure("–" if silent else f"{share.share:.{max(2, scale.decimals)}f}".replace("-", "−"))
    label = WORDS.get(share.signal, share.signal)
    used = 4 + _LABEL + 1 + wide + _SHARE + 2
    in_strip = share.signal in scale.signals  # its cell there stands before the name: so one learns to read the strip
    return [
        (Figure(f"  {level_of(share, scale.largest) if in_strip else ' '} "), Role.BAR),
        (Figure(f"{fill(shown(label), _LABEL)} "), Role.QUIET),
        (bar(part, wide), Role.BAR if share.share > 0 else Role.QUIET),
        (Figure(f"{fill(number, _SHARE, 'right')}  "), Role.QUIET),
        (joined(map(words_of, share.evidence), width - used - 1), Role.QUIET),
    ]


def words_of(evidence: Evidence) -> Shown:
    """``Ilse Morn .81``, ``5 plays in the last 7 days``, ``dream pop, 214 plays``"""
    value, text = evidence.value, shown(evidence.text, 60)
    if evidence.unit == "similarity":
        return shown(f"{text} {_match(value)}")
    unit = evidence.unit.replace("neighbours in common", "in common")
    number = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 and abs(value) < 10 else f"{value:,.0f}"
    amount = f"{number} {unit.removesuffix('s') if value == 1 else unit}".strip()
    match evidence.of.value:
        case "plays":
            return shown(f"{amount} {text}")
        case "popularity":
            return shown(amount)
        case _:
            return shown(f"{text}, {amount}")


def _match(similarity: float) -> str:
    return f"{similarity:.2f}".removeprefix("0")


def _ends(about: About, width: int) -> list[list[Piece]]:
    """Songs, tags and artists known, each on a line of its own."""
    known = (shown(f"{shown(name, 60)} {_match(similarity)}") for name, similarity in about.known)
    lines: tuple[tuple[str, Iterable[Shown]], ...] = (
        ("songs to start", map(shown, about.songs)),
        ("tags", map(shown, about.tags)),
        ("ones you know", known),
    )
    room = width - _LABEL - 6
    made = [(label, joined(texts, room)) for label, texts in lines]
    if about.note:
        made.append(("", cut(shown(about.note), room)))
    told = ((Figure(f"    {fill(Figure(label), _LABEL)} "), text) for label, text in made if text)
    return [[(label, Role.QUIET), (text, Role.PLAIN)] for label, text in told]


def joined(texts: Iterable[Shown], room: int) -> Drawable:
    """Texts with dots between them, as many as fit whole; the first one is cut if it must be."""
    line = ""
    for text in texts:
        more = f"{line} · {text}" if line else text
        if cells(more) > room:
            break
        line = more
    else:
        return shown(line, 1000)
    return shown(line, 1000) if line else cut(text, max(0, room))


def _text(text: str) -> Piece:
    return Figure(text), Role.PLAIN
