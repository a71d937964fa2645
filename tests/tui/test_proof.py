"""The Proof screen: both judges, tasks and parts, what adds nothing, how old it is, testing again."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.exports import imported, row, write
from tests.tui.conftest import Started, screen_of, settled, text_of
from tests.tui.pictures import SIZES, Picture, picture
from tests.tui.proving import FAMILIAR, keep_evaluation, keep_proof
from tui_music.child import ChildFailed, Step
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.text import cells
from tui_music.tui.app import TuiMusic
from tui_music.tui.first_run import FirstRunScreen
from tui_music.tui.prompt import PromptLine
from tui_music.tui.proof_running import Judge
from tui_music.tui.proof_screen import ProofScreen
from tui_music.tui.proof_words import MANY, OWN, OWN_BASELINES

__all__ = ["picture"]  # a fixture

EVERY_SIZE = [(40, 10), *SIZES, (200, 60)]


@pytest.fixture
def proof(settings: Settings, library: Library) -> None:
    """A backtest of mira was run."""
    keep_proof(settings, library)


def proof_of(pilot: Pilot[Any]) -> ProofScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, ProofScreen)
    return screen


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def names(pilot: Pilot[Any]) -> list[str]:
    sheet = proof_of(pilot).sheet
    return [] if sheet is None else [str(each.name) for each in sheet.standings]


def line_with(pilot: Pilot[Any], text: str) -> str:
    return next(line for line in text_of(pilot).splitlines() if text in line)


def written(folder: Path) -> list[dict[str, str]]:
    (path,) = folder.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Endless:
    """A child process that does not end by itself."""

    step, started, killed = Step(0.4, "next session: [red]decay[/]"), list[tuple[Any, ...]](), Event()

    def __init__(self, *given: Any, **more: Any) -> None:
        Endless.started.append((*given, more))

    def wait(self, seconds: float) -> bool:
        time.sleep(0.01)
        return False

    def kill(self) -> None:
        Endless.killed.set()


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> type[Endless]:
    Endless.started, Endless.killed = [], Event()
    monkeypatch.setattr("tui_music.engine.training.Training", Endless)
    monkeypatch.setattr("tui_music.engine.community.building.Evaluating", Endless)
    return Endless


@pytest.mark.usefixtures("library")
class TestPictures:
    @pytest.mark.usefixtures("proof")
    @pytest.mark.parametrize("size", EVERY_SIZE)
    def test_own_history(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "8", "j")

    @pytest.mark.usefixtures("proof")
    def test_discoveries(self, picture: Picture) -> None:
        assert picture((80, 24), "8", "left")

    @pytest.mark.parametrize("size", EVERY_SIZE)
    def test_many_listeners(self, picture: Picture, settings: Settings, size: tuple[int, int]) -> None:
        keep_evaluation(settings)
        assert picture(size, "8", "c", "j")

    @pytest.mark.parametrize("size", [(40, 10), (80, 24)])
    @pytest.mark.parametrize("keys", [("8",), ("8", "c")], ids=["own", "many"])
    def test_not_run(self, picture: Picture, size: tuple[int, int], keys: tuple[str, ...]) -> None:
        assert picture(size, *keys)

    @pytest.mark.usefixtures("proof")
    @pytest.mark.parametrize("size", [(40, 10), (80, 24)])
    def test_running(self, picture: Picture, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
        def stands(self: ProofScreen, *_: Any) -> None:
            self.post_message(self.Moved(Step(0.4, "next session")))

        monkeypatch.setattr(ProofScreen, "prove", stands)
        assert picture(size, "8", "a")

    def test_stale(self, picture: Picture, settings: Settings, library: Library, tmp_path: Path) -> None:
        keep_proof(settings, library)
        imported(library, write(tmp_path / "more.json", [row(86_400 * 500, "New", "Newcomer")]), listener="mira")
        assert picture((80, 24), "8")


@pytest.mark.usefixtures("proof")
class TestOwnHistory:
    async def test_the_blend_is_first_then_the_best_and_what_adds_nothing_says_so(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "8")
            assert names(pilot)[:3] == ["blend", "often and lately", "decay"]
            assert len(names(pilot)) == len(FAMILIAR), "whoever discovers was tried at other moments"
            assert "adds nothing: weight 0" in line_with(pilot, "this time of week")
            assert "weight 1.00" in line_with(pilot, "played of late")
            assert "a baseline" in line_with(pilot, "most recently played")
            assert ".471  .451–.491         ×1.88  yours" in line_with(pilot, "blend  ")
            text = text_of(pilot)
            assert "your own history as the judge · 90 moments" in text
            assert "run 3 days ago" in text
            assert "The best baseline, decay: 0.4590" in " ".join(text.split())
            assert "changed" not in text

    async def test_a_recommender_is_told_in_words(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "8", "j", "j")
            assert "decay: each play counts half as much every 4 days." in text_of(pilot)
            assert "hit rate 91.8 %" in text_of(pilot)
            assert "3 of 8" in text_of(pilot)

    async def test_parts_and_tasks_are_turned_through(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "8", "right", "right")
            assert names(pilot) == ["blend", "similar artists", "shared tags"]
            assert "40 moments" in text_of(pilot)
            assert "had nothing to go by" in line_with(pilot, "shared tags")
            assert "×" not in line_with(pilot, "similar artists"), "no play count discovers anybody"
            await press(pilot, "right")
            assert proof_of(pilot).at[Judge.OWN] == ("next session", "all")
            await press(pilot, "t")
            assert names(pilot) == []
            assert "Not tested. There are 3 windows of 90 days to test on; 6 are needed." in " ".join(
                text_of(pilot).split()
            )

    async def test_where_there_is_room_all_parts_stand_below_each_other(self, started: Started) -> None:
        async with started(size=(200, 60)) as pilot:
            await press(pilot, "8")
            text = text_of(pilot)
            assert "all: whoever came" in text
            assert "discovery: of those that came, artists never heard before" in text
            for _ in FAMILIAR:
                await press(pilot, "j")
            assert proof_of(pilot).at[Judge.OWN] == ("next session", "repeat")
            await press(pilot, "right")
            assert "40 moments" in text_of(pilot).splitlines()[0]
            assert proof_of(pilot).standing is proof_of(pilot).sheet.standings[0]  # type: ignore[union-attr]

    async def test_one_finds_a_recommender_by_name(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "8", "slash")
            screen_of(pilot).query_one(PromptLine).value = "play count"
            await press(pilot, "enter")
            standing = proof_of(pilot).standing
            assert standing is not None
            assert standing.name == "play count"

    async def test_a_table_is_written(self, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        async with started() as pilot:
            await press(pilot, "8", "x")
            rows = written(tmp_path)
            assert [each["recommender"] for each in rows] == names(pilot)
            assert rows[0] | {"ndcg": "0.471", "part": "all", "says": "yours", "hit rate": "0.942"} == rows[0]

    async def test_nobody_else_was_proved(self, started: Started) -> None:
        async with started(listener="jun") as pilot:
            await press(pilot, "8")
            assert "Not tested yet: a runs every recommender on your own past" in text_of(pilot)
            assert proof_of(pilot).proved is not None

    async def test_the_rows_fit_any_width(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "8")
            for size in [(60, 20), (118, 31), (160, 40)]:
                await pilot.resize_terminal(*size)
                await settled(pilot)
                assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())


async def test_without_knowledge_of_others_there_is_nothing_to_discover(
    started: Started, settings: Settings, library: Library
) -> None:
    keep_proof(settings, library, discovered=False)
    async with started() as pilot:
        await press(pilot, "8", "left")
        assert names(pilot) == []
        assert "there was nothing to discover by" in text_of(pilot)
        await press(pilot, "x")
        assert "There is no list here to export." in text_of(pilot)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"counted_ms": 0}, "What counts as a play changed"), ({"zone": "Asia/Tokyo"}, "Your time zone changed")],
    ids=["threshold", "zone"],
)
async def test_it_says_what_changed_since(
    started: Started, settings: Settings, library: Library, changed: dict[str, Any], sentence: str
) -> None:
    keep_proof(settings, library)
    async with started(given=replace(settings, **changed)) as pilot:
        await press(pilot, "8")
        assert f"{sentence} since then: a tests again." in text_of(pilot)


async def test_a_damaged_proof_is_none(started: Started, settings: Settings, library: Library) -> None:
    keep_proof(settings, library)
    (path,) = settings.models_dir.glob("proof-*")
    path.write_bytes(b"PK\x03\x04")
    keep_evaluation(settings)
    (settings.community_dir / "evaluation.npz").write_bytes(b"no")
    async with started() as pilot:
        await press(pilot, "8")
        assert "Not tested yet" in text_of(pilot)
        await press(pilot, "c")
        assert "Not tested on other listeners yet" in text_of(pilot)


def test_what_a_recommender_goes_by_fits_a_line() -> None:
    for words in (OWN, OWN_BASELINES, MANY):
        assert [name for name, sentence in words.items() if len(f" {name}: {sentence}. ") > 80] == []


async def test_no_library(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "8")
        assert isinstance(screen_of(pilot), FirstRunScreen)


@pytest.mark.usefixtures("library")
class TestManyListeners:
    async def test_published_formulas_stand_beside_ours(self, started: Started, settings: Settings) -> None:
        keep_evaluation(settings)
        async with started(size=(120, 36)) as pilot:
            await press(pilot, "8", "c")
            assert names(pilot)[:3] == ["blend", "blend and friends", "iALS 64"]
            assert names(pilot)[-1] == "system 0: similar artists"
            text = text_of(pilot)
            assert "many listeners · [red]Last.fm[/red] 360K · 1,892 listeners" in text
            assert "×3.49" in line_with(pilot, "blend  ")
            assert "published" in line_with(pilot, "system 3: 1/rank of kNN and SVD")
            assert "a baseline" in line_with(pilot, "×1.00")
            await press(pilot, "G")
            assert "from one's own library less that library: nobody." in text_of(pilot)
            await press(pilot, "t", "t")
            assert proof_of(pilot).at[Judge.MANY][0] == "time, again"
            await press(pilot, "right")
            assert proof_of(pilot).at[Judge.MANY][0] == "held-out-items"
            await press(pilot, "c")
            assert proof_of(pilot).judge is Judge.OWN

    async def test_data_are_asked_for_and_compared_on(
        self, started: Started, endless: type[Endless], tmp_path: Path
    ) -> None:
        async with started() as pilot:
            await press(pilot, "8", "c", "a")
            line = screen_of(pilot).query_one(PromptLine)
            assert line.value == "~/"
            await press(pilot, "enter")
            assert "Type the path of public data" in text_of(pilot)
            line.value = str(tmp_path / "nothing here")
            await press(pilot, "enter")
            assert "There is no file or folder" in " ".join(text_of(pilot).split())
            line.value = str(tmp_path)
            await pilot.press("enter")
            await pilot.pause(0.3)
            assert endless.started[0][1] == (tmp_path,)
            assert "Testing" in text_of(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert endless.killed.wait(5)


@pytest.mark.usefixtures("library")
class TestTestingAgain:
    async def test_it_is_followed_and_stopped(
        self, started: Started, settings: Settings, library: Library, endless: type[Endless]
    ) -> None:
        keep_proof(settings, library)
        async with started() as pilot:
            await press(pilot, "8")
            await pilot.press("a")
            await pilot.pause(0.3)
            assert endless.started[-1][1:] == ("mira", "Europe/Berlin", {"proof": True})
            line = line_with(pilot, "Testing")
            assert "40%  esc stops  next session: [red]decay[/]" in line
            await pilot.press("a")
            await pilot.pause()
            assert "A test is running already; esc stops it." in text_of(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert endless.killed.wait(5)
            assert "Stopped. What was proved before stays." in text_of(pilot)
            assert "blend" in names(pilot)

    async def test_what_it_found_is_shown(
        self, started: Started, settings: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Quick(Endless):
            def wait(self, seconds: float) -> bool:
                keep_proof(settings, library)
                return True

            def finish(self) -> None: ...

        monkeypatch.setattr("tui_music.engine.training.Training", Quick)
        async with started() as pilot:
            await press(pilot, "8")
            assert names(pilot) == []
            await press(pilot, "a")
            assert "blend" in names(pilot)
            assert "Recommendations go by it from now on." in text_of(pilot)

    async def test_recommendations_go_by_it_at_once(
        self, started: Started, settings: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Quick(Endless):
            def wait(self, seconds: float) -> bool:
                return True

            def finish(self) -> None: ...

        weighed: list[bool] = []
        monkeypatch.setattr("tui_music.engine.training.Training", Quick)

        def make(*given: Any) -> list[Any]:
            weighed.append(given[-1])
            return []

        monkeypatch.setattr("tui_music.tui.recommending.make", make)
        async with started() as pilot:
            await press(pilot, "4", "8", "a", "4", "1", "4")
            assert weighed == [False, True, False]

    async def test_why_it_failed_is_said(self, started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
        class Failing(Endless):
            def wait(self, seconds: float) -> bool:
                return True

            def finish(self) -> None:
                raise ChildFailed("Training stopped: the disk is full. What was trained before stays in use.")

        monkeypatch.setattr("tui_music.engine.training.Training", Failing)
        async with started() as pilot:
            await press(pilot, "8", "a")
            assert "the disk is full" in text_of(pilot)
            assert proof_of(pilot).running is None

    async def test_quitting_ends_it(self, started: Started, endless: type[Endless]) -> None:
        async with started() as pilot:
            await press(pilot, "8")
            await pilot.press("a")
            await pilot.pause(0.2)
            app = pilot.app
            assert isinstance(app, TuiMusic)
            app.leave(0)
        assert endless.killed.wait(5)
