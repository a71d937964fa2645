"""What all commands share: the options before them, how the program is opened, and the question an answer is about."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tui_music import __version__
from tui_music.settings import Settings, load

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.library import Library
    from tui_music.library.scope import Scope
    from tui_music.printing import Format
    from tui_music.services.gateway import Services


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
        open_(ctx.obj, [])


def open_(options: Options, paths: list[Path]) -> None:
    """Open the program, importing ``paths`` first; ends with its exit status."""
    gc.disable()  # until the first paint
    from tui_music.tui.app import run

    listener = options.listener
    if options.demo and not options.settings.library_file.exists():
        from tui_music.demo import LISTENER, demo_zip

        paths, listener = [demo_zip(), *paths], listener or LISTENER
    status = run(options.settings, paths=tuple(paths), listener=listener, mouse=options.mouse, offline=options.offline)
    raise typer.Exit(status)


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Range = Annotated[
    str, typer.Option("--range", metavar="R", help="2021 · 2021-03 · 2021-03-01..2021-06-30 · last 90 days · all")
]
KindName = Annotated[str, typer.Option("--kind", metavar="K", help="music, podcast, audiobook or video")]
Rows = Annotated[int, typer.Option("-n", min=0, help="How many rows.")]


def library_of(options: Options) -> Library:
    """The library asked for; the demo's is made on first use."""
    from tui_music.library.library import Library

    if options.demo:
        from tui_music.demo import prepare

        prepare(options.settings)
    return Library(options.settings.library_file)


@contextmanager
def services_of(options: Options) -> Iterator[Services]:
    """The door to the music services; nothing is opened before it is asked. Nobody is asked about invented artists.
    What was wrong with the cache is said at the end."""
    from tui_music.services.gateway import Services

    with Services(options.settings, options.offline or options.demo) as services:
        try:
            yield services
        finally:
            if services.cache.trouble:
                print(f"tui-music: {services.cache.trouble}", file=sys.stderr)


def demo_listener() -> str:
    from tui_music.demo import LISTENER

    return LISTENER


def question(options: Options, dates: str, kind: str) -> tuple[History, Scope]:
    """The history asked about, and the scope of the answer."""
    from tui_music.library.calendar import parse_range, today
    from tui_music.library.scope import Kind, Scope
    from tui_music.library.zones import choose_zone

    chosen = one_of("--kind", kind, {each.label: each for each in Kind})
    history = library_of(options).load(options.listener)
    zone = choose_zone(options.settings.zone, history).zone
    days = parse_range(dates, today(history, zone))
    return history, Scope(history.listener, zone, chosen, days, options.settings.counted_ms)


def one_of(option: str, given: str, known: dict[str, Any]) -> Any:
    if given not in known:
        raise typer.BadParameter(f"{given!r} is none of {', '.join(known)}.", param_hint=option)
    return known[given]


def ranks(tier: str) -> tuple[int, int]:
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


def form(as_json: bool, as_csv: bool) -> Format:
    from tui_music.printing import Format

    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv.")
    return Format.JSON if as_json else Format.CSV if as_csv else Format.TABLE
