"""Triage: verdicts that hold until taken back, the crate, what was shown, and what all of it teaches the engine."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import assert_healthy, copied, imported, new_library, plays, row, stored_bytes, write
from tui_music.errors import LibraryTooNew, NotFound
from tui_music.library.journal import KEPT_DAYS, Entry, Journal, Triage, Verdicts
from tui_music.library.library import Library

DAY = 86_400
NOW = 20_000 * DAY + 5


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of two listeners, to be copied."""
    folder = tmp_path_factory.mktemp("model")
    library = new_library(folder / "home")
    for who in ("mira", "tom"):
        imported(library, write(folder / f"{who}.json", [row(0, "Song", f"{who}'s artist")]), listener=who)
    return library


@pytest.fixture
def library(model: Library, home: Path) -> Library:
    return copied(model, home)


@pytest.fixture
def journal(library: Library) -> Journal:
    return Journal(library)


def said(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(each.artist, each.verdict.value) for each in entries]


def test_the_latest_verdict_on_an_artist_holds(journal: Journal) -> None:
    for artist, verdict in (("Sigur Rós", "later"), ("東ノ宮", "never"), ("SIGUR ROS", "yes"), ("Tallow", "known")):
        journal.record("mira", artist, Triage(verdict), NOW)
    found = journal.verdicts("mira")
    assert found == Verdicts(
        yes=frozenset({"sigur ros"}), known=frozenset({"tallow"}), never=frozenset({"東ノ宮"}), passed={}, tracks={}
    )
    assert [found.of(name) for name in ("Sigur Rós", "Tallow", "nobody")] == [Triage.YES, Triage.KNOWN, None]


def test_what_verdicts_exclude() -> None:
    wanted, kept, familiar, hated = (frozenset({name}) for name in ("wanted", "kept", "familiar", "hated"))
    verdicts = Verdicts(yes=wanted, later=kept, known=familiar, never=hated, passed={"seen": 1})
    assert verdicts.excluded(discovering=True) == {"kept", "familiar", "hated"}
    assert verdicts.excluded(discovering=False) == {"kept", "hated"}


def test_undo_takes_back_what_was_last_and_redo_gives_it_again(journal: Journal) -> None:
    first = journal.record("mira", "A", Triage.LATER, NOW)
    second = journal.record("mira", "A", Triage.NEVER, NOW + 1)
    assert journal.undo("mira", NOW + 2) == second
    assert journal.verdicts("mira").later == {"a"}, "the verdict before holds again"
    assert journal.undo("mira", NOW + 3) == first
    assert journal.undo("mira", NOW + 4) is None
    assert journal.verdicts("mira") == Verdicts()
    assert journal.redo("mira", NOW + 5) == first
    assert journal.redo("mira", NOW + 6) == second
    assert journal.redo("mira", NOW + 7) is None
    assert journal.verdicts("mira").never == {"a"}
    journal.undo("mira", NOW + 8)
    journal.record("mira", "B", Triage.YES, NOW + 9)
    assert journal.redo("mira", NOW + 10) is None, "another verdict came since"
    assert said(journal.entries("mira")) == [("A", "later"), ("B", "yes")]


def test_the_journal_is_only_ever_added_to(library: Library, journal: Journal) -> None:
    def rows() -> list[tuple[object, ...]]:
        with library.reading() as connection:
            return connection.execute("FROM journal ORDER BY id").fetchall()

    kept: list[tuple[object, ...]] = []
    for at in range(3):
        journal.record("mira", f"Artist {at}", Triage.YES, NOW + at)
        for act in (journal.undo, journal.redo):
            act("mira", NOW + at)
            assert rows()[: len(kept)] == kept
            kept = rows()
    assert len(kept) == 9


@settings(max_examples=12)
@given(acts=st.lists(st.sampled_from(["A", "B", "a", "undo", "redo"]), max_size=12))
def test_undo_and_redo_move_between_the_states_there_were(
    model: Library, tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    journal = Journal(copied(model, tmp_path_factory.mktemp("journal") / "home"))
    verdict = {"A": Triage.LATER, "B": Triage.NEVER, "a": Triage.YES}
    states: list[list[tuple[str, str]]] = [[]]
    at = 0
    for now, act in zip(count(NOW), acts, strict=False):
        if act in verdict:
            journal.record("mira", act, verdict[act], now)
            states = [*states[: at + 1], [*states[at], (act, verdict[act].value)]]
            at += 1
        else:
            step = -1 if act == "undo" else 1
            moved = (journal.undo if act == "undo" else journal.redo)("mira", now)
            assert (moved is not None) == (0 <= at + step < len(states))
            at = min(max(at + step, 0), len(states) - 1)
    assert said(journal.entries("mira")) == states[at]


def test_journals_of_two_listeners_are_apart(journal: Journal) -> None:
    journal.record("mira", "A", Triage.NEVER, NOW)
    journal.shown("mira", ["B"], NOW)
    assert journal.undo("tom", NOW) is None
    assert journal.verdicts("tom") == Verdicts()
    journal.record("tom", "A", Triage.YES, NOW)
    assert journal.undo("mira", NOW) == Entry(1, NOW, Triage.NEVER, "A")
    assert journal.verdicts("tom").yes == {"a"}


def test_a_verdict_on_a_track_is_none_on_its_artist(journal: Journal) -> None:
    journal.record("mira", "Tallow", Triage.NEVER, NOW, track="Low Tide (feat. Ilse Morn)")
    journal.record("mira", "Ilse Morn", Triage.LATER, NOW, track="Ember")
    found = journal.verdicts("mira")
    assert found.of("Tallow") is None
    assert found.tracks == {("tallow", "low tide"): Triage.NEVER, ("ilse morn", "ember"): Triage.LATER}
    assert [found.of("TALLOW", title) for title in ("Low Tide", "Ember")] == [Triage.NEVER, None]
    assert found.unwanted == {("tallow", "low tide")}, "what is in the crate may be started with"
    assert found.excluded(discovering=True) == set()
    assert [(each.artist, each.track) for each in journal.crate("mira")] == [("Ilse Morn", "Ember")]


def test_the_crate_holds_what_is_kept_for_later(journal: Journal) -> None:
    for at, artist in enumerate(["Óla", "Zed", "ola b", "Gone", "Ämber"]):
        journal.record("mira", artist, Triage.LATER, NOW + at)
    journal.record("mira", "gone", Triage.KNOWN, NOW + 9)
    journal.record("mira", "Zed", Triage.LATER, NOW + 10)
    assert [each.artist for each in journal.crate("mira")] == ["Zed", "Ämber", "ola b", "Óla"]
    assert [each.artist for each in journal.crate("mira", by="name")] == ["Ämber", "Óla", "ola b", "Zed"]
    assert journal.crate("mira")[0].at == NOW + 10
    assert journal.crate("tom") == []


def test_what_was_shown_and_got_no_verdict_was_passed(library: Library, journal: Journal) -> None:
    journal.shown("mira", ["Sigur Rós", "B", "C"], NOW)
    journal.shown("mira", ["sigur ros", "D"], NOW + DAY)
    journal.shown("mira", [], NOW + DAY)
    assert journal.verdicts("mira").passed == {"sigur ros": 20_001, "b": 20_000, "c": 20_000, "d": 20_001}
    journal.record("mira", "C", Triage.YES, NOW)
    assert set(journal.verdicts("mira").passed) == {"sigur ros", "b", "d"}
    journal.undo("mira", NOW)
    assert "c" in journal.verdicts("mira").passed
    journal.shown("mira", ["E"], NOW + (KEPT_DAYS + 1) * DAY)
    assert journal.verdicts("mira").passed == {"sigur ros": 20_001, "d": 20_001, "e": 20_000 + KEPT_DAYS + 1}


def test_what_was_shown_does_not_grow_for_ever(library: Library, journal: Journal) -> None:
    names = [f"Artist {at}" for at in range(200)]
    journal.shown("mira", names, NOW)
    size = library.path.stat().st_size
    for at in range(40):
        journal.shown("mira", names, NOW + at * DAY)
    with library.reading() as connection:
        assert connection.execute("SELECT count(*) FROM passed").fetchall() == [(200,)]
    assert library.path.stat().st_size <= size + 2 * 262_144, "DuckDB's blocks are of 256 KB"


def test_triage_changes_no_play_and_no_answer_about_them(library: Library, journal: Journal) -> None:
    revision, before = library.revision(), plays(library, "mira")
    journal.record("mira", "A", Triage.YES, NOW)
    journal.undo("mira", NOW)
    journal.redo("mira", NOW)
    journal.shown("mira", ["B"], NOW)
    assert library.revision() == revision == library.load("mira").revision
    assert plays(library, "mira") == before
    assert_healthy(library)


def test_any_name_is_kept_as_it_is(journal: Journal) -> None:
    names = [
        "'; DROP TABLE journal; --",
        "[bold]x[/]",
        "a\nb\x1b[31m",
        "!!!",
        "=1+1",
        "x" * 16_000,
        "\u202eabc",
        "a\0b",
    ]
    for name in names:
        journal.record("mira", name, Triage.LATER, NOW, track=name)
    assert [each.artist for each in journal.entries("mira")] == names
    assert [each.track for each in journal.entries("mira")] == names


def test_nobody_has_no_journal(home: Path, journal: Journal) -> None:
    nobody = "there is nobody of that name"
    for ask in (
        lambda: journal.record(nobody, "A", Triage.YES, NOW),
        lambda: journal.undo(nobody, NOW),
        lambda: journal.shown(nobody, ["A"], NOW),
        lambda: journal.verdicts(nobody),
        lambda: journal.crate(nobody),
    ):
        with pytest.raises(NotFound, match=nobody):
            ask()
    missing = new_library(home / "other")
    with pytest.raises(NotFound):
        Journal(missing).record("mira", "A", Triage.YES, NOW)
    assert not missing.exists()


def test_forgetting_a_listener_forgets_their_verdicts(library: Library, journal: Journal) -> None:
    for who in ("mira", "tom"):
        journal.record(who, f"Sentinel of {who}", Triage.NEVER, NOW)
        journal.shown(who, [f"Glimpse of {who}"], NOW)
    library.forget("mira")
    kept = stored_bytes(library.path.parent)
    assert b"Sentinel of mira" not in kept
    assert b"glimpse of mira" not in kept
    assert journal.verdicts("tom").never == {"sentinel of tom"}
    assert journal.verdicts("tom").passed == {"glimpse of tom": 20_000}


def test_a_library_of_a_newer_program_is_left_alone(library: Library, journal: Journal) -> None:
    with library.writing() as connection:
        connection.execute("UPDATE meta SET version = version + 1")
    with pytest.raises(LibraryTooNew):
        journal.record("mira", "A", Triage.YES, NOW)
