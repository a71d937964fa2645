"""Why a candidate is there, in one sentence. Only what stands as evidence is said: without any, there is none."""

from __future__ import annotations

from collections.abc import Sequence

from tui_music.engine.candidate import Evidence, Of, Share
from tui_music.engine.ground import Ground
from tui_music.engine.hearings import DAY_S

#: That many of the listener's most played artists as evidence are counted, not named.
_POINTING = 3
#: Shares of the blend that a dial added are named so, and not for a signal.
DIAL = "dial: "


def reason(signals: Sequence[Share], code: int, ground: Ground) -> str:
    """One sentence of the two things that speak most for an artist, and of when it was heard."""
    said = clauses(signals, code, ground)
    if not said:
        return ""
    return f"{said[0][0].upper()}{said[0][1:]}{''.join(f'; {clause}' for clause in said[1:2])}; {heard(code, ground)}."


def clauses(signals: Sequence[Share], code: int, ground: Ground) -> list[str]:
    """What the signals that speak for an artist go by, in a few words each: the largest share first, the dials last,
    plays once."""
    order = sorted(signals, key=lambda share: (share.signal.startswith(DIAL), -share.share))
    said: dict[str, Of] = {}
    for share in [each for each in order if each.share > 0] or order[:1]:
        # where ranks count, the first place may be kept without any single one of those that made it
        evidence = [each for each in share.evidence if each.effect > 0] or [
            each for each in share.evidence if not each.effect
        ]
        if evidence and not (evidence[0].of is Of.PLAYS and Of.PLAYS in said.values()):
            said.setdefault(_clause(share.signal, evidence, code, ground), evidence[0].of)
    return [clause for clause in said if clause]


def heard(code: int, ground: Ground) -> str:
    """Whether and when an artist was heard: "never played", "2 plays, the last 7 months ago"."""
    plays, last = int(ground.plays[code]), int(ground.last[code])
    if not plays:
        return "never played"
    often = "1 play" if plays == 1 else f"{plays:,} plays"
    return f"{often}, the last {ago(ground.listening.now - last)}"


def ago(seconds: int) -> str:
    """A time before now: "today", "yesterday", "12 days ago", "7 months ago"."""
    span = length(seconds)
    return "yesterday" if span == "1 day" else f"{span} ago" if span else "today"


def length(seconds: int) -> str:
    """A time in its largest fitting unit, empty below a day: "12 days", "7 months", "3 years"."""
    days = seconds // DAY_S
    for unit, of_days, least in (("year", 365.25, 730), ("month", 30.4375, 61), ("week", 7, 21), ("day", 1, 1)):
        if days >= least:
            many = int(days / of_days)
            return f"{many} {unit}{'s' if many != 1 else ''}"
    return ""


def _clause(signal: str, evidence: Sequence[Evidence], code: int, ground: Ground) -> str:
    """What the evidence for one signal says."""
    most, value = evidence[0], evidence[0].value
    match signal:
        case "similar":
            return _pointing(evidence, ground) or f"like {_listed([each.text for each in evidence[:2]])}"
        case "wanted":
            return f"like {_listed([each.text for each in evidence[:2]])}, whom you said yes to"
        case "company":
            return f"played by those who play {_listed([each.text for each in evidence[:2]])}"
        case "sound":
            return f"sounds like {most.text}{f' ({most.detail})' if most.detail else ''}"
        case "second-hand":
            return f"shares {_counted(value, 'neighbour')} with {most.text}"
        case "rediscovery":
            return f"back after {length(ground.listening.now - int(ground.last[code]))}"
        case "rising":
            return f"{most.text} is on the rise (+{value:.0f} %)"
        case "tags":
            return _listed([each.text for each in evidence[:3]])
        case "dial: new" if most.of is Of.ARTIST:
            return f"{value:.2f} like the nearest you know" if value else "like nobody you know"
    match most.of:
        case Of.POPULARITY:
            return f"{_counted(value, 'listener')} everywhere"
        case Of.PLAYS:
            return f"{_counted(value, 'play')} {most.text}"
        case Of.TIME:
            return f"your {most.text} ({_counted(value, 'session')})"
        case Of.ARTIST:
            return f"after {most.text} in {_counted(value, 'session')}"
        case Of.TREND:
            return most.text
        case Of.TAG:
            return most.text


def _pointing(evidence: Sequence[Evidence], ground: Ground) -> str:
    """ "4 of your top 9 point here", if that many do."""
    pointing = sum(each.text in ground.top for each in evidence)
    return f"{pointing} of your top {len(ground.top)} point here" if pointing >= _POINTING else ""


def _counted(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}{'' if round(value) == 1 else 's'}"


def _listed(texts: Sequence[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
