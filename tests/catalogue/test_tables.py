"""Tables of tracks: what each known one is read as, and what becomes of rows and cells that are amiss."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.catalogue.invented import SONG, Row, song, track_id, write
from tui_music.catalogue.cleaning import APART, clean
from tui_music.catalogue.tables import NUMBERS, Cells, Table, read_table, spotify_id
from tui_music.errors import TableRefused

SOUND = {
    "danceability": "0.5", "energy": "0.6", "key": "4", "loudness": "-7.5", "mode": "1", "speechiness": "0.1",
    "acousticness": "0.2", "instrumentalness": "0.0", "liveness": "0.1", "valence": "0.7", "tempo": "101.5",
    "duration_ms": "215000",
}  # fmt: skip
#: One row of each known table, in its own columns.
KNOWN: dict[str, dict[str, str]] = {
    "Spotify tracks, 114,000": {
        "": "0", "track_id": track_id(7), "artists": "Ilse Morn;Otto Vane", "album_name": "Album", "track_name": "Song",
        "popularity": "61", "explicit": "True", **SOUND, "time_signature": "4", "track_genre": "Folk",
    },
    "Spotify tracks, 170,000": {
        "valence": "0.7", "year": "1990", "acousticness": "0.2", "artists": "['Ilse Morn', \"Otto O'Vane\"]",
        **SOUND, "explicit": "1", "id": track_id(7), "name": "Song", "popularity": "61", "release_date": "1990-02-01",
    },
    "Spotify tracks, 586,000": {
        "id": track_id(7), "name": "Song", "popularity": "61", "duration_ms": "215000", "explicit": "0",
        "artists": "['Ilse Morn', 'Otto Vane']", "id_artists": "['a', 'b']", "release_date": "1990", **SOUND,
    },
    "Spotify tracks, 1,160,000": {
        "": "0", "artist_name": "Ilse Morn", "track_name": "Song", "track_id": track_id(7), "popularity": "61",
        "year": "1990", "genre": "folk", **SOUND, "time_signature": "4",
    },
    "Spotify tracks, 1,200,000": {
        "id": track_id(7), "name": "Song", "album": "Album", "album_id": "x", "artists": "['Ilse Morn']",
        "artist_ids": "['y']", "track_number": "1", "disc_number": "1", "explicit": "False", **SOUND,
        "time_signature": "4.0", "year": "1990", "release_date": "1990-01-01",
    },
    "TidyTuesday Spotify songs": {
        "track_id": track_id(7), "track_name": "Song", "track_artist": "Ilse Morn", "track_popularity": "61",
        "track_album_id": "x", "track_album_name": "Album", "track_album_release_date": "1990-01-01",
        "playlist_name": "L", "playlist_id": "p", "playlist_genre": "folk", "playlist_subgenre": "indie folk", **SOUND,
    },
}  # fmt: skip


def read(folder: Path, *rows: Row, **mapped: str) -> Table:
    return read_table(write(folder / "tracks.csv", rows), mapped)


def number(table: Table, name: str, row: int = 0) -> float:
    return float(table.numbers[row, list(NUMBERS).index(name)])


@pytest.mark.parametrize("name", KNOWN)
def test_the_known_tables_are_recognised_by_their_header(tmp_path: Path, name: str) -> None:
    table = read_table(write(tmp_path / "x.csv", [KNOWN[name]]))
    assert (table.format, table.read, len(table), table.rejected) == (name, 1, 1, {})
    assert (table.texts["title"][0], table.texts["id"][0]) == ("Song", track_id(7))
    assert table.texts["artist"][0].split(APART)[0] == "Ilse Morn"
    for field, value in SOUND.items():
        assert number(table, field) == float(value)
    if "114" not in name:
        assert number(table, "year") == 1990
    if "1,200" not in name:
        assert number(table, "popularity") == 61


def test_artists_are_listed_only_where_the_table_lists_them(tmp_path: Path) -> None:
    def artists(name: str, column: str, text: str) -> list[str]:
        table = read_table(write(tmp_path / "x.csv", [KNOWN[name] | {column: text}]))
        return str(table.texts["artist"][0]).split(APART)

    assert artists("Spotify tracks, 114,000", "artists", "A;B & C") == ["A", "B & C"]
    assert artists("Spotify tracks, 1,160,000", "artist_name", "Tyler; the Band, and Friends") == [
        "Tyler; the Band, and Friends"
    ]
    for text in ("['A', 'B, C']", '["A", "B, C"]'):
        assert artists("Spotify tracks, 170,000", "artists", text) == ["A", "B, C"]
    assert artists("Spotify tracks, 170,000", "artists", "['It\\'s', \"B's\"]") == ["It's", "B's"]
    for odd in ("['A', 7]", "[open", "['A'", "[__import__('os')]", "[" * 500 + "]" * 500):
        assert artists("Spotify tracks, 170,000", "artists", odd) == [odd]


def test_parquet_and_lists_in_it(tmp_path: Path) -> None:
    path = tmp_path / "it's [a] *.parquet"
    quoted = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 'Song' AS name, ['A', 'B, C'] AS artists, 0.25::FLOAT AS energy, '1999' AS year, "
            f"true AS explicit) TO '{quoted}' (FORMAT PARQUET)"
        )
    table = read_table(path)
    assert table.texts["artist"][0].split(APART) == ["A", "B, C"]
    assert [number(table, name) for name in ("energy", "year", "explicit")] == [0.25, 1999, 1]


def test_columns_by_mapping(tmp_path: Path) -> None:
    row = {"Lied": "Song", "Wer": "Ilse Morn", "Laune": "0.3", "energy": "0.9"}
    with pytest.raises(TableRefused, match="no column is the artist or title"):
        read(tmp_path, row)
    table = read(tmp_path, row, title="Lied", artist="wer", valence="Laune")
    assert (table.texts["title"][0], table.texts["artist"][0]) == ("Song", "Ilse Morn")
    assert (number(table, "valence"), number(table, "energy")) == (0.3, 0.9)
    with pytest.raises(TableRefused, match="has no column 'Nichts'"):
        read(tmp_path, row, title="Nichts")
    with pytest.raises(TableRefused, match="no field 'lied'"):
        read(tmp_path, row, lied="Lied")


@pytest.mark.parametrize(
    ("cell", "missing", "impossible"),
    [
        ("", 1, 0), ("NaN", 1, 0), ("inf", 0, 1), ("-inf", 0, 1), ("1e999", 0, 1), ("1.01", 0, 1), ("-0.1", 0, 1),
        ("loud", 0, 1), ("\x1b[2J", 0, 1), ("0.5", 0, 0), ("5e-1", 0, 0),
    ],
)  # fmt: skip
def test_cells_without_a_value_that_can_be_are_counted(
    tmp_path: Path, cell: str, missing: int, impossible: int
) -> None:
    table = read(tmp_path, song("One", energy=cell), song("Two"))
    assert table.cells["energy"] == Cells(missing, impossible)
    assert math.isnan(number(table, "energy")) == bool(missing + impossible)
    assert len(table) == 2


def test_what_stands_for_not_known(tmp_path: Path) -> None:
    table = read(tmp_path, song("One", key=-1, tempo=0, year=0, duration_ms=0, popularity=101))
    cells = {name: (cell.missing, cell.impossible) for name, cell in table.cells.items()}
    assert cells["key"] == (1, 0)
    assert {cells[name] for name in ("tempo", "year", "duration_ms", "popularity")} == {(0, 1)}


def test_rows_that_name_nothing_are_rejected_by_reason(tmp_path: Path) -> None:
    rows = [song("Good"), song(""), song("  "), song("X", ""), song("Y" * 1001), song("Z", "[]"), song("Last")]
    table = read(tmp_path, *rows)
    assert table.rejected == {"name too long": 1, "no artist": 2, "no title": 2}
    assert (table.read, table.texts["title"].tolist()) == (7, ["Good", "Last"])


def test_rows_that_are_none_cost_themselves(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    lines = [
        b"name,artist,energy,energy",
        b'1,"a ""quoted"" one",0.1,0.9',
        b"2,\xff\xfe,0.1,0.9",
        b"3,few",
        b"4,many,0.1,0.9,5,6",
        b"5," + b"x" * 10_000_000 + b",0.1,0.9",
        b'6,"over\ntwo lines",0.2,0.9',
        b"\x1b]0;x\x07,\x1b[31mred,0.3,0.9",
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    table = read_table(path)
    assert sum(table.rejected.values()) == 4
    assert all(reason.startswith("no row: ") for reason in table.rejected)
    assert table.read == len(table) + 4 == 7
    assert table.texts["artist"].tolist() == ['a "quoted" one', "over\ntwo lines", "\x1b[31mred"]
    assert [number(table, "energy", row) for row in range(3)] == [0.1, 0.2, 0.3], "of two columns the first one counts"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"\0\1\2\3", b"PAR1", b"PAR1" + b"x" * 200 + b"PAR1", b"\xff\xfen\0a\0", b"a,b\n1,2\n",
        b"name,artist\nSong,A\n", b"x" * 2_000_000, b'"name', b"PK\x03\x04zip", b"[1, 2]", b"name,artist,\0energy\n",
    ],
    ids=[
        "empty", "a line end", "bytes", "parquet cut", "parquet broken", "utf-16", "other columns", "no sound",
        "no end", "a quote", "a zip", "json", "a zero byte",
    ],
)  # fmt: skip
def test_what_is_no_table_of_tracks_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(TableRefused):
        read_table(path)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(TableRefused, match="cannot be read"):
            read_table(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (track_id(5), track_id(5)),
        (f"spotify:track:{track_id(5)}", track_id(5)),
        (f" https://open.spotify.com/intl-de/track/{track_id(5)}?si=1 ", track_id(5)),
        (f"spotify:album:{track_id(5)}", ""),
        ("x", ""),
        ("", ""),
    ],
    ids=["id", "uri", "page", "album", "x", "empty"],
)
def test_spotify_ids(text: str, expected: str) -> None:
    assert spotify_id(text) == expected


cells = st.one_of(
    st.sampled_from(["", "0.5", "nan", "-1", "inf", "1e400", "0x1", "['a']", '["a', "a;b", "\x1b[0m", '"']),
    st.text(max_size=20),
)


@settings(max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(("track_name", "artist_name", "energy", "tempo", "year", "genre", "track_id"), cells)
        ),
        max_size=8,
    )
)
@example(
    [
        {
            "track_name": "\0",
            "artist_name": "\ud800",
            "energy": "\0",
            "tempo": "",
            "year": "",
            "genre": ";;,",
            "track_id": "",
        }
    ]
)
def test_every_row_is_accounted_for(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]) -> None:
    path = tmp_path_factory.mktemp("x") / "x.csv"
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        writer = csv.DictWriter(file, list(SONG))
        writer.writeheader()
        writer.writerows(SONG | row for row in rows)
    try:
        table = read_table(path)
    except TableRefused:
        return
    assert table.read == len(table) + sum(table.rejected.values())
    tracks = clean([table])
    (report,) = tracks.report.files
    assert report.read == report.kept + report.merged + sum(report.rejected.values())
    assert report.kept == len(tracks) == tracks.report.tracks
