"""What was proved last, as tables, and how old it is. Threads of the screen Proof ask here."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tui_music.engine import models
from tui_music.engine.backtest import BLEND, Backtest, Tried
from tui_music.engine.candidate import Mode
from tui_music.engine.community import kept as community
from tui_music.engine.evaluation import table
from tui_music.engine.evaluation.table import Evaluation, EvaluationRow
from tui_music.engine.fitting import Weights
from tui_music.engine.kept import Kept
from tui_music.engine.models import UnfitModel
from tui_music.engine.moments import Task
from tui_music.engine.tally import BacktestRow, Part
from tui_music.engine.tally import Kind as Tested
from tui_music.library.scope import Scope
from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.proof_words import MANY, OWN, OWN_BASELINES, PARTS, PROTOCOLS
from tui_music.tui.widgets.anatomy import WORDS
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.figures import NOTHING, Figure, counted
from tui_music.tui.widgets.proof_rows import Head, Kind, Sheet, Standing

_OWN_HEADS = (
    Head("recall", share=True),
    Head("hit rate", share=True),
    Head("coverage", share=True),
    Head("novelty", unit="bits"),
)
_MANY_HEADS = (
    Head("hit rate", share=True),
    Head("recall", share=True),
    Head("precision", share=True),
    Head("F1"),
    Head("MRR"),
    Head("coverage", share=True),
    Head("novelty", unit="bits"),
    Head("diversity"),
)
_PLAY_COUNT, _POPULARITY = "play count", "popularity"
_NOBODY = (
    "Nobody told of artists you never heard, so there was nothing to discover by. Screen 9 fetches what services know; "
    "tui-music community build PATH learns from other listeners."
)


@dataclass(frozen=True, slots=True)
class Proved:
    """``sheets`` in the order they are looked through, measured on ``source``. It was run ``age`` seconds ago and took
    ``seconds``; ``since`` is what changed since then that it depends on."""

    sheets: tuple[Sheet, ...]
    source: Drawable
    age: float
    seconds: float
    since: str = ""


# one's own history


def own(settings: Settings, scope: Scope, revision: int | None) -> Proved | None:
    """The backtest of the listener that was kept; ``revision`` is the library's, where it is known."""
    kept = Kept(settings.models_dir, scope.listener)
    path = kept.path("proof")
    try:
        proof, of = kept.proof()
        learnt = models.load(path).header.parameters
        age = time.time() - path.stat().st_mtime
    except (UnfitModel, OSError):
        return None
    changes = {
        "Your library": revision is not None and revision != of,
        "Your time zone": learnt.get("zone") != scope.zone,
        "What counts as a play": learnt.get("counted_ms") != settings.counted_ms,
    }
    since = next((what for what, changed in changes.items() if changed), "")
    return Proved(own_sheets(proof), NOTHING, age, proof.seconds, since)


def own_sheets(proof: Backtest) -> tuple[Sheet, ...]:
    """A table for each task and part."""
    tried = {(each.tested.task, each.tested.mode): each for each in proof.tried}
    return tuple(_own_sheet(proof, task, part, tried) for task in Task for part in Part)


def _own_sheet(proof: Backtest, task: Task, part: Part, tried: Mapping[tuple[Task, Mode], Tried]) -> Sheet:
    mode = Mode.DISCOVER if part is Part.DISCOVERY else Mode.FAMILIAR
    rows = [row for row in proof.rows if row.task is task and row.part is part]
    found = tried.get((task, mode))
    rows = _of_mode(rows, mode, found.tested) if found else []
    notes = tuple(_own_notes(proof, task, mode, tested=bool(rows)))
    if found is None or not rows:
        return Sheet(task, part, Figure(PARTS[part]), notes=notes or (Figure(_NOBODY),))
    base = next((row.ndcg for row in rows if row.recommender == _PLAY_COUNT), math.nan)
    standings = (_own_standing(row, base, found.tested, found.parameters) for row in rows)
    return Sheet(
        task,
        part,
        Figure(PARTS[part]),
        _OWN_HEADS,
        _PLAY_COUNT,
        "in the blend",
        counted(rows[0].n, "moment"),
        _blend_first(standings),
        notes,
    )


def _blend_first(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple(sorted(standings, key=lambda each: (each.kind is not Kind.BLEND, -each.ndcg, each.name)))


def _of_mode(rows: list[BacktestRow], mode: Mode, weights: Weights) -> list[BacktestRow]:
    """The rows of the recommenders whose job the part is. What goes by plays alone can discover nobody, and the moments
    at which there was somebody to discover are others."""
    signals = [row for row in rows if row.kind is Tested.SIGNAL and row.recommender in weights.names]
    if not signals:
        return []
    blend = [row for row in rows if row.kind is Tested.BLEND]
    baselines = [row for row in rows if row.kind is Tested.BASELINE and mode is Mode.FAMILIAR]
    return [*blend, *signals, *baselines]


def _own_standing(row: BacktestRow, base: float, weights: Weights, parameters: Mapping[str, float]) -> Standing:
    name, idle = row.recommender, False
    if row.kind is Tested.BLEND:
        kind, says, label = Kind.BLEND, Figure("yours"), Figure(BLEND)
    elif row.kind is Tested.BASELINE:
        kind, says, label = Kind.BASELINE, Figure("a baseline"), Figure(name)
    else:
        kind, label, weight = Kind.OURS, Figure(WORDS.get(name, name)), weights.of(name)
        idle = not row.coverage or not weight
        says = Figure(f"weight {weight:.2f}")
        if not row.coverage:
            says = Figure("had nothing to go by")
        elif not weight:
            says = Figure("adds nothing: weight 0")
    return Standing(
        name=label,
        kind=kind,
        ndcg=row.ndcg,
        low=row.low,
        high=row.high,
        times=row.ndcg / base if base else math.nan,
        says=says,
        figures=(row.recall, row.hit_rate, row.coverage, row.novelty),
        about=_about(row, parameters),
        idle=idle,
    )


def _about(row: BacktestRow, parameters: Mapping[str, float]) -> Drawable:
    """What a recommender goes by, under the name it has on the command line."""
    name = row.recommender
    if row.kind is not Tested.BASELINE:
        return shown(f"{name}: {OWN.get(name, '')}.", 200)
    own = {key.removeprefix(f"{name}."): value for key, value in parameters.items() if key.startswith(f"{name}.")}
    return shown(f"{name}: {OWN_BASELINES.get(name, '').format(**own)}.", 200)


def _own_notes(proof: Backtest, task: Task, mode: Mode, *, tested: bool) -> Iterator[Drawable]:
    """What came out for a task and mode, or why it was not tested."""
    for note in proof.notes:
        start = f"{task}, {mode}: " if tested else f"{task}: "
        if note.startswith(start):
            said = note.removeprefix(start)
            yield shown(said[:1].upper() + said[1:], 1000)


# many listeners


def many(settings: Settings) -> Proved | None:
    """The evaluation that was kept."""
    path = settings.community_dir / table.FILE
    try:
        found, age = table.load(path), time.time() - path.stat().st_mtime
    except (UnfitModel, OSError):
        return None
    return Proved(many_sheets(found), shown(found.source), age, found.seconds)


def many_sheets(found: Evaluation) -> tuple[Sheet, ...]:
    """A table for each protocol."""
    sheets = []
    size = Figure(f"{counted(found.listeners, 'listener')}, {counted(found.artists, 'artist')}.")
    notes: tuple[Drawable, ...] = (size, *(shown(note, 1000) for note in found.notes))
    for protocol in dict.fromkeys(row.protocol for row in found.rows):
        rows = [row for row in found.rows if row.protocol == protocol]
        base = next((row.ndcg for row in rows if row.recommender == _POPULARITY), math.nan)
        standings = _blend_first(_many_standing(row, base) for row in rows)
        asked, measured = Figure(PROTOCOLS.get(protocol, "")), counted(found.listeners, "listener")
        sheets.append(Sheet(protocol, "", asked, _MANY_HEADS, _POPULARITY, "what it is", measured, standings, notes))
    return tuple(sheets)


def _many_standing(row: EvaluationRow, base: float) -> Standing:
    name = row.recommender
    kind, says = Kind.OURS, "ours"
    if name == BLEND:
        kind = Kind.BLEND
    elif name in (_POPULARITY, "random"):
        kind, says = Kind.BASELINE, "a baseline"
    elif name.startswith("system "):
        kind, says = Kind.PUBLISHED, "published"
    sentence = MANY.get(name, "factors that weigh plays by how often (Hu and others 2008)" if "iALS" in name else "")
    return Standing(
        name=shown(name),
        kind=kind,
        ndcg=row.ndcg,
        low=row.low,
        high=row.high,
        times=row.ndcg / base if base else math.nan,
        says=Figure(says),
        figures=(
            row.hit_rate,
            row.recall,
            row.precision,
            row.f1,
            row.mrr,
            row.coverage,
            row.novelty,
            row.diversity,
        ),
        about=shown(f"{name}: {sentence}." if sentence else name, 200),
    )


def built_from(settings: Settings) -> tuple[Path, ...]:
    """The data that the community was built from, where they still are."""
    try:
        paths = community.load(settings.community_dir / community.FILE).about.paths
    except community.NoCommunity:
        return ()
    return tuple(Path(path) for path in paths if Path(path).exists())
