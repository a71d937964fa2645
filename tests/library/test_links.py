"""The Spotify URIs that a history has of a song or an artist."""

from __future__ import annotations

import pytest

from tests.exports import imported, new_library, row, short, write
from tui_music.errors import NotFound
from tui_music.library.library import Library
from tui_music.library.links import spotify_uris


def uri(letter: str) -> str:
    return f"spotify:track:{letter * 22}"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("links")
    library = new_library(folder / "home")
    links = [
        ("Tide", "Tallow", uri("a"), 300_000),
        ("Tide", "Tallow", uri("b"), 90_000),
        ("Tide", "Tallow", uri("b"), 90_000),
        ("Dusk", "Tallow", uri("d"), 100_000),
        ("Dusk", "Tallow", uri("c"), 100_000),
        ("Dawn", "Tallow", uri("e"), 100_000),
        ("Dawn", "Tallow", uri("f"), 200_000),
        ("Own file", "Tallow", "spotify:local:Tallow:Album:Own+file:200", 200_000),
        ("Odd", "Tallow", "spotify:track:short", 200_000),
        ("Odd", "Tallow", uri("g") + "\nhttp://elsewhere", 200_000),
        ("Tide", "Someone else", uri("h"), 200_000),
    ]
    rows = [row(1_000 * at, *link[:2], link[3], spotify_track_uri=link[2]) for at, link in enumerate(links)]
    imported(library, write(folder / "a.json", rows), listener="mira")
    imported(library, write(folder / "b.json", [short(0, "Quiet", "Tallow")]), listener="mira")
    imported(library, write(folder / "c.json", [row(0, "Tide", "Tallow", spotify_track_uri=uri("z"))]), listener="tom")
    return library


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        pytest.param("Tide", "ba", id="more plays before longer ones"),
        pytest.param("Dawn", "fe", id="longest heard before code point"),
        pytest.param("Dusk", "cd", id="by code point"),
        pytest.param("Own file", "", id="files of one's own"),
        pytest.param("Odd", "", id="what is no uri"),
        pytest.param("Quiet", "", id="a source without any"),
        pytest.param("Nothing", "", id="unknown"),
        pytest.param(None, "bafcde", id="all of the artist"),
    ],
)
def test_best_known_first(library: Library, title: str | None, letters: str) -> None:
    assert spotify_uris(library, "mira", [("Tallow", title)]) == [tuple(map(uri, letters))]


def test_many_at_once_in_the_order_asked(library: Library) -> None:
    songs: list[tuple[str, str | None]] = [("Someone else", "Tide"), ("Nobody", None), ("Tallow", "Dusk")]
    assert spotify_uris(library, "mira", songs) == [(uri("h"),), (), (uri("c"), uri("d"))]
    assert spotify_uris(library, "mira", [("Nobody", None)]) == [()]
    assert spotify_uris(library, "mira", []) == []


def test_only_the_listeners_own_plays_count(library: Library) -> None:
    assert spotify_uris(library, "tom", [("Tallow", "Tide")]) == [(uri("z"),)]
    with pytest.raises(NotFound, match="nobody"):
        spotify_uris(library, "nobody", [("Tallow", None)])


def test_names_are_no_patterns(library: Library) -> None:
    for name in ("%", "_allow", "Tallow' OR '1'='1"):
        assert spotify_uris(library, "mira", [(name, None)]) == [()]
