"""What tracks must be, in words: as typed, as shown, and typed again."""

from __future__ import annotations

import pytest

from tui_music.errors import BadRange
from tui_music.tui.tracks_filters import Range, Wanted, completion, parse, told

GENRES = ("pop", "dream pop", "80s", "sad", "post-teen pop", "genre bending")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Wanted()),
        ("pop", Wanted(genre="pop")),
        ("  Dream  POP ", Wanted(genre="dream pop")),
        ("sad", Wanted(mood="sad")),
        ("genre sad", Wanted(genre="sad")),
        ("genre bending", Wanted(genre="genre bending")),
        ("80s", Wanted(genre="80s")),
        ("2015", Wanted(year=Range(2015, 2015))),
        ("2010-2019", Wanted(year=Range(2010, 2019))),
        ("year 2010–", Wanted(year=Range(2010, None))),
        ("-1999", Wanted(year=Range(None, 1999))),
        ("90-120 bpm", Wanted(tempo=Range(90, 120))),
        ("tempo 90 to 120", Wanted(tempo=Range(90, 120))),
        ("popularity 50-", Wanted(popularity=Range(50, None))),
        ("explicit", Wanted(explicit=True)),
        ("clean, never heard", Wanted(explicit=False, never_heard=True)),
        ("mine", Wanted(mine=True)),
        ("cluster 3", Wanted(cluster=2)),
        ("pop, 2010-2019,happy , 100- bpm,", Wanted("pop", Range(2010, 2019), Range(100, None), mood="happy")),
    ],
)
def test_what_is_typed_is_understood_and_shown_so_that_it_can_be_typed_again(typed: str, wanted: Wanted) -> None:
    assert parse(typed, GENRES, 5) == wanted
    assert parse(wanted.typed, GENRES, 5) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        "jazz", "2019-2010", "400 bpm", "popularity 101", "cluster 0", "cluster 6", "-", "popularity", "bpm", "50",
        "never heard, mine", "pop; rock", "9" * 5_000,
    ],
    ids=lambda typed: typed[:20],
)  # fmt: skip
def test_what_is_not_understood_is_said(typed: str) -> None:
    with pytest.raises(BadRange):
        parse(typed, GENRES, 5)


def test_near_genres_are_named() -> None:
    with pytest.raises(BadRange, match="There are post-teen pop"):
        parse("postrock", GENRES, 5)


def test_completion_goes_on_from_the_last_comma() -> None:
    complete = completion(GENRES)
    assert complete("pop, nev").text == "pop, never heard"
    assert complete("dre").text == "dream pop"
    assert complete("2010-2019, e").text == "2010-2019, explicit"
    assert list(complete("po").choices) == ["pop", "post-teen pop"]
    assert complete("xyz").choices == ()


def test_what_acts_is_shown() -> None:
    assert told(Wanted()) == ""
    assert told(parse("sad, 2010-, pop, cluster 2", GENRES, 5)) == "only pop · 2010– · sad · cluster 2"
