"""Training in a process of its own: followed, failed, killed; no kill leaves a torn model."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.invented import invent
from tests.exports import imported, row, write
from tests.test_layers import modules_after
from tui_music.engine import models
from tui_music.engine.backtest import Backtest, Tried
from tui_music.engine.candidate import Mode
from tui_music.engine.fitting import usual
from tui_music.engine.kept import Kept
from tui_music.engine.models import UnfitModel
from tui_music.engine.moments import Task
from tui_music.engine.training import Step, Training, TrainingFailed
from tui_music.library.library import Library
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.settings import Settings

LISTENER = "Ola/../Brandt 東"
ZONE = "Europe/Berlin"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small library and a cache of replies about its artists."""
    folder = tmp_path_factory.mktemp("prepared")
    settings = Settings(folder, folder / "cache", folder)
    world = invent(3, 60, 4, 900, 12, days=400)
    history, names = world.history, world.history.names
    first = int(history.start[0])
    rows = [
        row(int(start) - first, names.tracks[track], names.artists[artist])
        for start, track, artist in zip(history.start, history.track, history.artist, strict=True)
    ]
    imported(Library(settings.library_file), write(folder / "export.json", rows), listener=LISTENER)
    world.fill(settings.replies_dir).close()
    return settings


@pytest.fixture
def settings(prepared: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "own"
    shutil.copytree(prepared.data_dir, folder)
    return Settings(folder, folder / "cache", folder)


def trained(settings: Settings) -> list[Step]:
    """Train to the end; every step that was seen."""
    training, steps = Training(settings, LISTENER, ZONE), []
    while not training.wait(0.01):
        steps.append(training.step)
    training.finish()
    return [*steps, training.step]


def files(settings: Settings) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in settings.models_dir.glob("*")}


def test_training_makes_what_the_engine_opens(settings: Settings) -> None:
    steps = trained(settings)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert (steps[0].done, steps[-1]) == (0.0, Step(1.0, "done"))
    assert all(path.suffix == ".npz" for path in settings.models_dir.iterdir())
    for path in settings.models_dir.iterdir():
        models.verify(path)
        assert path.stat().st_mode & 0o777 == 0o600
    revision = Library(settings.library_file).revision()
    kept = Kept(settings.models_dir, LISTENER)
    knowledge, community = kept.knowledge(revision)
    assert knowledge.similar.nnz > 100
    assert len(community) == len(knowledge)
    assert {mode: fitted.mode for mode, fitted in kept.weights().items()} == {mode: mode for mode in Mode}
    phases = kept.phases(revision)
    assert phases.weight.shape[1] == phases.share.shape[0]
    assert phases.share.shape[1] == len(phases.artist)


def test_what_fits_is_not_trained_again_and_what_does_not_is(settings: Settings) -> None:
    trained(settings)
    before = files(settings)
    trained(settings)
    assert files(settings) == before
    for path in settings.models_dir.iterdir():
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnfitModel):
        Kept(settings.models_dir, LISTENER).knowledge(Library(settings.library_file).revision())
    trained(settings)
    for path in settings.models_dir.iterdir():
        models.verify(path)


def test_top_songs_that_were_looked_up_make_no_model_unfit(settings: Settings) -> None:
    """Only replies that knowledge is gathered from do: who is like whom, tags, listeners."""
    trained(settings)
    before, cache = files(settings), ReplyCache(settings.replies_dir)
    cache.put(CacheKey("lastfm", "top_tracks", ("Somebody",), 20), b"null")
    trained(settings)
    assert files(settings) == before
    cache.put(CacheKey("lastfm", "similar_artists", ("Somebody",), 100), b"null")
    cache.close()
    trained(settings)
    assert {name for name, at in files(settings).items() if before[name] != at} == {
        Kept(settings.models_dir, LISTENER).path("knowledge").name
    }


def test_a_proof_is_kept_whole(tmp_path: Path) -> None:
    kept, fitted = Kept(tmp_path, LISTENER), usual(Task.DAYS, Mode.DISCOVER)
    found = Backtest((), (Tried(fitted, fitted, {"decay.half_life": 4.0, "habit.reach": 2}),), ("so so",), 1.5)
    with pytest.raises(UnfitModel):
        kept.proof()
    kept.save_proof(found, 7, {})
    again, revision = kept.proof()
    assert (again.notes, again.seconds, revision) == (("so so",), 1.5, 7)
    assert again.tried[0].parameters == found.tried[0].parameters
    assert again.tried[0].tested.weight.tolist() == fitted.weight.tolist()
    assert again.tried[0].tested.names == fitted.names


def test_models_are_of_one_listener(settings: Settings) -> None:
    trained(settings)
    with pytest.raises(UnfitModel, match="not there yet"):
        Kept(settings.models_dir, "somebody else").knowledge(Library(settings.library_file).revision())


def test_a_training_that_cannot_be_done_says_why(tmp_path: Path) -> None:
    training = Training(Settings(tmp_path, tmp_path / "cache", tmp_path), LISTENER, ZONE)
    with pytest.raises(TrainingFailed, match="There is no library at"):
        training.finish()


def test_killing_ends_a_training_at_once(settings: Settings) -> None:
    training = Training(settings, LISTENER, ZONE)
    training.kill()
    assert training.wait(0)
    with pytest.raises(TrainingFailed, match="What was trained before stays in use"):
        training.finish()
    training.kill()  # does nothing more


def kill_at_random(settings: Settings, rng: random.Random, seconds: float) -> None:
    training = Training(settings, LISTENER, ZONE)
    training.wait(rng.random() * seconds)
    training.kill()
    for path in settings.models_dir.glob("*.npz"):
        models.verify(path)


def test_killed_five_times_no_model_is_torn(settings: Settings) -> None:
    begin = time.monotonic()
    trained(settings)
    taken = time.monotonic() - begin
    shutil.rmtree(settings.models_dir)
    rng = random.Random(5)
    for _ in range(5):
        kill_at_random(settings, rng, 1.1 * taken)
    trained(settings)
    Kept(settings.models_dir, LISTENER).knowledge(Library(settings.library_file).revision())


#: Writes one model over and over, each time with other numbers, and says when it begins.
_WRITING = """
import sys
from pathlib import Path
import numpy as np
from tui_music.engine import models
models.save(Path(sys.argv[1]), {"a": np.zeros(500_000)}, 0, {})
print("begun", flush=True)
for n in range(1, 10_000):
    models.save(Path(sys.argv[1]), {"a": np.full(500_000, float(n))}, n, {})
"""


def killed_while_writing(path: Path, rng: random.Random) -> None:
    with subprocess.Popen([sys.executable, "-c", _WRITING, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(rng.random() * 0.2)
        process.kill()
    models.verify(path)
    model = models.load(path)
    assert (model.arrays["a"] == model.header.revision).all()


def test_killed_while_it_writes_a_model_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    rng = random.Random(1)
    for _ in range(5):
        killed_while_writing(tmp_path / "x.npz", rng)


@pytest.mark.slow
def test_killed_fifty_times_no_model_is_torn(settings: Settings, tmp_path: Path) -> None:
    rng = random.Random(50)
    for _ in range(50):
        kill_at_random(settings, rng, 2.0)
        killed_while_writing(tmp_path / "x.npz", rng)
        shutil.rmtree(settings.models_dir, ignore_errors=True)


def test_following_a_training_imports_nothing_heavy() -> None:
    assert not modules_after("import tui_music.engine.training") & {"numpy", "scipy", "sklearn", "sknetwork", "duckdb"}
