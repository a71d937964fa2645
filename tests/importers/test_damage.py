"""A damaged row costs itself only: its neighbours are read, whatever it is and wherever it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.exports import PERSONAL, Row, as_json, row
from tests.importers.reading import Outcome, read
from tui_music.errors import ImportRefused
from tui_music.importers import json_rows
from tui_music.importers.columns import Reason

MODEST = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(MODEST, max_examples=5_000)


def text(**more: object) -> str:
    return json.dumps(row(**more), ensure_ascii=False)  # type: ignore[arg-type]


def replaced(field: str, raw: str) -> str:
    """A row with the raw text of one field replaced."""
    changed, count = re.subn(rf'("{field}": )("[^"]*"|[^,}}]+)', lambda found: found.group(1) + raw, text(title="bad"))
    assert count == 1
    return changed


CASES: dict[str, tuple[str | bytes, Reason]] = {
    "NaN": (replaced("ms_played", "NaN"), Reason.DAMAGED),
    "Infinity": (replaced("ms_played", "-Infinity"), Reason.DAMAGED),
    "NaN in a field that is not read": (replaced("offline_timestamp", "NaN"), Reason.DAMAGED),
    "1e999": (replaced("ms_played", "1e999"), Reason.BAD_DURATION),
    "5,000 digits": (replaced("ms_played", "9" * 5_000), Reason.BAD_DURATION),
    "400 digits": (replaced("ms_played", "9" * 400), Reason.BAD_DURATION),
    "beyond 64 bits": (replaced("ms_played", "18446744073709551617"), Reason.BAD_DURATION),
    "longer than two weeks": (replaced("ms_played", str(15 * 86_400_000)), Reason.BAD_DURATION),
    "negative": (replaced("ms_played", "-1"), Reason.BAD_DURATION),
    "a fraction": (replaced("ms_played", "1.5"), Reason.BAD_DURATION),
    "true": (replaced("ms_played", "true"), Reason.BAD_DURATION),
    "text for a number": (replaced("ms_played", '"12"'), Reason.BAD_DURATION),
    "null for a number": (replaced("ms_played", "null"), Reason.BAD_DURATION),
    "no length": (text(title="bad").replace('"ms_played"', '"msplayed"'), Reason.BAD_DURATION),
    "a number for a time": (replaced("ts", "1688171400"), Reason.BAD_TIME),
    "no time": (text(title="bad").replace('"ts"', '"time"'), Reason.BAD_TIME),
    "a time in words": (replaced("ts", '"yesterday"'), Reason.BAD_TIME),
    "the 30th of February": (replaced("ts", '"2021-02-30T10:00:00Z"'), Reason.BAD_TIME),
    "1900": (replaced("ts", '"1900-01-01T00:00:00Z"'), Reason.BAD_TIME),
    "1970": (replaced("ts", '"1970-01-01T00:00:00Z"'), Reason.BAD_TIME),
    "9999": (replaced("ts", '"9999-12-31T23:59:59Z"'), Reason.BAD_TIME),
    "year 0": (replaced("ts", '"0000-01-01T00:00:00Z"'), Reason.BAD_TIME),
    "a time with an offset out of this world": (replaced("ts", '"9999-12-31T23:59:59-23:59"'), Reason.BAD_TIME),
    "a number for a title": (replaced("master_metadata_track_name", "5"), Reason.WRONG_TYPE),
    "a list for a platform": (replaced("platform", '["ios", {"a": 1}]'), Reason.WRONG_TYPE),
    "a word for a flag": (replaced("shuffle", '"yes"'), Reason.WRONG_TYPE),
    "0 for a flag": (replaced("skipped", "0"), Reason.WRONG_TYPE),
    "no title": (replaced("master_metadata_track_name", "null"), Reason.NO_TITLE),
    "a blank title": (replaced("master_metadata_track_name", r'" \t\u0000 "'), Reason.NO_TITLE),
    "no artist": (replaced("master_metadata_album_artist_name", "null"), Reason.NO_ARTIST),
    "a title without end": (replaced("master_metadata_track_name", '"' + "a" * 20_000 + '"'), Reason.TOO_LONG),
    "a lone surrogate": (replaced("master_metadata_track_name", r'"a\ud800"'), Reason.DAMAGED),
    "a raw control character": (replaced("master_metadata_track_name", '"a\x01b"'), Reason.DAMAGED),
    "a raw NUL": (replaced("master_metadata_track_name", '"a\x00b"'), Reason.DAMAGED),
    "an unknown escape": (replaced("master_metadata_track_name", r'"a\xb"'), Reason.DAMAGED),
    "bad UTF-8": (replaced("master_metadata_track_name", '"a§b"').replace("§", "\udcff"), Reason.DAMAGED),
    "a missing quote": (replaced("reason_end", '"trackdone'), Reason.DAMAGED),
    "another missing quote": (replaced("reason_end", 'trackdone"'), Reason.DAMAGED),
    "single quotes": (replaced("reason_end", "'trackdone'"), Reason.DAMAGED),
    "a missing colon": (text(title="bad").replace('"reason_end":', '"reason_end"'), Reason.DAMAGED),
    "a comma at its end": (text(title="bad").replace("}", ",}"), Reason.DAMAGED),
    "a key twice, the second wrong": (text(title="bad").replace("}", ', "ms_played": "x"}'), Reason.BAD_DURATION),
    "5,000 levels": (replaced("offline_timestamp", "[" * 5_000 + "]" * 5_000), Reason.DAMAGED),
    "5,000 levels of objects": (replaced("offline_timestamp", '{"a":' * 5_000 + "1" + "}" * 5_000), Reason.DAMAGED),
    "longer than 64 KB": (replaced("platform", '"' + "a" * 70_000 + '"'), Reason.TOO_LONG),
    "a number": ("12", Reason.NOT_A_ROW),
    "a text": ('"a, b"', Reason.NOT_A_ROW),
    "null": ("null", Reason.NOT_A_ROW),
    "a list": ('["a", 1]', Reason.NOT_A_ROW),
    "an empty object": ("{}", Reason.BAD_TIME),
    "words": ("what is this", Reason.DAMAGED),
}  # fmt: skip


def encoded(bad: str | bytes) -> bytes:
    return bad if isinstance(bad, bytes) else bad.encode("utf-8", "surrogateescape")


def around(bad: bytes, before: int, after: int) -> bytes:
    """A file of good rows, numbered, with ``bad`` among them."""
    good = [as_json([row(at, f"good {at}")])[1:-1] for at in range(before + after)]
    return b"[" + b",\n ".join([*good[:before], bad, *good[before:]]) + b"]"


@pytest.mark.parametrize(("before", "after"), [(0, 3), (3, 0), (2, 2)], ids=["first", "last", "between"])
@pytest.mark.parametrize("case", CASES)
def test_a_damaged_row_costs_itself(case: str, before: int, after: int, tmp_path: Path) -> None:
    bad, reason = CASES[case]
    outcome = read(tmp_path, around(encoded(bad), before, after))
    assert outcome.titles == [f"good {at}" for at in range(before + after)]
    assert [(number, why) for number, why, _ in outcome.rejected] == [(before + 1, reason)]


@pytest.mark.parametrize(("before", "after"), [(0, 3), (3, 0), (2, 2)], ids=["first", "last", "between"])
def test_a_stray_comma_costs_nothing(before: int, after: int, tmp_path: Path) -> None:
    outcome = read(tmp_path, around(b" , ", before, after))
    assert outcome.titles == [f"good {at}" for at in range(before + after)]
    assert outcome.rejected == []


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_row_beside_damage_elsewhere_costs_the_same(case: str, tmp_path: Path) -> None:
    """A stray word at its end sends the whole file through the search; what happens to the row stays the same."""
    bad, reason = CASES[case]
    outcome = read(tmp_path, around(encoded(bad), 2, 2)[:-1] + b", nonsense]")
    assert outcome.titles == [f"good {at}" for at in range(4)]
    assert [(number, why) for number, why, _ in outcome.rejected] == [(3, reason), (6, Reason.DAMAGED)]


@pytest.mark.parametrize(
    "title",
    ["},{", "}, {", "},{\\", "[", "]", "{", "}", 'a{"', '"}, {"ts": "', "}]", "},\n{", '{"ts"', "\\", '\\"'],
)
@pytest.mark.parametrize("tail", [b"", b", nonsense"], ids=["sound", "damaged"])
def test_titles_that_look_like_json_are_read(title: str, tail: bytes, tmp_path: Path) -> None:
    rows = [row(at, f"{title}{at}{title}") for at in range(5)]
    assert read(tmp_path, as_json(rows)[:-1] + tail + b"]").titles == [f"{title}{at}{title}" for at in range(5)]


@pytest.mark.parametrize("title", ["},{", "}, {", "a{", '{"'])
def test_titles_that_look_like_json_in_a_damaged_row_cost_no_other_row(title: str, tmp_path: Path) -> None:
    bad = json.dumps(row(9, title, reason_end=title)).replace('"ts"', "ts")
    assert read(tmp_path, around(bad.encode(), 2, 2)).titles == [f"good {at}" for at in range(4)]


def test_a_file_cut_short_loses_its_last_row_and_says_where(tmp_path: Path) -> None:
    whole = as_json([row(at, f"good {at}") for at in range(4)])
    outcome = read(tmp_path, whole[:-100])
    assert outcome.titles == ["good 0", "good 1", "good 2"]
    ((number, reason, excerpt),) = outcome.rejected
    assert (number, reason) == (4, Reason.DAMAGED)
    assert excerpt is not None
    assert excerpt.startswith(f"cut off at byte {len(whole) - 100:,}: ts: ")
    assert "good 3" in excerpt


def test_a_missing_bracket_at_the_end_costs_nothing(tmp_path: Path) -> None:
    whole = as_json([row(at, f"good {at}") for at in range(4)])
    outcome = read(tmp_path, whole[:-1])
    assert outcome.titles == ["good 0", "good 1", "good 2", "good 3"]
    assert outcome.rejected == []


@pytest.mark.parametrize(
    "layout",
    [
        lambda rows: b"\n".join(map(dumped, rows)),  # JSON lines
        lambda rows: b"\r\n".join(map(dumped, rows)) + b"\r\n",
        lambda rows: b"".join(map(dumped, rows)),
        lambda rows: b",".join(map(dumped, rows)),
        lambda rows: as_json(rows[:1]) + b"\n" + as_json(rows[1:]),  # lists one after another
        lambda rows: as_json(rows, indent=2),
        lambda rows: as_json(rows, indent=1).replace(b"}", b"}\n\n").replace(b"\n", b"\r\n"),
        lambda rows: b" \r\n\t" + as_json(rows) + b"\n\n",
        lambda rows: as_json(rows)[:-1] + b",]",  # a comma too many
    ],
    ids=["lines", "windows lines", "no separator", "commas", "two lists", "indented", "airy", "space around", "comma"],
)
def test_any_layout_of_rows_is_read(layout: Callable[[list[Row]], bytes], tmp_path: Path) -> None:
    outcome = read(tmp_path, layout([row(at, f"good {at}") for at in range(4)]))
    assert outcome.titles == [f"good {at}" for at in range(4)]
    assert outcome.rejected == []
    assert [row.number for row in outcome.accepted] == [1, 2, 3, 4]


def dumped(fields: Row) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("title", ["Song", "東ノ宮 🦊 ß"])
def test_encodings(encoding: str, title: str, tmp_path: Path) -> None:
    outcome = read(tmp_path, as_json([row(at, title) for at in range(3)]).decode().encode(encoding))
    assert outcome.titles == [title] * 3
    assert outcome.rejected == []


@pytest.mark.parametrize("slice_bytes", [7, 333, 1_000, 1_001, 4_096])
def test_utf_16_is_read_whole_however_large(slice_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "SLICE_BYTES", slice_bytes)
    rows = [row(at, f"東 {at}") for at in range(30)]
    outcome = read(tmp_path, b"\xff\xfe" + as_json(rows).decode().encode("utf-16-le"))
    assert outcome.titles == [f"東 {at}" for at in range(30)]
    assert outcome.rejected == []


def test_duplicate_keys_the_last_one_counts(tmp_path: Path) -> None:
    twice = json.dumps(row(0, "first")).replace("}", ', "master_metadata_track_name": "last"}').encode()
    assert read(tmp_path, b"[" + twice + b"]").titles == ["last"]


def test_whole_numbers_may_be_written_as_fractions(tmp_path: Path) -> None:
    rows = [row(0, ms=200_000.0), row(1, ms=0.0), row(2, ms=14 * 86_400_000)]
    assert [row.ms for row in read(tmp_path, as_json(rows)).accepted] == [200_000, 0, 14 * 86_400_000]


def test_nul_in_names_and_words_is_dropped(tmp_path: Path) -> None:
    (accepted,) = read(tmp_path, as_json([row(0, "a\0b", "c\0", platform="d\0e", reason_end="\0")])).accepted
    assert (accepted.item.title, accepted.item.artist) == ("ab", "c")
    assert (accepted.context.platform, accepted.context.reason_end) == ("de", None)


def test_words_of_a_context_are_short(tmp_path: Path) -> None:
    (accepted,) = read(tmp_path, as_json([row(0, platform="p" * 50_000)])).accepted
    assert accepted.context.platform == "p" * 200


@pytest.mark.parametrize("case", CASES)
def test_excerpts_hold_no_personal_field(case: str, tmp_path: Path) -> None:
    """Neither of the damaged row nor of those around it."""
    bad = encoded(CASES[case][0])
    personal = json.dumps(PERSONAL)[1:-1].encode() + b", "
    bad = bad.replace(b'{"', b"{" + personal + b'"', 1) if bad.startswith(b'{"') else bad
    good = [dumped(PERSONAL | row(at)) for at in range(2)]
    outcome = read(tmp_path, b"[" + b", ".join([good[0], bad, good[1]]) + b"]")
    assert len(outcome.accepted) == 2
    assert_impersonal(outcome)


def assert_impersonal(outcome: Outcome) -> None:
    for _, _, excerpt in outcome.rejected:
        for value in PERSONAL.values():
            assert value not in (excerpt or "")
            assert value[:8] not in (excerpt or "")


def test_excerpts_of_a_file_cut_anywhere_hold_no_personal_field(tmp_path: Path) -> None:
    whole = as_json([PERSONAL | row(0), PERSONAL | row(1)])
    row_begins = whole.rindex(b'{"username"')
    for end in range(row_begins, len(whole), 3):
        outcome = read(tmp_path, whole[:end])
        assert len(outcome.accepted) == 1
        assert_impersonal(outcome)


@pytest.mark.parametrize(
    "personal",
    [
        '"usern\\u0061me": "sentinel-user-7391"',
        '"username": ["sentinel-user-7391", "sentinel-user-7391"]',
        '"username": {"name": "sentinel-user-7391"}',
        '"username: "sentinel-user-7391"',
        '"Username" : "sentinel-user-7391"',
        '"sentinel-user-7391"',
        "'username': 'sentinel-user-7391'",
    ],
)
def test_excerpts_hold_no_personal_field_however_it_is_written(personal: str, tmp_path: Path) -> None:
    damaged = "{" + personal + ", " + json.dumps(row(1))[1:].replace("200000", "NaN")
    outcome = read(tmp_path, as_json([row(0)])[:-1] + b", " + damaged.encode() + b"]")
    assert len(outcome.accepted) == 1
    assert Reason.DAMAGED in outcome.reasons
    assert_impersonal(outcome)


def test_what_is_kept_of_rejected_rows_is_bounded_but_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = read(tmp_path, b"[" + dumped(row(0)) + b", {}" * 3_000 + b"]")
    assert len(outcome.rejected) == 3_000
    assert sum(excerpt is not None for _, _, excerpt in outcome.rejected) == 1_000


@pytest.mark.parametrize(
    "unit", [b'{"', b'{"a":', b'{"a":[', b"[", b'"', b'{"x{"y', b'{"a":"b"', b"{}x", b'{"ts"', b"\\", b'\xff{"']
)
def test_hopeless_files_end_soon(unit: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However half a megabyte is filled, the search gives up or ends, and says so."""
    monkeypatch.setattr(json_rows, "BYTES_IN_VAIN", 1 << 20)
    outcome = read(tmp_path, b"[" + dumped(row(0, "good")) + b", " + unit * ((1 << 19) // len(unit)))
    assert outcome.titles == ["good"]
    assert outcome.rejected
    assert set(outcome.reasons) <= {Reason.DAMAGED, Reason.BAD_TIME, Reason.NOT_A_ROW}
    assert len(outcome.rejected) < 400_000


def test_a_file_of_nothing_but_rejected_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "MOST_REJECTED", 1_000)
    with pytest.raises(ImportRefused, match=r"anything: more than 1,000 rows in it are no plays"):
        read(tmp_path, b"[" + dumped(row(0)) + b", {}" * 3_000 + b"]")


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """Rows, good and bad, in a list, perhaps with a cut tail."""
    texts = draw(
        st.lists(
            st.one_of(
                st.integers(0, 99).map(lambda at: dumped(row(at, f"good {at}"))),
                st.sampled_from([encoded(bad) for name, (bad, _) in CASES.items() if "64 KB" not in name]),
            ),
            max_size=12,
        )
    )
    between = draw(st.sampled_from([b", ", b",", b",\n", b" ,\r\n "]))
    whole = b"[" + between.join([dumped(row(0, "first")), *texts]) + b"]"
    return whole[: draw(st.one_of(st.just(len(whole)), st.integers(600, len(whole))))]


def slices_make_no_difference(tmp_path: Path, content: bytes, slice_bytes: int) -> None:
    whole = read(tmp_path, content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "SLICE_BYTES", slice_bytes)
        assert read(tmp_path, content) == whole


SLICES = given(content=damaged_files(), slice_bytes=st.sampled_from([50, 300, 700, 701, 1_500, 10_000]))
AIRY = b'[{"ts":1,"ms_played":1}, {\n"ts": "2021-01-01T00:00:00Z", "ms_played": 1} ' + b" " * 200_000 + b"]"
test_where_slices_end_makes_no_difference = example(AIRY, 10_000)(MODEST(SLICES(slices_make_no_difference)))
test_where_slices_end_makes_no_difference_long = pytest.mark.slow(LONG(SLICES(slices_make_no_difference)))

ROWS = [dumped(row(at, f"title {at}", "Art{i}st, [x]")) for at in range(8)]


def a_hole_costs_only_the_rows_it_touches(tmp_path: Path, hole: tuple[float, float], fill: bytes) -> None:
    whole = b"[" + b", ".join(ROWS) + b"]"
    begin, end = sorted(round(place * len(whole)) for place in hole)
    holed = whole[:begin] + fill + whole[end:]
    untouched = set()
    at = 1
    for number, each in enumerate(ROWS):
        if at + len(each) <= begin or at >= end:
            untouched.add(f"title {number}")
        at += len(each) + 2
    if holed[:2] == b"[{" and untouched:  # what is not recognised is not read
        assert untouched <= set(read(tmp_path, holed).titles)


HOLES = given(hole=st.tuples(st.floats(0, 1), st.floats(0, 1)), fill=st.one_of(st.just(b""), st.binary(max_size=20)))
test_a_hole_in_a_file_costs_only_the_rows_it_touches = MODEST(HOLES(a_hole_costs_only_the_rows_it_touches))
test_holes_long = pytest.mark.slow(LONG(HOLES(a_hole_costs_only_the_rows_it_touches)))
