"""The engine's answers on the command line, under the keys the README documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tui_music.engine.candidate import Candidate, Recommendations, Share
from tui_music.engine.notes import Advice
from tui_music.engine.paths import Path, Stop
from tui_music.engine.tracks import Song
from tui_music.library.calendar import open_zone
from tui_music.printing import Cell, Column, Format, day, decimals, number

_ADVICE = {
    Advice.IMPORT: "tui-music import FILE brings in more.",
    Advice.FETCH: "tui-music warm asks about more.",
    Advice.SHOW_PASSED: "They come back within two weeks.",
    Advice.UNDO: "The screen Discover takes verdicts back.",
}
_HEAD = (Column("rank", "#", number, right=True), Column("artist"), Column("score", "score", decimals(3), right=True))
RECOMMENDED = (
    *_HEAD,
    Column("confidence", "sure", lambda share: f"{share:.0%}", right=True),
    Column("plays", "plays", number, right=True),
    Column("last", "last", day),
    Column("signals", "", None),
    Column("reasons", "why"),
)
LIKE = (*_HEAD, Column("plays", "plays", number, right=True), Column("signals", "", None), Column("reasons", "why"))
LIKE_TRACK = (
    Column("rank", "#", number, right=True),
    Column("track"),
    Column("artist"),
    Column("score", "score", decimals(3), right=True),
    Column("plays", "plays", number, right=True),
    Column("signals", "", None),
    Column("reasons", "why"),
)
PATH = (
    Column("step", "#", number, right=True),
    Column("artist"),
    Column("similarity", "similarity", decimals(3), right=True),
    Column("plays", "plays", number, right=True),
    Column("tags"),
)
Rows = Sequence[Sequence[Any]]


def recommended(found: Recommendations, zone: str, form: Format) -> Rows:
    """A row for each candidate. In JSON ``signals`` is an object of shares that sum to the score, with the evidence in
    ``reasons`` after the sentence; otherwise both are text."""
    clock = open_zone(zone)

    def row(place: int, each: Candidate) -> list[Any]:
        last = datetime.fromtimestamp(each.last, clock).isoformat() if each.last is not None else None
        shares = {share.signal: round(share.share, 6) for share in each.signals}
        reasons = [each.reason, *_evidence(each.signals)] if form is Format.JSON else [each.reason]
        return [
            place, each.name, round(each.score, 6), round(each.confidence, 4), each.plays, last,
            _nested(shares, form), _listed(reasons, form),
        ]  # fmt: skip

    return [row(place, each) for place, each in enumerate(found.candidates, 1)]


def _evidence(signals: Iterable[Share]) -> list[str]:
    return [
        f"{share.signal}: {each.text} ({each.value:.4g} {each.unit}) {each.effect:+.3f}"
        for share in signals
        for each in share.evidence[:5]
    ]


def account(found: Recommendations, at: int, zone: str) -> str:
    """How many of how many, as of when (UTC seconds), what they rest on, and the note."""
    when = datetime.fromtimestamp(at, open_zone(zone))
    many = f"{len(found.candidates):,} of {found.considered:,} artists"
    shown = f"{many} as of {when:%a %Y-%m-%d %H:%M}, from {found.level}."
    old = "" if not found.age or found.age < 86_400 else f" The oldest reply is of {found.age // 86_400:,} days ago."
    return f"{shown}{old}{' ' + found.note.said(_ADVICE) if found.note else ''}"


def alike(stops: Sequence[Stop], form: Format) -> Rows:
    """Neighbours with their similarity as the score."""
    return [
        [
            place, stop.name, round(stop.similarity or 0.0, 6), stop.plays,
            _nested({"similar": round(stop.similarity or 0.0, 6)}, form),
            _listed([", ".join(stop.tags) or "similar", "never played" if not stop.heard else ""], form),
        ]
        for place, stop in enumerate(stops, 1)
    ]  # fmt: skip


def alike_tracks(songs: Sequence[Song], form: Format) -> Rows:
    """Songs like one, with the match that the service gave."""
    return [
        [
            place, song.title, song.artist, round(song.match or 0.0, 6), song.plays,
            _nested({"similar": round(song.match or 0.0, 6)}, form), _listed([song.source.value], form),
        ]
        for place, song in enumerate(songs, 1)
    ]  # fmt: skip


def steps(path: Path, form: Format) -> Rows:
    """The stops of a path in order."""
    return [
        [place, stop.name, stop.similarity, stop.plays, _listed(list(stop.tags), form)]
        for place, stop in enumerate(path.stops, 1)
    ]


def _nested(shares: dict[str, float], form: Format) -> dict[str, float] | Cell:
    return shares if form is Format.JSON else "; ".join(f"{name} {share:.3f}" for name, share in shares.items())


def _listed(texts: Sequence[str], form: Format) -> list[str] | Cell:
    said = [text for text in texts if text]
    return said if form is Format.JSON else "; ".join(said)
