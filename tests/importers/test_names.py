"""Names of many tracks at once: the quick way says what the careful one says of each."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.exports import row
from tests.importers.reading import read
from tui_music.importers.columns import NAMES_LIMIT, Codes, Reason, Table
from tui_music.importers.spotify import item_of, tracks_of
from tui_music.kinds import Kind

_tidy = st.text("ab é", min_size=1).map(lambda text: text.strip() or "x")
_any = st.one_of(st.none(), st.text("a \x00\t", max_size=4), st.just("n" * (NAMES_LIMIT // 3)))


@given(st.lists(st.tuples(*[_tidy] * 4) | st.tuples(*[_any] * 4), min_size=1, max_size=6))
def test_many_tracks_are_what_each_is(names: list[tuple[str | None, ...]]) -> None:
    each = [item_of(Kind.MUSIC, artist, title, album, uri) for title, artist, album, uri in names]
    assert tracks_of(names) == each
    for at, name in enumerate(names):
        assert tracks_of([name]) == each[at : at + 1]


def test_keys_that_mean_nothing_have_the_code_of_the_reason_also_when_met_again() -> None:
    table: Table[object] = Table()
    codes: Codes[str] = Codes(lambda keys: [Reason.NO_TITLE if key == "" else key.upper() for key in keys], table)
    none = Reason.NO_TITLE.code
    assert codes.column(["a", "", "b", "a", ""], 5).tolist() == [0, none, 2, 0, none]
    assert codes.column(["", "c", "b"], 3).tolist() == [none, 3, 2]
    assert [table[0], table[2], table[3]] == ["A", "B", "C"]
    assert len({reason.code for reason in Reason}) == len(Reason)
    assert max(reason.code for reason in Reason) < 0


def test_an_untidy_name_among_tidy_ones(tmp_path: Path) -> None:
    rows = [row(title="One"), row(title=" Two\x00 "), row(title=None), row(title="Three")]
    outcome = read(tmp_path, json.dumps(rows).encode())
    assert outcome.titles == ["One", "Two", "Three"]
    assert outcome.reasons == [Reason.NO_TITLE]
