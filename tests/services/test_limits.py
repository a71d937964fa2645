"""The limits of services, with a clock that stands still until it is moved."""

from __future__ import annotations

import fcntl
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_music.services import limits
from tui_music.services.limits import ALONE, FAILURES, GAPS, LONGEST, Limiter, folder_for, in_words

GAP = 1.0


class Clock:
    """``true`` is the time that passes; what the clock shows may have been set back."""

    def __init__(self) -> None:
        self.true, self.set_back = 1e6, 0.0

    def __call__(self) -> float:
        return self.true - self.set_back


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "limits" / "service.json"


def test_the_limits_are_those_of_the_services() -> None:
    assert 1 / GAPS["lastfm"] < 4
    assert GAPS["musicbrainz"] == 1.1
    assert GAPS["listenbrainz"] >= 1


def test_calls_start_a_gap_apart(path: Path, clock: Clock) -> None:
    limiter = Limiter(path, GAP, clock)
    assert limiter.take() == 0
    assert limiter.take() == GAP
    clock.true += 0.4
    assert limiter.take() == pytest.approx(0.6)
    clock.true += 0.6
    assert limiter.take() == 0


def test_a_slot_that_was_not_taken_is_not_saved_up(path: Path, clock: Clock) -> None:
    """C0.18: a limiter that credits the time it slept runs at twice the limit."""
    limiter, granted = Limiter(path, GAP, clock), []
    limiter.take()
    clock.true += 10
    for _ in range(40):
        wait = limiter.take()
        if not wait:
            granted.append(clock.true)
        clock.true += wait
    assert [later - earlier for earlier, later in pairwise(granted)] == [GAP] * 19


def test_all_who_use_the_file_share_its_slots(path: Path, clock: Clock) -> None:
    one, other = Limiter(path, GAP, clock), Limiter(path, GAP, clock)
    assert one.take() == 0
    assert other.take() == GAP
    restarted = Limiter(path, GAP, clock)
    assert restarted.take() == GAP


@given(
    steps=st.lists(
        st.one_of(
            st.floats(0, 3).map(lambda seconds: ("pass", seconds)),
            st.floats(0, 7200).map(lambda seconds: ("set back", seconds)),
            st.just(("restart", 0.0)),
            st.floats(0, 5).map(lambda seconds: ("pause", seconds)),
        ),
        max_size=30,
    )
)
def test_no_two_calls_are_closer_than_the_gap_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, float]]
) -> None:
    path, clock = tmp_path_factory.mktemp("limits") / "service.json", Clock()
    limiter, last = Limiter(path, GAP, clock), 0.0
    for what, seconds in steps:
        if what == "pass":
            clock.true += seconds
        elif what == "set back":
            clock.set_back += seconds
        elif what == "restart":
            limiter = Limiter(path, GAP, clock)
        else:
            limiter.pause(seconds, "")
        wait = limiter.take()
        assert 0 <= wait <= LONGEST
        if not wait:
            assert clock.true - last >= GAP * 0.999
            last = clock.true


def test_a_clock_set_back_costs_one_gap(path: Path, clock: Clock) -> None:
    limiter = Limiter(path, GAP, clock)
    limiter.take()
    clock.set_back = 3600
    assert limiter.take() == GAP


def test_a_state_of_another_boot_costs_one_gap(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = Limiter(path, GAP, clock)
    limiter.pause(500, "asked for it")
    monkeypatch.setattr(limits, "_boot", lambda: "another")
    assert limiter.take() == GAP


def test_a_pause_holds_for_everybody_and_no_longer_than_an_hour(path: Path, clock: Clock) -> None:
    Limiter(path, GAP, clock).pause(30, "Asked for fewer calls.")
    other = Limiter(path, GAP, clock)
    assert other.take() == 30
    assert other.paused() == (30, "Asked for fewer calls.")
    other.pause(5, "Shorter ones change nothing.")
    assert other.take() == 30
    other.pause(1e9, "Asked for the moon.")
    assert other.take() == LONGEST
    clock.true += LONGEST
    assert other.take() == 0
    assert other.paused()[0] == 0


def test_who_keeps_failing_is_left_alone_for_longer_and_longer(path: Path, clock: Clock) -> None:
    limiter = Limiter(path, GAP, clock)
    for _ in range(FAILURES - 1):
        limiter.failed("It broke.")
    assert limiter.paused()[0] == 0
    waits = []
    for _ in range(6):
        limiter.failed("It broke.")
        waits.append(limiter.paused()[0])
        clock.true += waits[-1]
    assert waits == [ALONE, 2 * ALONE, 4 * ALONE, 8 * ALONE, 900, 900]
    limiter.worked()
    limiter.failed("It broke again.")
    assert limiter.paused()[0] == 0


@pytest.mark.parametrize("content", [b"nonsense", b'{"boot":"', b"[]", b'{"next":"soon"}', b"\0" * 5000])
def test_a_damaged_file_costs_one_gap(path: Path, clock: Clock, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    limiter = Limiter(path, GAP, clock)
    assert limiter.take() == GAP
    clock.true += GAP
    assert limiter.take() == 0


def test_without_a_place_to_write_a_process_keeps_to_the_limit_alone(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "limits").write_text("a file where the folder should be")
    limiter = Limiter(tmp_path / "limits" / "service.json", GAP, clock)
    assert limiter.take() == GAP
    clock.true += GAP
    assert limiter.take() == 0
    assert limiter.take() == GAP
    limiter.pause(20, "Why not.")
    assert limiter.paused() == (20, "Why not.")


def test_a_program_that_hangs_with_the_file_holds_nobody_up(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_HELD", 0.05)
    limiter = Limiter(path, GAP, clock)
    limiter.take()
    handle = os.open(path, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        clock.true += GAP
        assert limiter.take() == 0
        assert limiter.take() == GAP
    finally:
        os.close(handle)


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path, path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("untouched")
    path.symlink_to(precious)
    Limiter(path, GAP, clock).take()
    assert precious.read_text() == "untouched"


def test_the_file_is_the_owners_alone(path: Path, clock: Clock) -> None:
    Limiter(path, GAP, clock).take()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_limits_of_real_services_are_the_users_whichever_library_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "users"))
    own = tmp_path / "library" / "limits"
    assert folder_for("https://musicbrainz.org/ws/2/", own) == folder_for("https://musicbrainz.org/ws/2/", tmp_path)
    assert folder_for("https://musicbrainz.org/ws/2/", own) != own
    for local in ("http://127.0.0.1:5000/", "http://localhost/x", "http://[::1]:80/", "https://127.0.0.1/"):
        assert folder_for(local, own) == own


def test_times_in_words() -> None:
    assert [in_words(seconds) for seconds in (0.2, 40, 89, 90, 900)] == [
        "1 seconds",
        "40 seconds",
        "89 seconds",
        "2 minutes",
        "15 minutes",
    ]
