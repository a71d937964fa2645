"""Commands about the history: import it, ask it, forget it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tui_music.cli.base import (
    Csv,
    Json,
    KindName,
    Options,
    Range,
    Rows,
    app,
    demo_listener,
    form,
    library_of,
    one_of,
    open_,
    question,
    ranks,
)
from tui_music.errors import NotFound


@app.command("open", hidden=True)
def _open_paths(ctx: typer.Context, paths: Annotated[list[Path], typer.Argument()]) -> None:
    open_(ctx.obj, paths)


@app.command()
def demo(ctx: typer.Context) -> None:
    """Open an invented listener, in a library of their own."""
    options: Options = ctx.obj
    settings = options.settings if options.demo else options.settings.for_demo()
    open_(replace(options, settings=settings, demo=True), [])


@app.command("import")
def import_(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Zips, folders or files of an export.")],
    listener: Annotated[str | None, typer.Option("--listener", metavar="NAME", help="Whose plays.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Import listening histories; every row is accounted for."""
    from tui_music.importing import import_with_progress, print_report
    from tui_music.library.ingest import DEFAULT_LISTENER

    options: Options = ctx.obj
    whose = listener or options.listener or (demo_listener() if options.demo else DEFAULT_LISTENER)
    report = import_with_progress(library_of(options), paths, whose, dry_run=dry_run, quiet=as_json)
    if report is None:
        print("Stopped. The library is as it was before.", file=sys.stderr)
        raise typer.Exit(130)
    print_report(report, as_json=as_json)
    raise typer.Exit(1 if report.refused or not report.files else 0)


@app.command()
def stats(
    ctx: typer.Context, dates: Range = "all", kind: KindName = "music", as_json: Json = False, as_csv: Csv = False
) -> None:
    """Totals and habits: hours, plays, artists, streaks, sessions, years."""
    from tui_music import answers, printing

    history, scope = question(ctx.obj, dates, kind)
    answer = answers.stats(history, scope)
    printing.print_object(answer, answers.stats_lines(answer), form(as_json, as_csv))


@app.command()
def artists(
    ctx: typer.Context,
    dates: Range = "all",
    kind: KindName = "music",
    sort: Annotated[str, typer.Option("--sort", help="hours, plays (counted ones) or engagement")] = "hours",
    tier: Annotated[str | None, typer.Option("--tier", metavar="A-B", help="Only ranks A to B.")] = None,
    match: Annotated[str | None, typer.Option("--match", metavar="TEXT", help="Only names like TEXT.")] = None,
    n: Annotated[int | None, typer.Option("-n", min=0, help="How many rows (50, or all of a tier).")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Artists by hours, plays or engagement."""
    from tui_music import answers, printing
    from tui_music.library.ranking import rank_artists
    from tui_music.library.scope import Measure

    history, scope = question(ctx.obj, dates, kind)
    ranking = rank_artists(history, scope, one_of("--sort", sort, {each.value: each for each in Measure}))
    rows = list(ranking.tier(*ranks(tier)).rows) if tier else list(range(len(ranking)))
    if match is not None:
        rows = answers.matching(ranking, rows, match)
    limit = n if n is not None else len(rows) if tier else 50
    columns = answers.ARTIST_COLUMNS
    printing.print_rows(columns, answers.artist_rows(ranking, rows[:limit], scope.zone), form(as_json, as_csv))


@app.command()
def songs(
    ctx: typer.Context,
    artist: Annotated[str, typer.Argument(metavar="ARTIST")],
    dates: Range = "all",
    kind: KindName = "music",
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """All songs of an artist you have listened to."""
    from tui_music import answers, printing
    from tui_music.library.albums import album_of_tracks
    from tui_music.library.ranking import rank_tracks

    history, scope = question(ctx.obj, dates, kind)
    code = answers.artist_code(history, artist)
    ranking = rank_tracks(history, scope, artist=code)
    albums = album_of_tracks(history, scope, code)
    printing.print_rows(answers.SONG_COLUMNS, answers.song_rows(ranking, albums, scope.zone), form(as_json, as_csv))


@app.command()
def plays(
    ctx: typer.Context,
    dates: Range = "all",
    artist: Annotated[str | None, typer.Option("--artist", metavar="NAME")] = None,
    track: Annotated[str | None, typer.Option("--track", metavar="TITLE")] = None,
    kind: KindName = "music",
    n: Rows = 50,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Single plays, newest first."""
    from tui_music import answers, printing

    history, scope = question(ctx.obj, dates, kind)
    found = answers.plays(history, scope, artist, track)
    printing.print_rows(answers.PLAY_COLUMNS, answers.play_rows(found, n), form(as_json, as_csv))


@app.command()
def listeners(ctx: typer.Context, as_json: Json = False, as_csv: Csv = False) -> None:
    """Whose plays are in the library."""
    from tui_music import answers, printing

    printing.print_rows(answers.LISTENER_COLUMNS, answers.listener_rows(library_of(ctx.obj)), form(as_json, as_csv))


@app.command()
def forget(
    ctx: typer.Context,
    listener: Annotated[str, typer.Option("--listener", metavar="NAME", help="Whose plays to remove.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a listener with all plays, imports and verdicts, and the library's backups."""
    from tui_music import forgetting
    from tui_music.text import shown

    library = library_of(ctx.obj)
    found = next((each for each in library.listeners() if each.name == listener), None)
    if found is None:
        raise NotFound(f"There is no listener {listener!r} in the library.")
    name = shown(listener)
    if not yes and not typer.confirm(f"Remove {name} with {found.plays:,} plays? This cannot be undone.", err=True):
        print("Nothing was removed.", file=sys.stderr)
        raise typer.Exit(1)
    print(f"Removed {name} with {forgetting.forget(ctx.obj.settings, library, listener):,} plays.")


@app.command()
def doctor(ctx: typer.Context, as_json: Json = False) -> None:
    """Check library, settings, terminal and versions; say what to do."""
    from tui_music.doctor import examine, print_findings

    findings = examine(ctx.obj.settings, ctx.obj.offline)
    print_findings(findings, as_json=as_json)
    raise typer.Exit(1 if any(finding.state == "broken" for finding in findings) else 0)
