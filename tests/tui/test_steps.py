"""The way taken: places come back to, branches kept."""

from __future__ import annotations

from tui_music.tui.steps import Place, Sort, Step, branches


def like(*artists: str) -> Place:
    return Place(Sort.LIKE, artists)


def test_a_place_that_was_gone_to_from_here_is_the_same_step_with_its_cursor() -> None:
    home = Step(Place(Sort.HOME))
    one = home.go(like("Ilse Morn"))
    one.cursor = 7
    assert home.go(like("ILSE  MORN")) is one
    assert home.onward == [one]


def test_a_place_on_the_way_is_come_back_to() -> None:
    home = Step(Place(Sort.HOME))
    one = home.go(like("A"))
    two = one.go(like("B"))
    assert two.go(like("A")) is one
    assert not two.onward


def test_other_ways_are_branches() -> None:
    home = Step(Place(Sort.HOME))
    a = home.go(like("A"))
    b = a.go(like("B"))
    c = a.go(like("C"))
    d = c.go(Place(Sort.SONGS, ("D",), "Song"))
    e = home.go(like("E", "F"))
    assert [step.place.name for step in d.way] == ["start", "A", "C", "♪ Song"]
    assert [(lead, step) for lead, step in branches(home)] == [
        ("", home),
        ("├ ", a),
        ("│ ├ ", b),
        ("│ └ ", c),
        ("│   └ ", d),
        ("└ ", e),
    ]
    assert e.place.name == "E + F"


def test_a_song_of_two_artists_and_a_path_both_ways_are_other_places() -> None:
    places = {
        Place(sort, artists, title).key
        for sort in Sort
        for artists in (("a", "b"), ("b", "a"), ("a",))
        for title in (None, "a", "b")
    }
    assert len(places) == 4 * 3 * 3


def test_a_very_long_way() -> None:
    step = home = Step(Place(Sort.HOME))
    for number in range(5_000):
        step = step.go(like(f"artist {number}")) if number < 3 else _append(step, number)
    assert len(step.way) == 5_001
    assert sum(1 for _ in branches(home)) == 5_001


def _append(step: Step, number: int) -> Step:
    following = Step(like(f"artist {number}"), step)
    step.onward.append(following)
    return following
