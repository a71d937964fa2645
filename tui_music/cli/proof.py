"""The proof on one's own history: which recommender would have been right."""

from __future__ import annotations

import math
import sys
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any

import typer

from tui_music.cli.base import Csv, Json, Options, app, form, question

if TYPE_CHECKING:
    from tui_music.engine.tally import BacktestRow


@app.command()
def backtest(ctx: typer.Context, as_json: Json = False, as_csv: Csv = False) -> None:
    """Test every recommender on your own past; recommendations then go by what it found."""
    from tui_music import printing
    from tui_music.engine.kept import Kept
    from tui_music.engine.tally import BacktestRow
    from tui_music.engine.training import Training
    from tui_music.waiting import interruptible, progress

    options: Options = ctx.obj
    how = form(as_json, as_csv)
    history, scope = question(options, "all", "music")
    with interruptible() as interrupted, progress(quiet=as_json) as draw:
        training = Training(options.settings, history.listener, scope.zone, proof=True)
        while not training.wait(0.1):
            draw(round(1000 * training.step.done), 1000, training.step.doing, "")
            if interrupted:
                training.kill()
                print("Stopped. What was proved before stays.", file=sys.stderr)
                raise typer.Exit(130)
    training.finish()
    found, _ = Kept(options.settings.models_dir, history.listener).proof()
    for note in found.notes:
        print(f"tui-music: {note}", file=sys.stderr)
    columns = [
        printing.Column(field.name, _FIGURES[field.name], printing.decimals(3), right=True)
        if field.name in _FIGURES
        else printing.Column(field.name)
        for field in fields(BacktestRow)
    ]
    printing.print_rows(columns, [_row(row) for row in found.rows], how)


_FIGURES = {
    "ndcg": "NDCG", "recall": "recall", "hit_rate": "hit rate", "coverage": "coverage", "novelty": "novelty",
    "low": "95 % from", "high": "to",
}  # fmt: skip


def _row(row: BacktestRow) -> list[Any]:
    """Without figures of what was never listed."""
    return [None if isinstance(value, float) and math.isnan(value) else value for value in astuple(row)]
