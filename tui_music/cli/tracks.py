"""Commands of the catalogue: build it, find tracks in it, what is like them, playlists, clusters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui_music.cli.base import Csv, Json, Options, app, form, library_of, one_of

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import Catalogue, Found
    from tui_music.catalogue.filters import Filters, Range

catalogue_app = typer.Typer(rich_markup_mode=None, help="The catalogue of tracks and how they sound.")
app.add_typer(catalogue_app, name="catalogue")

_Tracks = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TRACK]…", help="An id, or words: 'memories maroon 5'. Several are one wish."),
]
_Many = Annotated[int, typer.Option("-n", min=1, max=200, help="How many rows.")]
_Sound = Annotated[float, typer.Option("--sound", min=0.0, max=1.0, help="Weight of sound; the rest is of text.")]
_From = Annotated[
    Path | None, typer.Option("--playlist", metavar="FILE", help="Start from a playlist: Exportify CSV, M3U8, JSPF.")
]
_Genre = Annotated[str | None, typer.Option("--genre", metavar="G", help="Only of this genre.")]
_Year = Annotated[str | None, typer.Option("--year", metavar="A-B", help="Only of these years.")]
_Tempo = Annotated[str | None, typer.Option("--tempo", metavar="A-B", help="Only of so many beats a minute.")]
_Popularity = Annotated[str | None, typer.Option("--popularity", metavar="A-B", help="Only so popular, 0-100.")]
_Mood = Annotated[str | None, typer.Option("--mood", metavar="M", help="happy, tense, sad or calm")]
_Explicit = Annotated[bool | None, typer.Option("--explicit/--clean", help="Only explicit ones, or only others.")]
_Never = Annotated[bool, typer.Option("--never-heard", help="Only what the library has no play of.")]
_Mine = Annotated[bool, typer.Option("--mine", help="Only what is in the library.")]


@catalogue_app.command("build")
def build(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Tables of tracks: CSV or Parquet.")],
    mapped: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="What a column is: title=song")
    ] = None,
    clusters: Annotated[
        int | None, typer.Option("--clusters", metavar="K", min=1, max=200, help="Instead of by silhouette.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the catalogue from public tables of tracks; what was built before stays until the new one is whole."""
    from tui_music import printing
    from tui_music import track_answers as answers
    from tui_music.catalogue.building import Building
    from tui_music.catalogue.catalogue import open_catalogue
    from tui_music.waiting import interruptible, progress

    options: Options = ctx.obj
    pairs = [each.partition("=") for each in mapped or []]
    if any(not sign or not column for _, sign, column in pairs):
        raise typer.BadParameter("say FIELD=COLUMN, such as title=song.", param_hint="--map")
    home = options.settings.catalogue_dir
    with interruptible() as interrupted, progress(quiet=as_json) as draw:
        building = Building(home, paths, {field: column for field, _, column in pairs}, clusters)
        while not building.wait(0.1):
            draw(round(1000 * building.step.done), 1000, building.step.doing, "")
            if interrupted:
                building.kill()
                print("Stopped. The catalogue is as it was before.", file=sys.stderr)
                raise typer.Exit(130)
    building.finish()
    answer = answers.info(open_catalogue(home))
    printing.print_object(answer, answers.info_lines(answer), form(as_json, as_csv=False))


@catalogue_app.command("info")
def info(ctx: typer.Context, as_json: Json = False) -> None:
    """What the catalogue holds, and what became of every row it was built from."""
    from tui_music import printing
    from tui_music import track_answers as answers

    answer = answers.info(_catalogue(ctx.obj))
    printing.print_object(answer, answers.info_lines(answer), form(as_json, as_csv=False))


@app.command()
def tracks(
    ctx: typer.Context,
    query: Annotated[
        list[str] | None, typer.Argument(metavar="[QUERY]…", help="Words of the title and the artist.")
    ] = None,
    popular: Annotated[bool, typer.Option("--popular", help="The most popular ones.")] = False,
    n: _Many = 20,
    genre: _Genre = None,
    year: _Year = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Find tracks in the catalogue."""
    from tui_music import printing
    from tui_music import track_answers as answers

    how = form(as_json, as_csv)
    text = " ".join(query or []).strip()
    if bool(text) == popular:
        raise typer.BadParameter("say what to look for (at least one character), or --popular.", param_hint="QUERY")
    catalogue = _catalogue(ctx.obj)
    if popular:
        filters = _filters(ctx.obj, catalogue, genre=genre, year=year)
        found = [row.track for row in catalogue.popular(n, filters).rows]
    else:
        if genre or year:
            raise typer.BadParameter("goes with --popular.", param_hint="--genre, --year")
        found = catalogue.search(text, n)
    printing.print_rows(answers.TRACKS, answers.tracks(found), how)


@app.command()
def similar(
    ctx: typer.Context,
    track: _Tracks = None,
    playlist_: _From = None,
    sound: _Sound = 0.6,
    n: _Many = 20,
    genre: _Genre = None,
    year: _Year = None,
    tempo: _Tempo = None,
    popularity: _Popularity = None,
    mood: _Mood = None,
    explicit: _Explicit = None,
    never_heard: _Never = False,
    mine: _Mine = False,
    each: Annotated[
        int | None, typer.Option("--per-artist", metavar="K", min=1, help="At most K of an artist.")
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Tracks that are like some others, by sound and by text, with both shares of the score."""
    from tui_music import printing
    from tui_music import track_answers as answers

    how = form(as_json, as_csv)
    catalogue = _catalogue(ctx.obj)
    found = _meant(catalogue, track or [], playlist_)
    filters = _filters(ctx.obj, catalogue, genre, year, tempo, popularity, mood, explicit, never_heard, mine)
    near = catalogue.similar(found.seeds, n, sound, filters, each, found.level)
    printing.print_rows(answers.SIMILAR, answers.similar(near), how)


@app.command()
def playlist(
    ctx: typer.Context,
    track: _Tracks = None,
    playlist_: _From = None,
    size: Annotated[int, typer.Option("--size", metavar="N", min=1, max=200, help="How many tracks.")] = 20,
    sound: _Sound = 0.6,
    each: Annotated[int, typer.Option("--per-artist", metavar="K", min=1, help="At most K of an artist.")] = 2,
    genre: _Genre = None,
    year: _Year = None,
    tempo: _Tempo = None,
    popularity: _Popularity = None,
    mood: _Mood = None,
    explicit: _Explicit = None,
    never_heard: _Never = False,
    mine: _Mine = False,
    format_: Annotated[str | None, typer.Option("--format", help="m3u8, jspf, csv, text or uris")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Instead of printing.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """A playlist that begins with some tracks and flows: neighbours are close in tempo, key and energy."""
    from tui_music import printing
    from tui_music import track_answers as answers
    from tui_music.catalogue.playlist import playlist as make
    from tui_music.export import Form, save, to_bytes

    how = form(as_json, as_csv)
    wanted = one_of("--format", format_ or "m3u8", {one.value: one for one in Form})
    catalogue = _catalogue(ctx.obj)
    found = _meant(catalogue, track or [], playlist_)
    filters = _filters(ctx.obj, catalogue, genre, year, tempo, popularity, mood, explicit, never_heard, mine)
    made = make(catalogue, found.seeds, size, sound, filters, each, found.level)
    print(f"tui-music: {answers.playlist_sentence(made)}", file=sys.stderr)
    if not format_ and not output:
        printing.print_rows(answers.PLAYLIST, answers.playlist(made), how)
        return
    data = to_bytes(answers.rows(made), wanted, f"Like {made.rows[0].track.title}" if made.rows else "Empty")
    if output:
        save(output, data, replace=force)
        print(f"{len(made.rows):,} rows in {output}")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


@app.command()
def clusters(ctx: typer.Context, as_json: Json = False, as_csv: Csv = False) -> None:
    """Clusters of tracks that sound alike, named by what sets them apart."""
    from tui_music import printing
    from tui_music import track_answers as answers

    how = form(as_json, as_csv)
    printing.print_rows(answers.CLUSTERS, answers.clusters(_catalogue(ctx.obj)), how)


def _catalogue(options: Options) -> Catalogue:
    from tui_music.catalogue.catalogue import open_catalogue

    return open_catalogue(options.settings.catalogue_dir)


def _meant(catalogue: Catalogue, texts: list[str], file: Path | None) -> Found:
    """What to start from; says on stderr what was taken for something else, or is not there."""
    from tui_music.catalogue.catalogue import Found, Level
    from tui_music.catalogue.seeds import playlist_seeds, read_playlist

    if (not texts and file is None) or any(not text.strip() for text in texts):
        raise typer.BadParameter("name a track (at least one character), or give --playlist.", param_hint="TRACK")
    found = [catalogue.find(text) for text in texts]
    for text, each in zip(texts, found, strict=True):
        if each.level is Level.POPULAR:
            _say(f"{text!r} is not in the catalogue, nor anything spelt like it.")
        elif each.level is not Level.FEATURES:
            first = catalogue.track(each.seeds[0].index)
            _say(f"{text!r} is taken for {first.title} by {first.artist} ({each.level}).")
    if file is not None:
        entries = read_playlist(file)
        seeds, known = playlist_seeds(catalogue, entries)
        _say(f"{known:,} of {len(entries):,} tracks of {file.name} are in the catalogue.")
        found.append(seeds)
    known_ones = [each for each in found if each.seeds]
    if not known_ones:
        _say("These are the most popular tracks instead.")
        return Found((), Level.POPULAR)
    order = list(Level)
    level = max((each.level for each in known_ones), key=order.index)
    return Found(tuple(seed for each in known_ones for seed in each.seeds), level)


def _say(text: str) -> None:
    from tui_music.text import shown

    print(f"tui-music: {shown(text, 1000)}", file=sys.stderr)


def _filters(
    options: Options,
    catalogue: Catalogue,
    genre: str | None = None,
    year: str | None = None,
    tempo: str | None = None,
    popularity: str | None = None,
    mood: str | None = None,
    explicit: bool | None = None,
    never_heard: bool = False,
    mine: bool = False,
) -> Filters:
    from tui_music.catalogue.filters import Filters, Mood

    if genre is not None and not len(catalogue.of_genre(genre)):
        near = ", ".join(name for name, _ in catalogue.genres()[:10]) or "none"
        raise typer.BadParameter(f"the catalogue has no genre {genre!r}. The largest: {near}.", param_hint="--genre")
    own = None
    if never_heard or mine:
        from tui_music.catalogue.meeting import meet

        library = library_of(options)
        own = meet(catalogue, library, library.load(options.listener)).index
    return Filters(
        genre=genre,
        year=_range("--year", year),
        tempo=_range("--tempo", tempo),
        popularity=_range("--popularity", popularity),
        mood=one_of("--mood", mood, {each.value: each for each in Mood}) if mood is not None else None,
        explicit=explicit,
        among=own if mine else None,
        never=own if never_heard else None,
    )


def _range(option: str, text: str | None) -> Range:
    """``A-B``, ``A-``, ``-B`` or one value."""
    if text is None:
        return None, None
    low, dash, high = text.replace("–", "-").partition("-")
    try:
        first, last = (float(part) if part else None for part in (low, high if dash else low))
    except ValueError:
        first = last = None
    if (first is None and last is None) or (first is not None and last is not None and first > last):
        raise typer.BadParameter(f"{text!r} is not a range such as 90-120.", param_hint=option)
    return first, last
