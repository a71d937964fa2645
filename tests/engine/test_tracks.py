"""Songs to start with."""

from __future__ import annotations

from tests.histories import make_history
from tui_music.engine.gathering import codes
from tui_music.engine.ground import nothing_known
from tui_music.engine.listening import listening
from tui_music.engine.tracks import Song, Source, songs
from tui_music.services.replies import Similar, SimilarTracks, TopTrack, TopTracks

PLAYED = [
    ("2024-01-01T10:00:00", "Ilse Morn", "Low Tide", 200_000),
    ("2024-01-02T10:00:00", "Ilse Morn", "Low Tide (feat. Tallow)", 200_000),
    ("2024-01-03T10:00:00", "Ilse Morn", "Low Tide (feat. Tallow)", 200_000),
    ("2024-01-04T10:00:00", "Ilse Morn", "Ember Days", 200_000),
    ("2024-01-05T10:00:00", "Ilse Morn", "Ember Days", 40_000),
    ("2024-01-06T10:00:00", "Ilse Morn", "Begun", 40_000),
    ("2024-01-07T10:00:00", "Ilse Morn", "Skipped", 5_000),
    ("2024-01-08T10:00:00", "Tállow", "Ferry", 200_000),
]
HISTORY = make_history(PLAYED)
HEARD = listening(HISTORY, "UTC")
CODE_OF = codes(nothing_known(HISTORY.names), HEARD.plays)
TOP = TopTracks(
    "Ilse Morn",
    (TopTrack("LOW TIDE", "Ilse Morn", 900), TopTrack("Anthem", "Ilse Morn", 800), TopTrack("Hit", "Ilse Morn", 700)),
)
NEAR = SimilarTracks(
    "Ilse Morn",
    "Ember Days",
    (Similar("Ferry", 1.0, artist="Tallow"), Similar("Winter", 0.5, artist="Moth"), Similar("Begun", 0.2)),
)


def named(found: tuple[Song, ...]) -> list[tuple[str, Source, int]]:
    return [(song.title, song.source, song.plays) for song in found]


def test_ones_own_best_and_the_top_tracks_take_turns_and_each_song_comes_once() -> None:
    """Low Tide was heard three times under two titles; Skipped was never heard out."""
    found = songs(HEARD, CODE_OF, "ilse morn", top=TOP)
    assert named(found) == [
        ("Low Tide (feat. Tallow)", Source.OWN, 3),
        ("Ember Days", Source.OWN, 2),
        ("Anthem", Source.TOP, 0),
        ("Begun", Source.OWN, 1),
        ("Hit", Source.TOP, 0),
    ]
    assert (found[2].listeners, found[2].match) == (800, None)


def test_for_a_song_those_like_it_come_first_and_it_is_not_among_them() -> None:
    found = songs(HEARD, CODE_OF, "Ilse Morn", "EMBER DAYS", top=TOP, similar=NEAR, n=4)
    assert named(found) == [
        ("Ferry", Source.SIMILAR, 1),
        ("Low Tide (feat. Tallow)", Source.OWN, 3),
        ("Winter", Source.SIMILAR, 0),
        ("Anthem", Source.TOP, 0),
    ]
    assert [(song.artist, song.match) for song in found[:1]] == [("Tallow", 1.0)]


def test_what_is_not_wanted_is_left_out_wherever_it_is_from() -> None:
    without = {("ilse morn", "low tide"), ("moth", "winter"), ("moth", "anthem")}
    found = songs(HEARD, CODE_OF, "Ilse Morn", "Ember Days", top=TOP, similar=NEAR, n=3, without=without)
    assert named(found) == [("Ferry", Source.SIMILAR, 1), ("Anthem", Source.TOP, 0), ("Begun", Source.SIMILAR, 1)]


def test_of_an_artist_never_heard_there_are_the_top_tracks() -> None:
    found = songs(HEARD, CODE_OF, "Moth", top=TopTracks("Moth", (TopTrack("Winter", "Moth"),)))
    assert named(found) == [("Winter", Source.TOP, 0)]


def test_where_no_service_answered_ones_own_remain_and_without_these_nothing() -> None:
    assert [song.title for song in songs(HEARD, CODE_OF, "Ilse Morn", n=2)] == ["Low Tide (feat. Tallow)", "Ember Days"]
    assert songs(HEARD, CODE_OF, "Nobody") == ()


def test_equal_songs_are_in_the_order_of_their_titles_whatever_their_codes() -> None:
    for seed in range(4):
        history = make_history([(day, "A", title) for day, title in enumerate("cab")], shuffle_codes=seed)
        heard = listening(history, "UTC")
        found = songs(heard, codes(nothing_known(history.names), heard.plays), "A")
        assert [song.title for song in found] == ["a", "b", "c"]
