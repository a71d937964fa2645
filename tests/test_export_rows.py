"""What is exported of a tier, a crate, a trail and recommendations: which songs, from where, under which names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.exports import imported, new_library, row, short, write
from tui_music.engine.candidate import Candidate, Level, Mode, Recommendations
from tui_music.export import Row
from tui_music.export_rows import Songs, crate_rows, recommended_rows, song_rows, tier_rows, trail_rows
from tui_music.library.history import History
from tui_music.library.journal import Entry, Journal, Triage
from tui_music.library.library import Library
from tui_music.library.ranking import rank_artists
from tui_music.library.scope import Scope

SCOPE = Scope("mira", "Europe/Berlin")


def uri(letter: str) -> str:
    return f"spotify:track:{letter * 22}"


def page(letter: str) -> str:
    return f"https://open.spotify.com/track/{letter * 22}"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("rows")
    library = new_library(folder / "home")
    plays = [
        *[("Tallow", "Dusk", 100_000, uri("d"))] * 3,
        *[("Tallow", "Tide", 200_000, uri("a"))] * 1,
        *[("Tallow", "Tide", 200_000, uri("b"))] * 3,
        *[("Tallow", "Ember", 400_000, uri("e"))] * 2,
        *[("Tallow", "Ember (feat. Nine)", 200_000, uri("f"))] * 1,
        *[("Tallow", "Winter", 400_000, uri("w"))] * 1,
        *[("Tallow", "Skipped", 29_000, uri("s"))] * 9,
        *[("Sigur Rós", "Song (feat. Ilse Morn)", 100_000, uri("i"))] * 2,
        *[("SIGUR ROS", "Other", 100_000, uri("o"))] * 1,
        *[("Barely", "Skipped", 5_000, uri("k"))] * 2,
    ]
    rows = [
        row(1_000 * at, title, artist, ms, spotify_track_uri=link, reason_end="trackdone" if ms > 30_000 else "fwdbtn")
        for at, (artist, title, ms, link) in enumerate(plays)
    ]
    imported(library, write(folder / "a.json", rows), listener="mira")
    imported(library, write(folder / "b.json", [short(50_000, "Quiet", "Nine", 60_000)]), listener="mira")
    return library


@pytest.fixture(scope="module")
def history(library: Library) -> History:
    return library.load("mira")


@pytest.fixture
def songs(library: Library, history: History) -> Songs:
    return Songs(library, history, SCOPE)


def test_a_tier_gives_the_most_played_songs_of_each_artist(songs: Songs, history: History) -> None:
    ranking = rank_artists(history, SCOPE)
    assert [ranking.name(at) for at in range(5)] == ["Tallow", "Sigur Rós", "SIGUR ROS", "Nine", "Barely"]
    assert tier_rows(songs, ranking, ranking.tier(1, 2)) == [
        Row("Tallow", "Tide", uri("b"), 200_000, page("b"), "rank 1"),
        Row("Tallow", "Dusk", uri("d"), 100_000, page("d"), "rank 1"),
        Row("Tallow", "Ember", uri("e"), 400_000, page("e"), "rank 1"),
        Row("Sigur Rós", "Song (feat. Ilse Morn)", uri("i"), 100_000, page("i"), "rank 2"),
    ]
    assert tier_rows(songs, ranking, ranking.tier(4, 9)) == [
        Row("Nine", "Quiet", note="rank 4"),  # neither a link nor a length is known
        Row("Barely", note="rank 5"),  # what was skipped is no song to start with
    ]
    assert tier_rows(songs, ranking, ranking.tier(7, 9)) == []


@pytest.mark.parametrize(("each", "titles"), [(0, [None]), (1, ["Tide"]), (9, ["Tide", "Dusk", "Ember", "Winter"])])
def test_how_many_songs_of_each(library: Library, history: History, each: int, titles: list[str | None]) -> None:
    rows = trail_rows(Songs(library, history, SCOPE, each), ["Tallow"])
    assert [row.title for row in rows] == titles


def test_what_services_name_fills_up(library: Library, history: History) -> None:
    top = {"tallow": ["Tide (feat. X)", "Skipped", "New", "Newer"], "lantern year": ["Low", "LOW", "High"]}
    rows = trail_rows(Songs(library, history, SCOPE, 6, top), ["Tallow", "Lantern Year", "Nobody"])
    assert rows[4:] == [
        Row("Tallow", "Skipped", uri("s"), None, page("s")),
        Row("Tallow", "New"),
        Row("Lantern Year", "Low"),
        Row("Lantern Year", "High"),
        Row("Nobody"),
    ]


def test_songs_that_are_not_wanted_or_known_are_no_songs_to_start_with(library: Library, history: History) -> None:
    journal = Journal(library)
    journal.record("mira", "TALLOW", Triage.NEVER, 0, "Dusk")
    journal.record("mira", "Lantern Year", Triage.KNOWN, 0, "LOW")
    try:
        songs = Songs(library, history, SCOPE, 2, {"lantern year": ["Low", "High"]})
        rows = [*trail_rows(songs, ["Tallow", "Lantern Year"]), *song_rows(songs, [("Tallow", "Dusk")])]
    finally:
        journal.undo("mira", 0)
        journal.undo("mira", 0)
    assert [row.title for row in rows] == ["Tide", "Ember", "High", "Dusk"], "but one that is asked for by name is"


def test_names_are_found_by_their_fold_the_very_name_first(songs: Songs) -> None:
    rows = trail_rows(songs, ["SIGUR ROS", "sigur rós", "Tallow", "TALLOW"])
    assert [(row.artist, row.title) for row in rows] == [
        ("SIGUR ROS", "Other"),
        ("Sigur Rós", "Song (feat. Ilse Morn)"),
        *[("Tallow", "Tide"), ("Tallow", "Dusk"), ("Tallow", "Ember")] * 2,
    ]


def test_a_crate_keeps_its_order_and_its_tracks(songs: Songs) -> None:
    night = int(datetime(2024, 4, 30, 23, tzinfo=UTC).timestamp())
    crate = [
        Entry(3, night, Triage.LATER, "Unheard"),
        Entry(2, night - 3_600, Triage.LATER, "tallow", "WINTER"),
        Entry(1, night - 86_400, Triage.LATER, "Unheard", "Song"),
    ]
    assert crate_rows(songs, crate) == [
        Row("Unheard", note="added 2024-05-01"),
        Row("Tallow", "Winter", uri("w"), 400_000, page("w"), "added 2024-05-01"),
        Row("Unheard", "Song", note="added 2024-04-30"),
    ]


def test_recommendations_bring_their_reasons(songs: Songs) -> None:
    def candidate(name: str, reason: str) -> Candidate:
        return Candidate(None, 0, name, 0.7, 1.0, 0, None, (), reason)

    found = Recommendations(
        Mode.DISCOVER,
        (candidate("Lantern Year", "like Tallow"), candidate("Nine", "an evening")),
        2,
        Level.OWN,
        None,
        None,
    )
    assert recommended_rows(songs, found) == [
        Row("Lantern Year", note="like Tallow"),
        Row("Nine", "Quiet", note="an evening"),
    ]


def test_the_scope_says_which_plays_count(library: Library, history: History) -> None:
    scope = Scope("mira", counted_ms=0)
    assert [row.title for row in trail_rows(Songs(library, history, scope, 1), ["Tallow"])] == ["Skipped"]


def test_single_songs_are_as_they_were_asked_for(library: Library, history: History) -> None:
    rows = song_rows(Songs(library, history, SCOPE), [("tallow", "EMBER"), ("Nobody", "Nothing"), ("Tallow", "Dusk")])
    assert [(row.artist, row.title, row.uri) for row in rows] == [
        ("Tallow", "Ember", uri("e")),
        ("Nobody", "Nothing", None),
        ("Tallow", "Dusk", uri("d")),
    ]
