from __future__ import annotations

import contextlib
import random
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_music.library.history import Names
from tui_music.library.search import SearchIndex, UnfitIndex
from tui_music.text import fold

ARTISTS = {
    "Vesper": 40.0,
    "Vespers of Rain": 5.0,
    "Sigur Rós": 30.0,
    "Björk": 25.0,
    "東ノ宮": 3.0,
    "新東ノ宮": 2.0,
    "The Beatles": 60.0,
    "Boards of Canada": 20.0,
    "The National": 15.0,
    "Bat for Lashes": 1.0,
    "M": 0.1,
    "Motörhead": 8.0,
    "!!!": 1.0,
    "שלום": 1.0,
    "Guns N’ Roses": 2.0,
}
TRACKS = [
    ("Hoppípolla", "Sigur Rós", 3.0),
    ("Untitled 1", "Sigur Rós", 1.0),
    ("Help!", "The Beatles", 2.0),
    ("Help!", "Motörhead", 0.5),
    ("Here Comes the Sun - Remastered 2009", "The Beatles", 4.0),
    ("Don’t Stop", "Vesper", 1.0),
    ("Song (feat. Björk)", "Vesper", 1.0),
    ("Sorrow", "The National", 0.0),
    ("Sorrow", "Bat for Lashes", 0.0),
]


def named(artists: dict[str, float], tracks: list[tuple[str, str, float]]) -> tuple[Names, SearchIndex]:
    table = list(artists)
    owners = np.array([table.index(artist) for _, artist, _ in tracks], np.int32)
    names = Names(table, [title for title, _, _ in tracks], owners, [], np.empty(0, np.int32), [])
    weights = np.array(list(artists.values()), float), np.array([weight for _, _, weight in tracks], float)
    return names, SearchIndex.build(names, *weights, revision=7)


NAMES, INDEX = named(ARTISTS, TRACKS)


def found(text: str, names: Names = NAMES, index: SearchIndex = INDEX, **which: bool) -> list[str]:
    return [
        names.artists[hit.code]
        if hit.kind == "artist"
        else f"{names.tracks[hit.code]} / {names.artists[names.track_artist[hit.code]]}"
        for hit in index.search(text, **which)
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("vesper", "Vesper"),
        ("vespre", "Vesper"),
        ("vsper", "Vesper"),
        ("sigur ros", "Sigur Rós"),
        ("SIGUR RO", "Sigur Rós"),
        ("sigr ros", "Sigur Rós"),
        ("bjork", "Björk"),
        ("bjrok", "Björk"),
        ("bjo\u0308", "Björk"),
        ("ros", "Sigur Rós"),
        ("東", "東ノ宮"),
        ("東ノ", "東ノ宮"),
        ("ノ宮", "東ノ宮"),
        ("東ノ宮", "東ノ宮"),
        ("新東", "新東ノ宮"),
        ("beatles", "The Beatles"),
        ("the beatels", "The Beatles"),
        ("beatels", "The Beatles"),
        ("motorhead", "Motörhead"),
        ("guns n roses", "Guns N’ Roses"),
        ("gun's n", "Guns N’ Roses"),
        ("!!!", "!!!"),
        ("של", "שלום"),
        ("m", "M"),
        ("hoppipola", "Hoppípolla / Sigur Rós"),
        ("sigur ros hop", "Hoppípolla / Sigur Rós"),
        ("hoppipolla sigur", "Hoppípolla / Sigur Rós"),
        ("sigr ros hoppipola", "Hoppípolla / Sigur Rós"),
        ("help", "Help! / The Beatles"),
        ("help motor", "Help! / Motörhead"),
        ("beatles sun", "Here Comes the Sun - Remastered 2009 / The Beatles"),
        ("dont sto", "Don’t Stop / Vesper"),
        ("song feat bj", "Song (feat. Björk) / Vesper"),
    ],
)
def test_first_answer(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_one_letter_finds_beginnings_by_weight_then_words_that_begin_so() -> None:
    assert found("b", tracks=False) == [
        "The Beatles",  # its article does not count
        "Björk",
        "Boards of Canada",
        "Bat for Lashes",
    ]
    assert found("r", tracks=False) == ["Sigur Rós", "Vespers of Rain", "Guns N’ Roses"]
    assert found("be") == ["The Beatles"]


def test_kinds_and_limit() -> None:
    assert {hit.kind for hit in INDEX.search("help", artists=False)} == {"track"}
    assert {hit.kind for hit in INDEX.search("vesper", tracks=False)} == {"artist"}
    assert INDEX.search("vesper", artists=False, tracks=False) == []
    assert len(INDEX.search("e", limit=2)) <= 2
    assert INDEX.search("vesper", limit=1) == INDEX.search("vesper")[:1]
    assert INDEX.search("vesper", limit=0) == []


def test_tracks_of_an_artist_are_found_where_artists_are_not_asked_for() -> None:
    assert found("sigur", artists=False) == ["Hoppípolla / Sigur Rós", "Untitled 1 / Sigur Rós"]


def test_tracks_of_an_artist_follow_the_artist() -> None:
    assert found("sigur ros")[:3] == ["Sigur Rós", "Hoppípolla / Sigur Rós", "Untitled 1 / Sigur Rós"]


@pytest.mark.parametrize("nothing", ["", " ", "\t\n", "\u200b", "\x00", "xqzj wkvv"])
def test_nothing_found(nothing: str) -> None:
    assert found(nothing) == []


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]52;c;\x07",
        "\ud800",
        "\U0010ffff",
        "a",
        "ves",
        "\u0301",
        "東",
        "ﷺ",
        "(feat. ",
        "a b ",
        "%_*?[",
        "\\",
        "- &",
    ],
    ids=ascii,
)
def test_hostile_queries_are_harmless(hostile: str) -> None:
    for query in (hostile, hostile * 10_000, "vesper" + hostile, hostile[:1], hostile[:2]):
        assert all(0 < hit.score <= 1 for hit in INDEX.search(query))


def test_hostile_and_empty_names_are_harmless() -> None:
    odd = ["", "\ud800", "\x1b[2J", "x" * 100_000, "\n\n", "the ", "\u0301", "a\nb"]
    names, index = named(dict.fromkeys(odd, 1.0), [(name, "the ", 0.0) for name in odd])
    assert found("the", names, index)[0] == "the "
    assert found("a b", names, index)[0] == "a\nb"
    assert len(index.search("xxxx")) == 2
    _, empty = named({}, [])
    assert [empty.search(text) for text in ("", "a", "東", "vesper")] == [[], [], [], []]


def test_no_answer_depends_on_codes_or_their_order() -> None:
    shuffler = random.Random(3)
    queries = ["b", "ve", "sorrow", "help", "the", "ros", "vespre", "n", "o", "e", "so", "beatles h"]
    expected = [found(query) for query in queries]
    for _ in range(5):
        artists, tracks = list(ARTISTS.items()), TRACKS.copy()
        shuffler.shuffle(artists)
        shuffler.shuffle(tracks)
        names, index = named(dict(artists), tracks)
        assert [found(query, names, index) for query in queries] == expected
    assert found("sorrow")[:2] == ["Sorrow / Bat for Lashes", "Sorrow / The National"]


WORDS = ["northern", "river", "static", "mono", "velvet", "ghost", "an", "of", "säule", "ночь", "東京", "x"]
some_names = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), max_size=40, unique=True)


@settings(max_examples=60, deadline=None)
@given(some_names, st.data())
def test_every_name_is_found_by_itself_and_by_its_beginnings(artists: list[str], data: st.DataObject) -> None:
    names, index = named({name: float(len(name)) for name in artists}, [])
    for name in artists:
        assert found(name, names, index)[0] == name
        beginning = name[: data.draw(st.integers(1, len(name)))].strip()
        answers = found(beginning, names, index)
        assert name in answers
        starts = [fold(answer).startswith(fold(beginning)) for answer in answers]
        assert starts == sorted(starts, reverse=True)


def test_a_thousand_names_in_chunks_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shuffler = random.Random(5)
    artists = {"".join(shuffler.choices("aeioulmnrst", k=9)): shuffler.random() for _ in range(1000)}
    whole = named(artists, [])[1]
    monkeypatch.setattr("tui_music.library.search._CHUNK", 128)
    names, index = named(artists, [])
    assert np.array_equal(index.entries, whole.entries)
    for name in list(artists)[::50]:
        assert found(name, names, index)[0] == name
        assert found(name[1] + name[0] + name[2:], names, index)[0] == name


# Stored


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "models" / "search.npz"
    INDEX.save(path)
    return path


def test_a_stored_index_answers_the_same(stored: Path) -> None:
    loaded = SearchIndex.load(stored, names=NAMES, revision=7)
    for query in ("vespre", "b", "東", "sigur ros hop"):
        assert loaded.search(query) == INDEX.search(query)
    assert stored.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in stored.parent.iterdir()] == [stored.name]


def test_an_index_of_other_names_or_another_revision_does_not_fit(stored: Path) -> None:
    others, _ = named({**ARTISTS, "Another": 1.0}, TRACKS)
    with pytest.raises(UnfitIndex):
        SearchIndex.load(stored, names=others)
    with pytest.raises(UnfitIndex):
        SearchIndex.load(stored, revision=8)


def test_what_is_no_index_is_refused(stored: Path, tmp_path: Path) -> None:
    good = stored.read_bytes()
    plain, packed, objects = tmp_path / "a.npy", tmp_path / "b.npz", tmp_path / "c.npz"
    np.save(plain, INDEX.entries)
    with np.load(stored) as arrays:
        np.savez_compressed(packed, **dict(arrays))
        np.savez(objects, **{**arrays, "entries": np.array([{}], object)})
    with pytest.raises(ValueError, match="no search index"):
        SearchIndex.load(tmp_path / "missing.npz")
    for path in (plain, packed, objects, tmp_path):
        with pytest.raises(UnfitIndex):
            SearchIndex.load(path)
    shuffler = random.Random(1)
    for damaged in (b"", b"PK", good[: len(good) // 2], good[:-10], bytes(len(good))):
        stored.write_bytes(damaged)
        with pytest.raises(UnfitIndex):
            SearchIndex.load(stored)
    headers = [found.start() + byte for found in re.finditer(b"PK|NUMPY", good) for byte in range(120)]
    for place in shuffler.sample(headers, 60):
        if place >= len(good):
            continue
        stored.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        with contextlib.suppress(UnfitIndex):
            assert SearchIndex.load(stored).search("vespre") == INDEX.search("vespre")


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("entries", 0, 99),
        ("entries", 0, -1),
        ("code", 0, 999),
        ("artist", 0, 99),
        ("offset", 1, 9999),
        ("first", 5, -1),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(stored: Path, name: str, place: int, value: int) -> None:
    with np.load(stored) as arrays:
        changed = dict(arrays)
    changed[name][place] = value
    np.savez(stored, **changed)
    assert zipfile.is_zipfile(stored)
    with pytest.raises(UnfitIndex, match="damaged"):
        SearchIndex.load(stored)
