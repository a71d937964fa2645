"""Lists for other programs: their bytes by hand, what comes back of any names, and files that are never overwritten."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_music.errors import ExportRefused
from tui_music.export import Form, Row, save, to_bytes, web_page

A, B = "spotify:track:" + "a" * 22, "spotify:track:" + "B" * 22
PAGE = "https://open.spotify.com/track/" + "a" * 22
ROWS = [
    Row("Vesper & the Lamps", "Low Tide", A, 214_500, PAGE, "rank 1"),
    Row("東ノ宮", 'Say "yes", no', None, 59_499, "https://last.fm/music/東ノ宮"),
    Row("AC/DC", note="added 2024-05-01"),
    Row("=1+1", "-Heaven [Remix]", B),
]

M3U8 = f"""#EXTM3U
#PLAYLIST:Ranks 1–4
#EXTINF:215,Vesper & the Lamps - Low Tide
{A}
#EXTINF:59,東ノ宮 - Say "yes", no
./東ノ宮 - Say "yes", no
#EXTINF:-1,AC/DC
./AC_DC
#EXTINF:-1,=1+1 - -Heaven [Remix]
{B}
"""
CSV = (
    "artist,title,uri,duration_ms,url,note\r\n"
    f"Vesper & the Lamps,Low Tide,{A},214500,{PAGE},rank 1\r\n"
    '東ノ宮,"Say ""yes"", no",,59499,https://last.fm/music/%E6%9D%B1%E3%83%8E%E5%AE%AE,\r\n'
    "AC/DC,,,,,added 2024-05-01\r\n"
    f"'=1+1,'-Heaven [Remix],{B},,,\r\n"
)
TEXT = """Vesper & the Lamps - Low Tide
東ノ宮 - Say "yes", no
AC/DC
=1+1 - -Heaven [Remix]
"""
JSPF = {
    "playlist": {
        "title": "Ranks 1–4",
        "creator": "tui-music",
        "track": [
            {
                "title": "Low Tide",
                "creator": "Vesper & the Lamps",
                "identifier": [A],
                "location": [PAGE],
                "duration": 214_500,
                "annotation": "rank 1",
            },
            {
                "title": 'Say "yes", no',
                "creator": "東ノ宮",
                "duration": 59_499,
                "info": "https://last.fm/music/%E6%9D%B1%E3%83%8E%E5%AE%AE",
            },
            {"creator": "AC/DC", "annotation": "added 2024-05-01"},
            {
                "title": "-Heaven [Remix]",
                "creator": "=1+1",
                "identifier": [B],
                "location": ["https://open.spotify.com/track/" + "B" * 22],
            },
        ],
    }
}


@pytest.mark.parametrize(
    ("form", "expected"), [(Form.M3U8, M3U8), (Form.CSV, CSV), (Form.TEXT, TEXT), (Form.URIS, f"{A}\n{B}\n")]
)
def test_bytes_by_hand(form: Form, expected: str) -> None:
    assert to_bytes(ROWS, form, "Ranks 1–4").decode() == expected


def test_jspf_by_hand() -> None:
    assert json.loads(to_bytes(ROWS, Form.JSPF, "Ranks 1–4")) == JSPF


def test_a_list_of_nothing() -> None:
    assert [to_bytes([], form, "Nothing").decode() for form in (Form.M3U8, Form.CSV, Form.TEXT, Form.URIS)] == [
        "#EXTM3U\n#PLAYLIST:Nothing\n", "artist,title,uri,duration_ms,url,note\r\n", "", "",
    ]  # fmt: skip
    assert json.loads(to_bytes([], Form.JSPF, "Nothing"))["playlist"]["track"] == []


def test_a_uri_is_listed_once() -> None:
    assert to_bytes([ROWS[0], ROWS[3], ROWS[0]], Form.URIS, "").decode().split() == [A, B]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "  @", "＝", "＋", "－", "＠"])
def test_no_cell_becomes_a_formula(first: str) -> None:
    name = f"{first}cmd|'/c calc'!A1"
    data = to_bytes([Row(name, name, note=name)], Form.CSV, "").decode()
    (_, cells) = csv.reader(io.StringIO(data, newline=""), strict=True)
    for cell in (cells[0], cells[1], cells[5]):
        assert cell[0] in "' "
        assert cell.lstrip(" ")[0] not in "=+-@\t\r\n＝＋－＠"
        assert cell.endswith("cmd|'/c calc'!A1")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("/etc/passwd", None),
        ("", None),
        ("https://a.example/?q=1&r=%20#top", "https://a.example/?q=1&r=%20#top"),
        ("https://a.example/a b\n#EXTINF:0,x", "https://a.example/a%20b%20#EXTINF:0,x"),
        ('https://a.example/"<\x1b\udc80', "https://a.example/%22%3C%EF%BF%BD%EF%BF%BD"),
    ],
)
def test_addresses_are_of_the_web_and_whole(address: str, kept: str | None) -> None:
    (_, cells) = csv.reader(io.StringIO(to_bytes([Row("A", url=address)], Form.CSV, "").decode(), newline=""))
    assert cells[4] == (kept or "")


def test_where_a_uri_opens() -> None:
    assert web_page(A) == PAGE
    assert web_page("spotify:episode:1a") == "https://open.spotify.com/episode/1a"
    for other in ("spotify:local:a:b:c:1", "spotify:track:../x", "https://a.example", "spotify:", "", f"{A}\n"):
        assert web_page(other) is None


names = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from("=+-@\t\r\n\x0b\x85\u2028\x1b\x9b\x00#,\"'; /a")
)
addresses = st.none() | st.just(A) | names | names.map("https://a.example/".__add__) | names.map("spotify:".__add__)
lists = st.lists(
    st.builds(Row, names, st.none() | names, addresses, st.none() | st.integers(0, 10**10), addresses, names),
    max_size=6,
)


def written(text: str) -> str:
    """What becomes of a name in any format, told another way than the program does."""
    spaces = "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
    return "".join(
        " " if c in spaces else "\ufffd" if ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 else c
        for c in text
    )


def label(row: Row) -> str:
    return written(row.artist if row.title is None else f"{row.artist} - {row.title}")


def is_address(text: str) -> bool:
    return re.fullmatch(r"(spotify:|https?://)[!-~]*", text) is not None


@given(lists, names)
def test_any_name_comes_back_from_csv(rows: list[Row], name: str) -> None:
    data = to_bytes(rows, Form.CSV, name).decode()
    header, *found = csv.reader(io.StringIO(data, newline=""), strict=True)
    assert header == ["artist", "title", "uri", "duration_ms", "url", "note"]
    assert data.count("\r\n") == len(rows) + 1 == len(data.splitlines())
    for row, (artist, title, uri, duration, url, note) in zip(rows, found, strict=True):
        for cell, text in ((artist, row.artist), (title, row.title or ""), (note, row.note)):
            assert cell in (written(text), "'" + written(text))
            assert not cell.lstrip(" ").startswith(tuple("=+-@"))
        assert duration == ("" if row.duration_ms is None else str(row.duration_ms))
        assert all(not each or is_address(each) for each in (uri, url))


@given(lists, names)
def test_any_name_comes_back_from_jspf(rows: list[Row], name: str) -> None:
    data = to_bytes(rows, Form.JSPF, name)
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", data), "it may be printed"
    playlist: dict[str, Any] = json.loads(data)["playlist"]
    assert playlist["title"] == written(name)
    for row, track in zip(rows, playlist["track"], strict=True):
        assert track["creator"] == written(row.artist)
        assert track.get("title") == (None if row.title is None else written(row.title))
        assert track.get("duration") == row.duration_ms
        assert track.get("annotation", "") == written(row.note)
        for each in (
            *track.get("identifier", []),
            *track.get("location", []),
            *([track["info"]] if "info" in track else []),
        ):
            assert is_address(each)


@given(lists, names)
def test_no_name_breaks_a_line_of_m3u8(rows: list[Row], name: str) -> None:
    head, title, *lines = to_bytes(rows, Form.M3U8, name).decode().removesuffix("\n").splitlines()
    assert (head, title) == ("#EXTM3U", f"#PLAYLIST:{written(name)}")
    assert len(lines) == 2 * len(rows)
    for row, info, location in zip(rows, lines[::2], lines[1::2], strict=True):
        seconds, _, shown = info.removeprefix("#EXTINF:").partition(",")
        assert int(seconds) == (-1 if row.duration_ms is None else int(row.duration_ms / 1000 + 0.5))
        assert shown == label(row)
        assert is_address(location) or location == "./" + label(row).replace("/", "_").replace("\\", "_")


@given(lists)
def test_no_name_breaks_a_line_of_text(rows: list[Row]) -> None:
    assert to_bytes(rows, Form.TEXT, "").decode() == "".join(label(row) + "\n" for row in rows)
    assert len(to_bytes(rows, Form.TEXT, "").decode().splitlines()) == len(rows)
    for line in to_bytes(rows, Form.URIS, "").decode().splitlines():
        assert is_address(line)
        assert line.startswith("spotify:")


def test_names_are_not_cut() -> None:
    long = "x" * 20_000
    for form in (Form.M3U8, Form.JSPF, Form.CSV, Form.TEXT):
        assert long in to_bytes([Row(long)], form, "").decode()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_whole_and_the_owners(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    save(path, b"one")
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files(tmp_path) == ["list.m3u8"]


def test_a_file_is_replaced_only_when_told(tmp_path: Path) -> None:
    path, link = tmp_path / "list.txt", tmp_path / "link.txt"
    save(path, b"one")
    link.symlink_to(path)
    for each in (path, link):
        with pytest.raises(ExportRefused, match=f"{each} is there already. Choose another name"):
            save(each, b"two")
    assert path.read_bytes() == b"one"
    save(link, b"two", replace=True)
    assert link.is_symlink()
    assert path.read_bytes() == b"two"
    save(tmp_path / "new.txt", b"three", replace=True)
    assert files(tmp_path) == ["link.txt", "list.txt", "new.txt"]


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in (".", "pipe", "dangling"):
        with pytest.raises(ExportRefused, match="is there already"):
            save(tmp_path / name, b"x", replace=True)
    assert files(tmp_path) == ["dangling", "pipe"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, why in (
        (tmp_path / "no folder" / "x", "No such file or directory"),
        (tmp_path / ("x" * 300), "File name too long"),
        (tmp_path / "a\0b", "null"),
    ):
        with pytest.raises(ExportRefused, match=rf"cannot be written: .*{why}"):
            save(path, b"x")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportRefused, match="No space left"):
        save(tmp_path / "x", b"x")
    assert files(tmp_path) == []
