"""Commands of the engine: what to play again and to discover, what is like it, and playlists of all that."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui_music.cli.base import Csv, Json, Options, app, form, library_of, one_of, question, ranks, services_of
from tui_music.errors import NotCached, NotFound, ServiceError

if TYPE_CHECKING:
    from tui_music.engine.candidate import Recommendations
    from tui_music.engine.knowledge import Knowledge
    from tui_music.engine.paths import Stop
    from tui_music.engine.tracks import Song
    from tui_music.export import Row
    from tui_music.export_rows import Songs
    from tui_music.library.history import History, Int32, Int64
    from tui_music.library.journal import Verdicts
    from tui_music.library.scope import Scope
    from tui_music.services.gateway import Services

_Tier = Annotated[str | None, typer.Option("--tier", metavar="A-B", help="Start from artists of ranks A to B.")]
_Many = Annotated[int, typer.Option("-n", min=0, max=500, help="How many rows.")]
_Preset = Annotated[str, typer.Option("--preset", help="balanced, comfort, adventure, obscure or 'right now'")]
_Mode = Annotated[str, typer.Option("--mode", help="familiar (to play again) or discover")]
_When = Annotated[str | None, typer.Option("--now", metavar="WHEN", help="As of 2023-05-01 or '2023-05-01 21:00'.")]


@app.command()
def recommend(
    ctx: typer.Context,
    mode: _Mode = "familiar",
    tier: _Tier = None,
    now: _When = None,
    preset: _Preset = "balanced",
    n: _Many = 25,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What to play again, or what is new and fits; with the reasons."""
    from tui_music import engine_answers as answers
    from tui_music import printing

    how = form(as_json, as_csv)
    with _asking(ctx.obj) as asking:
        at = asking.moment(now)
        found = asking.recommended(mode, tier, at, preset, n)
    zone = asking.scope.zone
    print(f"tui-music: {answers.account(found, at, zone)}", file=sys.stderr)
    printing.print_rows(answers.RECOMMENDED, answers.recommended(found, zone, how), how)


@app.command()
def like(
    ctx: typer.Context,
    artist: Annotated[str, typer.Argument(metavar="ARTIST")],
    track: Annotated[
        str | None, typer.Option("--track", metavar="T", help="Songs like this one of the artist.")
    ] = None,
    n: _Many = 25,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Artists or songs like one; services are asked if they were not yet."""
    from tui_music import engine_answers as answers
    from tui_music import printing

    how = form(as_json, as_csv)
    with _asking(ctx.obj) as asking:
        if track is None:
            printing.print_rows(answers.LIKE, answers.alike(asking.near.neighbours(artist, n), how), how)
        else:
            printing.print_rows(answers.LIKE_TRACK, answers.alike_tracks(asking.alike(artist, track, n), how), how)


@app.command("path")
def path_(
    ctx: typer.Context,
    start: Annotated[str, typer.Argument(metavar="A")],
    end: Annotated[str, typer.Argument(metavar="B")],
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """The way from one artist to another, over artists known to be alike."""
    from tui_music import engine_answers as answers
    from tui_music import printing
    from tui_music.engine.paths import path

    how = form(as_json, as_csv)
    with _asking(ctx.obj) as asking:
        near = asking.near
        found = path(near.knowledge, near.plays, near.code(start), near.code(end))
    if found.note:
        print(f"tui-music: {found.note}", file=sys.stderr)
    printing.print_rows(answers.PATH, answers.steps(found, how), how)


@app.command()
def export(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="tier|crate|trail|discover")],
    artists: Annotated[
        list[str] | None, typer.Argument(metavar="[ARTIST]…", help="Of a trail: one, or its stops.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="m3u8, jspf, csv, text or uris")] = "m3u8",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Instead of printing.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE.")] = False,
    each: Annotated[int, typer.Option("--songs", metavar="N", min=0, max=50, help="Songs of an artist.")] = 3,
    tier: _Tier = None,
    mode: _Mode = "discover",
    n: _Many = 25,
) -> None:
    """A playlist of a tier, of the crate, of a trail, or of what is recommended."""
    from tui_music.export import Form, save, to_bytes

    wanted = one_of("--format", format_, {each.value: each for each in Form})
    made = one_of("what to export", what, {"tier": _tier, "crate": _crate, "trail": _trail, "discover": _discover})
    with _asking(ctx.obj) as asking:
        name, rows = made(_Order(asking, artists or [], each, tier, mode, n))
    data = to_bytes(rows, wanted, name)
    if wanted is Form.URIS and (without := sum(row.uri is None for row in rows)):
        print(f"tui-music: {without:,} of {len(rows):,} songs have no Spotify URI and are left out.", file=sys.stderr)
    if output:
        save(output, data, replace=force)
        print(f"{len(rows):,} rows in {output}")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


@dataclass(frozen=True)
class _Order:
    """What an export is made of."""

    asking: _Asking
    artists: list[str]
    each: int
    tier: str | None
    mode: str
    n: int

    def songs(self, names: list[str]) -> Songs:
        """Where the songs of these artists are looked for, the cache's top songs among them."""
        from tui_music.export_rows import Songs
        from tui_music.text import fold

        asking = self.asking
        top: dict[str, list[str]] = {}
        for name in names:
            with suppress(NotCached):  # then there are only the listener's own
                reply = asking.services.top_tracks(name, cached=True).value
                top[fold(name)] = [track.title for track in reply.tracks] if reply else []
        return Songs(library_of(asking.options), asking.history, asking.scope, self.each, top)


def _tier(order: _Order) -> tuple[str, list[Row]]:
    from tui_music.export_rows import tier_rows
    from tui_music.library.ranking import rank_artists

    ranking = rank_artists(order.asking.history, order.asking.scope)
    tier = ranking.tier(*ranks(order.tier or "1-50"))
    return f"Ranks {tier.start}-{tier.end}", tier_rows(order.songs([]), ranking, tier)


def _crate(order: _Order) -> tuple[str, list[Row]]:
    from tui_music.export_rows import crate_rows
    from tui_music.library.journal import Journal

    crate = Journal(library_of(order.asking.options)).crate(order.asking.history.listener)
    return "Crate", crate_rows(order.songs([entry.artist for entry in crate]), crate)


def _trail(order: _Order) -> tuple[str, list[Row]]:
    from tui_music.export_rows import trail_rows

    if not order.artists:
        raise typer.BadParameter("name the artist it begins with, or all of its stops.", param_hint="trail")
    names = order.artists
    if len(names) == 1:
        near = order.asking.near
        names = [
            near.knowledge.artists[near.code(names[0])],
            *(stop.name for stop in near.neighbours(names[0], order.n)),
        ]
    return f"Trail from {names[0]}", trail_rows(order.songs(names), names)


def _discover(order: _Order) -> tuple[str, list[Row]]:
    from tui_music.export_rows import recommended_rows

    found = order.asking.recommended(order.mode, order.tier, order.asking.moment(None), "balanced", order.n)
    return order.mode.capitalize(), recommended_rows(order.songs([each.name for each in found.candidates]), found)


@contextmanager
def _asking(options: Options) -> Iterator[_Asking]:
    history, scope = question(options, "all", "music")
    with services_of(options) as services:
        yield _Asking(options, services, history, scope)


@dataclass(frozen=True)
class _Asking:
    """What the engine is asked with: a listener's history, and services with their cache."""

    options: Options
    services: Services
    history: History
    scope: Scope

    def moment(self, now: str | None) -> int:
        """The moment that is meant, in UTC seconds."""
        from tui_music.library.calendar import now_of

        return now_of(self.history) if now is None else _moment(now, self.scope.zone)

    @cached_property
    def verdicts(self) -> Verdicts:
        from tui_music.library.journal import Journal

        return Journal(library_of(self.options)).verdicts(self.history.listener)

    @cached_property
    def near(self) -> _Near:
        from tui_music.engine.listening import listening
        from tui_music.engine.opening import known

        counted_ms = self.scope.counted_ms
        knowledge = known(self.options.settings, self.services.cache, self.history, counted_ms)
        return _Near(self.services, knowledge, listening(self.history, self.scope.zone, counted_ms=counted_ms).plays)

    def recommended(self, mode: str, tier: str | None, at: int, preset: str, n: int) -> Recommendations:
        from tui_music.engine.candidate import Mode, Query
        from tui_music.engine.opening import open_engine
        from tui_music.engine.presets import PRESETS
        from tui_music.library.calendar import hour_of_week

        asked = one_of("--mode", mode, {each.value: each for each in Mode})
        chosen = one_of("--preset", preset, dict(PRESETS))
        query = Query(asked, hour_of_week(at, self.scope.zone), self._seeds(tier))
        settings, cache, zone = self.options.settings, self.services.cache, self.scope.zone
        engine = open_engine(settings, cache, self.history, zone, self.verdicts, at, self.scope.counted_ms)
        return engine.recommend(query, chosen, n=n)

    def _seeds(self, tier: str | None) -> Int32 | None:
        from tui_music.library.ranking import rank_artists

        if tier is None:
            return None
        ranking = rank_artists(self.history, self.scope)
        return ranking.artist_codes[list(ranking.tier(*ranks(tier)).rows)]

    def alike(self, artist: str, title: str, n: int) -> list[Song]:
        """Songs like one, as the service has it; it is asked if it was not yet."""
        from tui_music.engine.gathering import codes
        from tui_music.engine.listening import listening
        from tui_music.engine.tracks import Source, songs

        similar = self.services.similar_tracks(artist, title).value
        heard = listening(self.history, self.scope.zone, counted_ms=self.scope.counted_ms)
        code_of, without = codes(self.near.knowledge, heard.plays), self.verdicts.unwanted
        found = songs(heard, code_of, artist, title, similar=similar, n=500, without=without)
        return [song for song in found if song.source is Source.SIMILAR][:n]


def _moment(text: str, zone: str) -> int:
    """The local time meant by ``2023-05-01``, ``2023-05-01 21:00`` or any ISO 8601 time, in UTC seconds."""
    from tui_music.library.calendar import open_zone

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time such as '2023-05-01 21:00'.", param_hint="--now") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=open_zone(zone))).timestamp())


@dataclass(frozen=True)
class _Near:
    """Who is like whom, for one listener. ``plays`` are the counted ones of each of the library's artists."""

    services: Services
    knowledge: Knowledge
    plays: Int64

    def code(self, artist: str) -> int:
        """Raises :class:`NotFound` for an artist that neither the history nor any reply names."""
        from tui_music.engine.gathering import codes
        from tui_music.text import fold

        code_of = codes(self.knowledge, self.plays)
        if fold(artist) in code_of:
            return code_of[fold(artist)]
        from rapidfuzz import process

        near = [
            self.knowledge.artists[code_of[found]]
            for found, *_ in process.extract(fold(artist), list(code_of), limit=3)
        ]
        raise NotFound(f"Nothing is known of an artist {artist!r}. Near it: {', '.join(near) or 'nothing'}.")

    def neighbours(self, artist: str, n: int) -> tuple[Stop, ...]:
        """The most similar artists; who was never asked about is asked now, where that can be."""
        from tui_music.engine.gathering import Answer, learn
        from tui_music.engine.paths import like

        knowledge = self.knowledge
        try:
            reply = self.services.similar_artists(artist)
            if reply.value and not reply.from_cache:
                knowledge = learn(knowledge, self.plays, [Answer(artist, reply.value, reply.fetched_at)])
        except ServiceError as problem:
            print(f"tui-music: {problem}", file=sys.stderr)
        now = _Near(self.services, knowledge, self.plays)
        return like(knowledge, self.plays, [now.code(artist)], n)
