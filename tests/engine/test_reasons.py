"""Reasons: true, specific, and none without evidence."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.worlds import DAY, FETCHED, known, plays_of
from tui_music.engine.candidate import Evidence, Of, Share
from tui_music.engine.ground import Ground
from tui_music.engine.listening import listening
from tui_music.engine.notes import context, part_of_week
from tui_music.engine.reasons import ago, clauses, heard, length, reason

HISTORY = plays_of(Ada=[1] * 20, Ben=[1] * 10, Cid=[1] * 5, Dot=[220] * 4)
KNOWLEDGE = known(HISTORY, {"Ada": {"New": 1.0}})
GROUND = Ground(listening(HISTORY, "UTC", FETCHED + 1), KNOWLEDGE, np.full(len(KNOWLEDGE), -1, np.int32))
NEW, DOT = KNOWLEDGE.artists.index("New"), KNOWLEDGE.artists.index("Dot")


def share(signal: str, value: float, *evidence: tuple[Of, str, float, float]) -> Share:
    told = tuple(Evidence(of, text, number, "", effect) for of, text, number, effect in evidence)
    return Share(signal, value, value, told)


def artist(name: str, similarity: float = 0.5, effect: float = 1.0) -> tuple[Of, str, float, float]:
    return Of.ARTIST, name, similarity, effect


def test_who_points_to_an_artist_is_named_or_counted() -> None:
    """Three or more of the most played are counted; there are only four."""
    two = share("similar", 1.0, artist("Ada"), artist("Ben"))
    assert reason([two], NEW, GROUND) == "Like Ada and Ben; never played."
    three = share("similar", 1.0, artist("Ada"), artist("Ben"), artist("Cid"))
    assert reason([three], NEW, GROUND) == "3 of your top 4 point here; never played."


def test_the_largest_share_comes_first_and_two_are_said() -> None:
    signals = [
        share("popularity", 0.1, (Of.POPULARITY, "everybody", 12_345.0, 1.0)),
        share("tags", 0.5, (Of.TAG, "dream pop", 40.0, 1.0), (Of.TAG, "slowcore", 9.0, 0.5)),
        share("second-hand", 0.2, (Of.ARTIST, "Ada", 7.0, 1.0)),
    ]
    assert reason(signals, NEW, GROUND) == "Dream pop and slowcore; shares 7 neighbours with Ada; never played."


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (share("decay", 1.0, (Of.PLAYS, "in the last 7 days", 5.0, 1.0)), "5 plays in the last 7 days"),
        (share("decay", 1.0, (Of.PLAYS, "in the last 7 days", 1.0, 1.0)), "1 play in the last 7 days"),
        (share("habit", 1.0, (Of.TIME, "weekdays 19–23 h", 12.0, 1.0)), "your weekdays 19–23 h (12 sessions)"),
        (share("sequence", 1.0, (Of.ARTIST, "Ada", 3.0, 1.0)), "after Ada in 3 sessions"),
        (share("rising", 1.0, (Of.TREND, "the phase of Ada", 41.6, 1.0)), "the phase of Ada is on the rise (+42 %)"),
        (share("rediscovery", 1.0, (Of.PLAYS, "91 days to a year ago", 4.0, 1.0)), "back after 7 months"),
        (share("popularity", 1.0, (Of.POPULARITY, "everybody", 2e6, 1.0)), "2,000,000 listeners everywhere"),
        (share("wanted", 1.0, artist("Ben")), "like Ben, whom you said yes to"),
    ],
)
def test_the_words_of_each_signal(said: Share, words: str) -> None:
    assert clauses([said], DOT, GROUND) == [words]


def test_no_reason_is_a_template_without_evidence() -> None:
    """Whatever a signal adds: with no evidence, or none that speaks for the artist, nothing is said."""
    signals = ["similar", "second-hand", "tags", "popularity", "wanted", "decay", "base-level", "habit", "sequence"]
    for signal in (*signals, "rediscovery", "rising", "dial: new", "dial: obscure", "dial: lately"):
        assert reason([share(signal, 1.0)], NEW, GROUND) == ""
        assert reason([share(signal, 1.0, (Of.ARTIST, "Ada", 0.1, -0.5))], NEW, GROUND) == ""


def test_what_speaks_against_an_artist_is_no_reason_for_it() -> None:
    against = share("habit", -0.5, (Of.TIME, "weekends 9–13 h", 1.0, 0.1))
    speaks = share("decay", 0.7, (Of.PLAYS, "in the last 7 days", 5.0, 1.0))
    assert clauses([against, speaks], DOT, GROUND) == ["5 plays in the last 7 days"]


def test_signals_come_before_dials_and_what_is_the_same_is_said_once() -> None:
    signals = [
        share("dial: obscure", 9.0, (Of.POPULARITY, "everybody", 72.0, 9.0)),
        share("decay", 0.2, (Of.PLAYS, "in the last 7 days", 5.0, 1.0)),
        share("base-level", 0.1, (Of.PLAYS, "in the last 7 days", 5.0, 1.0)),
    ]
    assert clauses(signals, DOT, GROUND) == ["5 plays in the last 7 days", "72 listeners everywhere"]


def test_when_an_artist_was_heard() -> None:
    assert heard(NEW, GROUND) == "never played"
    assert heard(DOT, GROUND) == "4 plays, the last 7 months ago"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.9, ""),
        (1, "1 day"),
        (20, "20 days"),
        (21, "3 weeks"),
        (60, "8 weeks"),
        (61, "2 months"),
        (729, "23 months"),
        (731, "2 years"),
    ],
)
def test_times_are_in_their_largest_fitting_unit(days: float, said: str) -> None:
    assert length(round(days * DAY)) == said
    assert ago(round(days * DAY)) == {"": "today", "1 day": "yesterday"}.get(said, f"{said} ago")


def test_the_parts_of_a_week() -> None:
    """With bins closed on the right (C0.4) hour 6 is still night, 12 morning, and midnight nothing."""
    assert [part_of_week(hour) for hour in (0, 5, 6, 11, 12, 17, 18, 23)] == [
        *("weekday night", "weekday night", "weekday morning", "weekday morning"),
        *("weekday afternoon", "weekday afternoon", "weekday evening", "weekday evening"),
    ]
    assert [part_of_week(hour).split()[0] for hour in (4 * 24 + 23, 5 * 24, 6 * 24 + 23)] == [
        "weekday",
        "weekend",
        "weekend",
    ]


def test_the_context_of_an_hour_says_how_usual_it_is() -> None:
    """2023-12-31 was a Sunday; the plays of Ada, Ben and Cid were then at midnight, those of Dot on a Friday."""
    heard = GROUND.listening
    assert context(heard, 6 * 24 + 3) == "weekend night, like 90 % of your plays"
    assert context(heard, 20) == "weekday evening, like 0 % of your plays"
    assert context(listening(plays_of(), "UTC", 1), 20) == "weekday evening"
