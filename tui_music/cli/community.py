"""Commands of the community of many listeners: learn of it, what is known of it, and compare recommenders on it."""

from __future__ import annotations

import math
import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_music.cli.base import Csv, Json, Options, app, form

if TYPE_CHECKING:
    from tui_music.child import Child
    from tui_music.engine.community.kept import About

community_app = typer.Typer(rich_markup_mode=None, help="The community: what many other listeners play.")
app.add_typer(community_app, name="community")

_Tracks = Annotated[bool, typer.Option("--tracks", help="Of tracks instead of artists, where the data name them.")]
_DATA = "HetRec 2011 Last.fm, Last.fm 360K or 1K, a CSV of scrobbles, a ListenBrainz dump: files, folders or a zip."


@community_app.command("build")
def build(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]…", help=_DATA)] = None,
    min_plays: Annotated[int, typer.Option("--min-plays", metavar="N", min=1, help="Least plays of a listener.")] = 5,
    min_listeners: Annotated[
        int, typer.Option("--min-listeners", metavar="N", min=1, help="Least listeners of an artist.")
    ] = 5,
    tracks: _Tracks = False,
    as_json: Json = False,
) -> None:
    """Learn what goes together from public data of many listeners; without a PATH, from those of the library."""
    from tui_music.engine.community import kept
    from tui_music.engine.community.building import Building

    options: Options = ctx.obj
    _follow(Building(options.settings, paths or [], min_plays, min_listeners, tracks=tracks), quiet=as_json)
    _print_about(kept.load(options.settings.community_dir / (kept.TRACKS if tracks else kept.FILE)).about, as_json)


@community_app.command("info")
def info(ctx: typer.Context, tracks: _Tracks = False, as_json: Json = False) -> None:
    """How the community was read, and what was learnt of it."""
    from tui_music.engine.community import kept

    options: Options = ctx.obj
    _print_about(kept.load(options.settings.community_dir / (kept.TRACKS if tracks else kept.FILE)).about, as_json)


@app.command()
def evaluate(
    ctx: typer.Context,
    data: Annotated[list[Path] | None, typer.Option("--data", metavar="PATH", help=_DATA)] = None,
    tracks: _Tracks = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Compare all recommenders on many listeners' data: those given, else what the community was built from, else the
    library's own listeners."""
    from tui_music import printing
    from tui_music.engine.community.building import Evaluating
    from tui_music.engine.evaluation import table

    options: Options = ctx.obj
    how = form(as_json, as_csv)
    _follow(Evaluating(options.settings, data or _built_from(options), tracks=tracks), quiet=as_json)
    found = table.load(options.settings.community_dir / table.FILE)
    print(f"tui-music: {found.source}: {found.listeners:,} listeners, {found.artists:,} artists", file=sys.stderr)
    for note in found.notes:
        print(f"tui-music: {note}", file=sys.stderr)
    columns = [
        printing.Column(field.name)
        if field.name in ("protocol", "recommender")
        else printing.Column(field.name, right=True)
        if field.name in ("k", "splits")
        else printing.Column(field.name, _HEADINGS.get(field.name, field.name), printing.decimals(4), right=True)
        for field in fields(table.EvaluationRow)
    ]
    printing.print_rows(columns, [_row(row) for row in found.rows], how)


_HEADINGS = {"ndcg": "NDCG", "f1": "F1", "hit_rate": "hit rate", "mrr": "MRR", "low": "95 % from", "high": "to"}


def _row(row: Any) -> list[Any]:
    """Without figures of what was never listed."""
    return [None if isinstance(value, float) and math.isnan(value) else value for value in astuple(row)]


def _built_from(options: Options) -> list[Path]:
    """The data that the community was built from, where they still are."""
    from tui_music.engine.community import kept

    try:
        paths = kept.load(options.settings.community_dir / kept.FILE).about.paths
    except kept.NoCommunity:
        return []
    return [Path(path) for path in paths if Path(path).exists()]


def _follow(child: Child, *, quiet: bool) -> None:
    """Wait for a child process; ctrl+c ends it."""
    from tui_music.waiting import interruptible, progress

    with interruptible() as interrupted, progress(quiet=quiet) as draw:
        while not child.wait(0.1):
            draw(round(1000 * child.step.done), 1000, child.step.doing, "")
            if interrupted:
                child.kill()
                print(f"Stopped. {child.stays}", file=sys.stderr)
                raise typer.Exit(130)
    child.finish()


def _print_about(about: About, as_json: bool) -> None:
    import msgspec

    from tui_music.printing import print_object
    from tui_music.text import shown

    rejected: dict[str, int] = {}
    for file in about.files:
        for reason, rows in file.rejected:
            rejected[reason] = rejected.get(reason, 0) + rows
    unused = ", ".join(f"{rows:,} rows, {reason}" for reason, rows in rejected.items()) or "no row"
    mended, latin = (sum(getattr(file, name) for file in about.files) for name in ("mended", "latin"))
    lines = [
        f"{about.source}: {about.all_listeners:,} listeners, {about.all_artists:,} artists",
        *(f"{file.rows:>12,} rows  {file.format}: {shown(file.path)}" for file in about.files),
        f"Not used: {unused}.",
        f"Mended: {mended:,} names encoded twice, {latin:,} rows in Latin-1; {about.merged:,} other spellings merged.",
        f"Learnt of {about.listeners:,} listeners with {about.min_plays} plays or more",
        f"and {about.artists:,} artists with {about.min_listeners} listeners or more: {about.pairs:,} pairs.",
    ]
    print_object(msgspec.to_builtins(about), lines, form(as_json, False))
