"""The library is a function of the rows, whatever their files and order; anything else is read or refused."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.exports import (
    Row,
    answers,
    as_json,
    assert_healthy,
    chapter,
    episode,
    imported,
    new_library,
    old_row,
    plays,
    row,
    short,
    titles,
    write,
    zipped,
)
from tui_music.kinds import Kind
from tui_music.library.library import Library

MODEST = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
LONG = settings(MODEST, max_examples=400, phases=[Phase.explicit, Phase.generate, Phase.shrink])

# --- the order of things --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Rows in the files they came in (``hint``: named as video), and another way of giving the same rows."""

    one_way: list[tuple[bool, list[Row]]]
    another: list[list[tuple[bool, list[Row]]]]


def extended_rows() -> st.SearchStrategy[Row]:
    """Few times, names and lengths, so that rows meet; many ways of saying the rest."""
    music = st.builds(
        row,
        st.integers(0, 200),
        st.sampled_from(["Song", "Other", "song"]),
        st.sampled_from(["Artist", "Another"]),
        st.sampled_from([1_000, 200_000]),
        master_metadata_album_album_name=st.sampled_from(["Album", "Live", None]),
        spotify_track_uri=st.sampled_from(["spotify:track:1", "spotify:track:2", None]),
        skipped=st.sampled_from([True, False, None]),
        shuffle=st.sampled_from([True, False, None]),
        platform=st.sampled_from(["ios", "web", None]),
        reason_end=st.sampled_from(["trackdone", "fwdbtn", None]),
    )
    return st.one_of(
        music,
        st.builds(
            episode, st.integers(0, 200), st.sampled_from(["Song", "Episode"]), st.sampled_from(["Artist", "Show"])
        ),
        st.builds(chapter, st.integers(0, 200)),
        st.builds(row, st.integers(0, 200), title=st.none()),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rows = draw(st.lists(st.tuples(st.booleans(), extended_rows()), max_size=25))
    account = draw(
        st.lists(
            st.builds(
                short,
                st.integers(0, 260),
                st.sampled_from(["Song", "Other"]),
                st.sampled_from(["Artist", "Another"]),
                st.sampled_from([1_000, 200_000]),
            ),
            max_size=20,
        )
    )
    account.sort(key=lambda fields: str(fields["endTime"]))
    one_way: list[tuple[bool, list[Row]]] = [
        (hint, [fields for hinted, fields in rows if hinted is hint]) for hint in (False, True)
    ]
    one_way.append((False, account))
    shuffled = draw(st.permutations(rows))
    places = draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    parts: dict[tuple[int, bool], list[Row]] = {}
    for place, (hint, fields) in zip(places, shuffled, strict=True):
        parts.setdefault((place, hint), []).append(fields)
    files = [(hint, part) for (_, hint), part in parts.items()]
    split = draw(st.integers(0, len(account)))
    pieces = [account[:split], account[split:]]
    if any(len({fields["endTime"] for fields in piece}) < 2 for piece in pieces):
        pieces = [account]  # a file of one minute may as well be an older export
    files += [(False, piece) for piece in pieces]
    files += draw(st.lists(st.sampled_from(files), max_size=2))  # some come twice
    files = draw(st.permutations(files))
    calls: list[list[tuple[bool, list[Row]]]] = [[]]
    for file in files:
        if draw(st.booleans()):
            calls.append([])
        calls[-1].append(file)
    return Case(one_way, calls)


def order_makes_no_difference(case: Case) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        one, another = new_library(root / "one"), new_library(root / "another")

        def put(library: Library, call: list[tuple[bool, list[Row]]]) -> None:
            paths = []
            for hint, rows in call:
                name = f"{'Video' if hint else 'Audio'} {len(list(root.rglob('*.json')))}.json"
                paths.append(write(root / name, rows))
            imported(library, *paths)

        put(one, case.one_way)
        for call in case.another:
            put(another, call)
        if not one.exists():
            assert not another.exists()
            return
        assert answers(one) == answers(another)
        for library in (one, another):
            assert_healthy(library)


test_the_order_and_the_files_of_rows_make_no_difference = MODEST(given(cases())(order_makes_no_difference))
test_order_long = pytest.mark.slow(LONG(given(cases())(order_makes_no_difference)))


def test_the_demo_in_parts_and_backwards_is_the_demo(tmp_path: Path) -> None:
    """40,000 plays of every kind: shuffled over other files, they make the same library."""
    from zipfile import ZipFile

    from tui_music.demo import demo_zip

    whole, parts = new_library(tmp_path / "whole"), new_library(tmp_path / "parts")
    imported(whole, demo_zip())
    audio: list[Row] = []
    with ZipFile(demo_zip()) as archive:
        for name in archive.namelist():
            if name.endswith(".json") and "Video" in name:
                write(tmp_path / "in" / "x video", archive.read(name))
            elif name.endswith(".json"):
                audio += json.loads(archive.read(name))
    random.Random(5).shuffle(audio)
    for at in range(3):
        write(tmp_path / "in" / f"part {at}", audio[at::3])
    for path in sorted((tmp_path / "in").iterdir(), reverse=True):
        imported(parts, path)
    assert answers(parts) == answers(whole)
    kinds = Counter(play[2] for play in plays(whole))
    assert min(kinds[kind] for kind in Kind) > 0
    assert_healthy(parts)


# --- anything at all --------------------------------------------------------------------------------

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(sorted(row()) + sorted(short())), st.text()), inner, max_size=6),
    ),
    max_leaves=12,
)
ANY_ROW = st.one_of(
    JSON,
    st.builds(
        lambda fields, more: {**fields, **more}, extended_rows(), st.dictionaries(st.sampled_from(sorted(row())), JSON)
    ),
    st.builds(
        lambda fields, more: {**fields, **more},
        st.just(short()),
        st.dictionaries(st.sampled_from(sorted(short())), JSON),
    ),
)
SMALL = zipped({"a.json": [row(3)], "b.json": [short(9)], "c.pdf": bytes(200)})
EXPORTS = (as_json([row(0), old_row(1), episode(2)]), as_json([short(0), short(70)]), SMALL)


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A good file with some bytes changed."""
    content = bytearray(draw(st.sampled_from(EXPORTS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 30))] = draw(st.binary(max_size=10))
    return bytes(content)


ANYTHING = st.one_of(
    st.binary(max_size=200),
    st.lists(ANY_ROW, max_size=5).map(lambda rows: json.dumps(rows).encode()),
    st.lists(ANY_ROW, max_size=5).map(lambda rows: json.dumps([row(0), *rows]).encode()),
    st.lists(ANY_ROW, max_size=5).map(lambda rows: json.dumps([*rows, short(0)]).encode("utf-16")),
    changed(),
)


def anything_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = new_library(Path(folder) / "home")
        imported(library, write(Path(folder) / "base.json", [row(0), row(999, "Base")]))
        before = answers(library)
        report = imported(library, write(Path(folder) / "x", content))
        if report.added:
            assert "Base" in titles(library)
        elif not report.duplicate:
            assert answers(library) == before
        assert_healthy(library)


test_anything_is_read_or_refused = MODEST(given(ANYTHING)(anything_is_read_or_refused))
test_anything_long = pytest.mark.slow(LONG(given(ANYTHING)(anything_is_read_or_refused)))
