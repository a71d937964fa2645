"""The command line. ``tui-music`` alone opens the program, ``tui-music PATH…`` imports and opens, the rest answers.

Nothing heavy is imported here: each command imports what it needs, so that ``--help`` and the first paint stay quick.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tui_music import __version__
from tui_music.errors import NotFound
from tui_music.settings import Settings, load

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.library import Library
    from tui_music.library.scope import Scope
    from tui_music.printing import Format


class _PathOrCommand(TyperGroup):
    """A first word that names no command is a path to import and open."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            if not _is_path(args[0]):
                ctx.fail(f"There is no command and no file {args[0]!r}.")
            return "open", self.commands["open"], args
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader of a pipe has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        return answer


def _is_path(text: str) -> bool:
    try:
        return Path(text).expanduser().exists()
    except (OSError, RuntimeError):  # far too long; in the home of nobody
        return False


app = typer.Typer(
    cls=_PathOrCommand,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=False,
    help="Your listening history in the terminal. Without a command: open it. With a PATH: import it and open.",
)


@dataclass(frozen=True, slots=True)
class Options:
    """The options that come before any command."""

    settings: Settings
    demo: bool
    listener: str | None
    offline: bool
    mouse: bool


def _version(asked: bool) -> None:
    if asked:
        print(f"tui-music {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _global(
    ctx: typer.Context,
    library: Annotated[
        Path | None,
        typer.Option("--library", metavar="DIR", help="Keep everything (library, cache, settings) in this folder."),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="An invented listener, in a library of their own.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never use the network.")] = False,
    listener: Annotated[str | None, typer.Option("--listener", metavar="NAME", help="Whose plays these are.")] = None,
    no_mouse: Annotated[bool, typer.Option("--no-mouse", help="Leave the mouse to the terminal.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    settings = load(library)
    ctx.obj = Options(settings.for_demo() if demo else settings, demo, listener, offline, mouse=not no_mouse)
    if ctx.invoked_subcommand is None:
        _open(ctx.obj, [])


def _open(options: Options, paths: list[Path]) -> None:
    """Open the program, importing ``paths`` first; ends with its exit status."""
    gc.disable()  # until the first paint
    from tui_music.tui.app import run

    listener = options.listener
    if options.demo and not options.settings.library_file.exists():
        from tui_music.demo import LISTENER, demo_zip

        paths, listener = [demo_zip(), *paths], listener or LISTENER
    raise typer.Exit(run(options.settings, paths=tuple(paths), listener=listener, mouse=options.mouse))


@app.command("open", hidden=True)
def _open_paths(ctx: typer.Context, paths: Annotated[list[Path], typer.Argument()]) -> None:
    _open(ctx.obj, paths)


@app.command()
def demo(ctx: typer.Context) -> None:
    """Open an invented listener, in a library of their own."""
    options: Options = ctx.obj
    settings = options.settings if options.demo else options.settings.for_demo()
    _open(replace(options, settings=settings, demo=True), [])


_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
_Range = Annotated[
    str, typer.Option("--range", metavar="R", help="2021 · 2021-03 · 2021-03-01..2021-06-30 · last 90 days · all")
]
_Kind = Annotated[str, typer.Option("--kind", metavar="K", help="music, podcast, audiobook or video")]
_Rows = Annotated[int, typer.Option("-n", min=0, help="How many rows.")]


@app.command("import")
def import_(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Zips, folders or files of an export.")],
    listener: Annotated[str | None, typer.Option("--listener", metavar="NAME", help="Whose plays.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")] = False,
    as_json: _Json = False,
) -> None:
    """Import listening histories; every row is accounted for."""
    from tui_music.importing import import_with_progress, print_report
    from tui_music.library.ingest import DEFAULT_LISTENER

    options: Options = ctx.obj
    whose = listener or options.listener or (_demo_listener() if options.demo else DEFAULT_LISTENER)
    report = import_with_progress(_library(options), paths, whose, dry_run=dry_run, quiet=as_json)
    if report is None:
        print("Stopped. The library is as it was before.", file=sys.stderr)
        raise typer.Exit(130)
    print_report(report, as_json=as_json)
    raise typer.Exit(1 if report.refused or not report.files else 0)


@app.command()
def stats(
    ctx: typer.Context, dates: _Range = "all", kind: _Kind = "music", as_json: _Json = False, as_csv: _Csv = False
) -> None:
    """Totals and habits: hours, plays, artists, streaks, sessions, years."""
    from tui_music import answers, printing

    history, scope = _question(ctx.obj, dates, kind)
    answer = answers.stats(history, scope)
    printing.print_object(answer, answers.stats_lines(answer), _format(as_json, as_csv))


@app.command()
def artists(
    ctx: typer.Context,
    dates: _Range = "all",
    kind: _Kind = "music",
    sort: Annotated[str, typer.Option("--sort", help="hours, plays (counted ones) or engagement")] = "hours",
    tier: Annotated[str | None, typer.Option("--tier", metavar="A-B", help="Only ranks A to B.")] = None,
    match: Annotated[str | None, typer.Option("--match", metavar="TEXT", help="Only names like TEXT.")] = None,
    n: Annotated[int | None, typer.Option("-n", min=0, help="How many rows (50, or all of a tier).")] = None,
    as_json: _Json = False,
    as_csv: _Csv = False,
) -> None:
    """Artists by hours, plays or engagement."""
    from tui_music import answers, printing
    from tui_music.library.ranking import rank_artists
    from tui_music.library.scope import Measure

    history, scope = _question(ctx.obj, dates, kind)
    ranking = rank_artists(history, scope, _one_of("--sort", sort, {each.value: each for each in Measure}))
    rows = list(ranking.tier(*_ranks(tier)).rows) if tier else list(range(len(ranking)))
    if match is not None:
        rows = answers.matching(ranking, rows, match)
    limit = n if n is not None else len(rows) if tier else 50
    columns = answers.ARTIST_COLUMNS
    printing.print_rows(columns, answers.artist_rows(ranking, rows[:limit], scope.zone), _format(as_json, as_csv))


@app.command()
def songs(
    ctx: typer.Context,
    artist: Annotated[str, typer.Argument(metavar="ARTIST")],
    dates: _Range = "all",
    kind: _Kind = "music",
    as_json: _Json = False,
    as_csv: _Csv = False,
) -> None:
    """All songs of an artist you have listened to."""
    from tui_music import answers, printing
    from tui_music.library.albums import album_of_tracks
    from tui_music.library.ranking import rank_tracks

    history, scope = _question(ctx.obj, dates, kind)
    code = answers.artist_code(history, artist)
    ranking = rank_tracks(history, scope, artist=code)
    albums = album_of_tracks(history, scope, code)
    printing.print_rows(answers.SONG_COLUMNS, answers.song_rows(ranking, albums, scope.zone), _format(as_json, as_csv))


@app.command()
def plays(
    ctx: typer.Context,
    dates: _Range = "all",
    artist: Annotated[str | None, typer.Option("--artist", metavar="NAME")] = None,
    track: Annotated[str | None, typer.Option("--track", metavar="TITLE")] = None,
    kind: _Kind = "music",
    n: _Rows = 50,
    as_json: _Json = False,
    as_csv: _Csv = False,
) -> None:
    """Single plays, newest first."""
    from tui_music import answers, printing

    history, scope = _question(ctx.obj, dates, kind)
    found = answers.plays(history, scope, artist, track)
    printing.print_rows(answers.PLAY_COLUMNS, answers.play_rows(found, n), _format(as_json, as_csv))


@app.command()
def listeners(ctx: typer.Context, as_json: _Json = False, as_csv: _Csv = False) -> None:
    """Whose plays are in the library."""
    from tui_music import answers, printing

    printing.print_rows(answers.LISTENER_COLUMNS, answers.listener_rows(_library(ctx.obj)), _format(as_json, as_csv))


@app.command()
def forget(
    ctx: typer.Context,
    listener: Annotated[str, typer.Option("--listener", metavar="NAME", help="Whose plays to remove.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a listener with all plays, imports and verdicts, and the library's backups."""
    from tui_music import forgetting
    from tui_music.text import shown

    library = _library(ctx.obj)
    found = next((each for each in library.listeners() if each.name == listener), None)
    if found is None:
        raise NotFound(f"There is no listener {listener!r} in the library.")
    name = shown(listener)
    if not yes and not typer.confirm(f"Remove {name} with {found.plays:,} plays? This cannot be undone.", err=True):
        print("Nothing was removed.", file=sys.stderr)
        raise typer.Exit(1)
    print(f"Removed {name} with {forgetting.forget(ctx.obj.settings, library, listener):,} plays.")


@app.command()
def doctor(ctx: typer.Context, as_json: _Json = False) -> None:
    """Check library, settings, terminal and versions; say what to do."""
    from tui_music.doctor import examine, print_findings

    findings = examine(ctx.obj.settings)
    print_findings(findings, as_json=as_json)
    raise typer.Exit(1 if any(finding.state == "broken" for finding in findings) else 0)


def _library(options: Options) -> Library:
    """The library asked for; the demo's is made on first use."""
    from tui_music.library.library import Library

    library = Library(options.settings.library_file)
    if options.demo and not library.exists():
        from tui_music.demo import make_library

        make_library(library)
    return library


def _demo_listener() -> str:
    from tui_music.demo import LISTENER

    return LISTENER


def _question(options: Options, dates: str, kind: str) -> tuple[History, Scope]:
    """The history asked about, and the scope of the answer."""
    from tui_music.library.calendar import parse_range, today
    from tui_music.library.scope import Kind, Scope
    from tui_music.library.zones import choose_zone

    chosen = _one_of("--kind", kind, {each.label: each for each in Kind})
    history = _library(options).load(options.listener)
    zone = choose_zone(options.settings.zone, history).zone
    days = parse_range(dates, today(history, zone))
    return history, Scope(history.listener, zone, chosen, days, options.settings.counted_ms)


def _one_of(option: str, given: str, known: dict[str, Any]) -> Any:
    if given not in known:
        raise typer.BadParameter(f"{given!r} is none of {', '.join(known)}.", param_hint=option)
    return known[given]


def _ranks(tier: str) -> tuple[int, int]:
    start, dash, end = tier.replace("–", "-").partition("-")
    try:
        first, last = int(start), int(end if dash else start)
    except ValueError:
        raise typer.BadParameter(f"{tier!r} is not a range of ranks such as 51-120.", param_hint="--tier") from None
    if min(first, last) < 1:
        raise typer.BadParameter("ranks count from 1.", param_hint="--tier")
    if first > last:
        print(f"{first} is above {last}: only rank {first} is shown.", file=sys.stderr)
    return first, last


def _format(as_json: bool, as_csv: bool) -> Format:
    from tui_music.printing import Format

    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv.")
    return Format.JSON if as_json else Format.CSV if as_csv else Format.TABLE
