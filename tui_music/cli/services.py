"""Commands about what music services say: fetch it ahead, and how much of it is kept."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tui_music.cli.base import Csv, Json, Options, app, form, question, ranks, services_of

if TYPE_CHECKING:
    from tui_music.services.planning import Plan


@app.command()
def warm(
    ctx: typer.Context,
    tier: Annotated[str | None, typer.Option("--tier", metavar="A-B", help="Only artists of ranks A to B.")] = None,
    budget: Annotated[int, typer.Option("--budget", metavar="N", min=0, help="At most so many calls.")] = 200,
    as_json: Json = False,
) -> None:
    """Fetch ahead what recommendations need, for the artists that matter most; ctrl+c stops, a new call goes on."""
    from tui_music.library.ranking import rank_artists
    from tui_music.printing import print_json
    from tui_music.services.keys import lastfm_key
    from tui_music.services.planning import plan
    from tui_music.services.warm import warm as fetch
    from tui_music.waiting import interruptible, progress

    options: Options = ctx.obj
    history, scope = question(options, "all", "music")
    ranking = rank_artists(history, scope)
    rows = ranking.tier(*ranks(tier)).rows if tier else range(len(ranking))
    artists = [(ranking.name(row), int(ranking.ms[row]) / 3_600_000) for row in rows]
    key = lastfm_key(options.settings) is not None

    with services_of(options) as services:
        planned = plan(artists, services.cache, budget, key)
        if not as_json:
            print(_said_before(planned, key))
        with interruptible() as interrupted, progress(quiet=as_json) as draw:
            outcome = fetch(
                services,
                planned,
                lambda at: draw(at.done, at.of, at.artist, f"{at.done:,} of {at.of:,} · {at.seconds:,.0f} s left"),
                lambda: bool(interrupted),
            )
        after, refused = plan(artists, services.cache, 0, key).before, services.cache.refuses
    if as_json:
        shares = {"before": planned.before, "after": after}
        coverage = {
            name: {str(signal): share for signal, share in each.shares.items()} for name, each in shares.items()
        }
        print_json({**asdict(outcome), "left": planned.left + outcome.of - outcome.done, "coverage": coverage})
    else:
        print(
            f"{outcome.done:,} of {outcome.of:,} calls: {outcome.found:,} answered, {outcome.unknown:,} unknown to the "
            f"service, {outcome.failed:,} failed. Covered now: {after.whole:.0%} of your hours."
        )
        if outcome.stopped and not refused:  # else it is said already
            print(f"tui-music: {outcome.stopped}", file=sys.stderr)
    if interrupted:
        raise typer.Exit(130)
    raise typer.Exit(1 if outcome.stopped else 0)


def _said_before(planned: Plan, key: bool) -> str:
    if not planned.calls and not planned.left:
        return "Everything that can be asked is known."
    without = "" if key else " Without a key to Last.fm top songs remain unknown."
    return f"{planned.sentence}, in about {planned.seconds:,.0f} s.{without}"


@app.command()
def cache(
    ctx: typer.Context,
    clear: Annotated[bool, typer.Option("--clear", help="Remove all replies.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """How many replies of music services are kept, and how often that helped."""
    from tui_music.printing import print_object

    options: Options = ctx.obj
    with services_of(options) as services:
        if clear:
            services.cache.clear()
        stats = services.cache.stats()
    print_object(
        asdict(stats),
        [
            f"{stats.entries:,} replies, {stats.bytes / 1e6:,.1f} MB, in {options.settings.replies_dir}",
            f"{stats.hits:,} questions answered from the cache, {stats.misses:,} not; {stats.stale:,} by an old reply",
        ],
        form(as_json, as_csv),
    )
