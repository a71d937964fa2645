"""``tui-music doctor``: looks at everything the program relies on and says what to do about what is wrong.

It asks nobody on the network, and imports nothing that would.
"""

from __future__ import annotations

import locale
import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Literal

import duckdb

from tui_music import __version__
from tui_music.catalogue import store
from tui_music.engine import models
from tui_music.errors import BadSetting, NoCatalogue, TuiMusicError, UnfitCatalogue
from tui_music.library import schema
from tui_music.library.library import Library
from tui_music.printing import print_json
from tui_music.services.gateway import Services
from tui_music.services.keys import lastfm_key
from tui_music.services.limits import folder_for
from tui_music.settings import Settings
from tui_music.text import shown

State = Literal["fine", "odd", "broken"]
_PACKAGES = (
    *("textual", "rich", "pandas", "numpy", "scipy", "scikit-learn", "scikit-network", "duckdb", "msgspec"),
    *("rapidfuzz", "plotext", "pylast", "httpx2", "diskcache", "typer"),
)
_COUNTED = {
    "artist": "artists",
    "batch": "imports",
    "journal": "entries of the journal",
    "rejection": "rejected rows",
    "sighting": "rows of plays",
    "track": "tracks",
}
_MARKS: dict[State, str] = {"fine": "ok ", "odd": "?  ", "broken": "!! "}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what to do when it is not fine."""

    state: State
    what: str
    found: str
    advice: str = ""


def examine(settings: Settings, offline: bool = False) -> list[Finding]:
    """Every check, in the order in which a person would want to read them. ``offline``: started with ``--offline``."""
    return [
        *_versions(),
        *_paths(settings),
        *_library(settings),
        *_models(settings),
        *_catalogue(settings),
        *_covers(settings),
        *_services(settings, offline),
        *_terminal(),
    ]


def print_findings(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(finding) for finding in findings])
        return
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        print(f"{_MARKS[finding.state]}{finding.what:{width}}  {shown(finding.found, 1000)}")
        if finding.advice:
            print(f"   {'':{width}}  → {shown(finding.advice, 1000)}")


def _versions() -> Iterator[Finding]:
    yield Finding("fine", "tui-music", f"{__version__} on Python {platform.python_version()}, {platform.system()}")
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            yield Finding("broken", package, "not installed", "Install tui-music again.")
    yield Finding("fine", "packages", ", ".join(found))


def _paths(settings: Settings) -> Iterator[Finding]:
    paths = {
        "library": settings.library_file,
        "cache": settings.cache_dir,
        "replies": settings.replies_dir,
        "limits": folder_for(settings.lastfm_url, settings.cache_dir / "limits"),
        "models": settings.models_dir,
        "community": settings.community_dir,
        "catalogue": settings.catalogue_dir,
        "backups": settings.backups_dir,
        "settings": settings.config_file,
        "key file": settings.lastfm_key_file,
        "last state": settings.state_file,
    }
    for what, path in paths.items():
        if not path.exists():
            yield Finding("fine", what, f"{path} (not made yet)")
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            advice = f"Others on this machine can reach it: chmod go= '{path}'"
            yield Finding("odd", what, f"{path} (mode {mode:04o})", advice)
        elif not os.access(path, os.R_OK | os.W_OK):
            yield Finding("broken", what, f"{path} cannot be written", "Give yourself the right to write it.")
        else:
            yield Finding("fine", what, str(path))
    home = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(home).free
    state: State = "fine" if free > 500_000_000 else "odd"
    yield Finding(state, "free space", f"{free / 1e9:,.1f} GB", "" if state == "fine" else "An import may not fit.")


def _library(settings: Settings) -> Iterator[Finding]:
    library = Library(settings.library_file)
    if not library.exists():
        yield Finding("fine", "content", "no library yet", "Import an export: tui-music import FILE")
        return
    try:
        with library.reading() as connection:
            sums = _read_everything(connection)
            yield Finding("fine", "content", f"schema {schema.VERSION}; every column read; {sums}")
            for what, question in _RULES.items():
                broken = int(connection.execute(question).fetchall()[0][0])
                if broken:
                    advice = "Keep a copy, move the library away and import your exports again; please report it."
                    yield Finding("broken", what, f"{broken:,} rows break this rule", advice)
            yield Finding("fine", "rules", f"{len(_RULES)} rules of the library checked")
    except TuiMusicError as problem:
        yield Finding("broken", "content", str(problem), "The sentence before says what to do.")


def _read_everything(connection: duckdb.DuckDBPyConnection) -> str:
    """DuckDB checks a block when it reads it, so every column of every table is read."""
    counts = []
    tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'library'").fetchall()
    for (table,) in sorted(tables):
        columns = connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND database_name = 'library'", [table]
        ).fetchall()
        hashes = ", ".join(f"bit_xor(hash({column}))" for (column,) in columns)
        rows = connection.execute(f"SELECT count(*), {hashes} FROM {table}").fetchall()[0][0]
        if table in _COUNTED:
            counts.append(f"{rows:,} {_COUNTED[table]}")
    return ", ".join(counts)


#: What must hold in every library; each question counts the rows that break it.
_RULES = {
    "one listener a name": "SELECT count(*) - count(DISTINCT name) FROM listener",
    "one artist a name": "SELECT count(*) - count(DISTINCT name) FROM artist",
    "one track a name": "SELECT count(*) - count(DISTINCT (artist, title)) FROM track",
    "tracks have artists": "SELECT count(*) FROM track ANTI JOIN artist ON artist.id = track.artist",
    "plays have tracks": "SELECT count(*) FROM sighting s ANTI JOIN track t ON t.id = s.track AND t.artist = s.artist",
    "sightings have files": "SELECT count(*) FROM sighting ANTI JOIN file ON file.id = sighting.file",
    "one sighting a row": "SELECT count(*) - count(DISTINCT (file, row)) FROM sighting",
    "one choice a play": (
        "SELECT count(*) FROM (SELECT 1 FROM sighting GROUP BY play HAVING count_if(chosen) <> 1 OR play IS NULL)"
    ),
    "one play a time": (
        "SELECT count(*) FROM (SELECT 1 FROM play WHERE NOT minute_precise "
        "GROUP BY listener, ended, ms_played, track HAVING count(*) > 1)"
    ),
    "sums of files": "SELECT count(*) FROM file WHERE read <> added + duplicate + rejected",
    "rows of files": (
        "SELECT count(*) FROM file LEFT JOIN (SELECT file, count(*) AS n FROM sighting GROUP BY file) s "
        "ON s.file = file.id WHERE coalesce(n, 0) <> added + duplicate"
    ),
    "plays of batches": "SELECT abs((SELECT coalesce(sum(added), 0) FROM file) - (SELECT count(*) FROM play))",
    "sums of reasons": (
        "SELECT count(*) FROM file LEFT JOIN (SELECT file, sum(rows) AS n FROM rejection_count GROUP BY file) r "
        "ON r.file = file.id WHERE coalesce(n, 0) <> rejected"
    ),
    "journals have listeners": (
        "SELECT count(*) FROM (SELECT listener FROM journal UNION ALL SELECT listener FROM passed) j "
        "ANTI JOIN listener ON listener.id = j.listener"
    ),
    "verdicts have artists": (
        "SELECT count(*) FROM journal WHERE act NOT IN ('yes', 'later', 'known', 'never', 'undo', 'redo') "
        "OR (artist IS NULL) <> (act IN ('undo', 'redo'))"
    ),
    "undone was done": (
        "SELECT count(*) FROM (SELECT sum(if(act = 'undo', -1, 1)) OVER done AS held, "
        "sum(CASE act WHEN 'undo' THEN 1 WHEN 'redo' THEN -1 ELSE 0 END) OVER since AS undone FROM "
        "(SELECT *, count_if(artist IS NOT NULL) OVER done AS verdict FROM journal "
        "WINDOW done AS (PARTITION BY listener ORDER BY id)) "
        "WINDOW done AS (PARTITION BY listener ORDER BY id), since AS (PARTITION BY listener, verdict ORDER BY id)) "
        "WHERE held < 0 OR undone < 0"
    ),
}


def _models(settings: Settings) -> Iterator[Finding]:
    """What was learnt from the library and the community, every byte of it; a model that does not fit is no harm."""
    paths = sorted(path for folder in (settings.models_dir, settings.community_dir) for path in folder.glob("*.npz"))
    unfit = 0
    for path in paths:
        try:
            models.verify(path)
        except models.UnfitModel as problem:
            unfit += 1
            yield Finding("odd", "learnt", str(problem))
    found = f"{len(paths) - unfit} of {len(paths)} models as they were written" if paths else "no models yet"
    yield Finding("fine", "learnt", found)


def _catalogue(settings: Settings) -> Iterator[Finding]:
    """Every byte of the catalogue; one that does not fit is built again."""
    try:
        header = store.verify(settings.catalogue_dir)
    except UnfitCatalogue as problem:
        yield Finding("odd", "sound", str(problem), "Build it again: tui-music catalogue build FILE")
    except NoCatalogue:
        yield Finding("fine", "sound", "no catalogue yet")
    else:
        yield Finding("fine", "sound", f"a catalogue of {header.report.tracks:,} tracks, as it was written")


def _covers(settings: Settings) -> Iterator[Finding]:
    """Why there are covers of albums, or none."""
    if not settings.art:
        yield Finding("fine", "covers", "none: art = false is set")
    elif find_spec("PIL") is None:
        yield Finding("fine", "covers", "none: Pillow is not installed", "The extra tui-music[art] brings it.")
    else:
        yield Finding("fine", "covers", "beside the albums of an artist")


def _services(settings: Settings, offline: bool) -> Iterator[Finding]:
    """Whom the program may ask, with which key, and what is kept of their answers."""
    try:
        key = lastfm_key(settings)
        advice = "" if key else "It is free: last.fm/api/account/create. tui-music works without."
        yield Finding("fine", "key", f"from {key.source}" if key else "none to Last.fm", advice)
    except BadSetting as problem:
        yield Finding("odd", "key", "not used", str(problem))
    with Services(settings, offline or settings.demo) as services:
        if settings.demo:
            said = "the demo asks nobody"
        elif services.offline:
            why = "offline = true is set" if settings.offline else "it was started with --offline"
            said = f"nobody is asked: {why}"
        else:
            said = "services are asked for what is missing"
        yield Finding("fine", "network", said)
        for each in services.status() if not services.offline else ():
            yield Finding("odd" if each.state == "paused" else "fine", each.name, each.sentence)
        cache = services.cache
        stats = cache.stats()
        counts = f"{stats.hits:,} hits, {stats.misses:,} misses, {stats.stale:,} stale"
        yield Finding("fine", "kept", f"{stats.entries:,} replies, {stats.bytes / 1e6:,.1f} MB; {counts}")
        if cache.trouble:
            yield Finding("odd", "kept", cache.trouble)
        if cache.aside.exists():
            advice = "Nothing needs it any more. tui-music cache --clear removes it, and all other replies, too."
            yield Finding("odd", "damaged", f"{cache.aside} holds the replies that could not be read", advice)


def _terminal() -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    colours = os.environ.get("COLORTERM", "")
    size = shutil.get_terminal_size()
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        yield Finding("odd", "terminal", "none here", "The screens need one; every answer also has a subcommand.")
    elif term in {"", "dumb"}:
        yield Finding(
            "broken", "terminal", f"TERM={term or '(unset)'}", "Set TERM, for example: export TERM=xterm-256color"
        )
    else:
        note = f"TERM={term}" + (f", COLORTERM={colours}" if colours else "")
        yield Finding("fine", "terminal", f"{note}, {size.columns}×{size.lines}")
    if size.columns < 40 or size.lines < 10:
        yield Finding("odd", "size", f"{size.columns}×{size.lines}", "The screens need 40×10; 80×24 is good.")
    encoding = locale.getencoding()
    if encoding.lower() not in {"utf-8", "utf8"}:
        yield Finding("odd", "encoding", encoding, "Names may look wrong. Set a UTF-8 locale: export LANG=C.UTF-8")
    if os.environ.get("NO_COLOR"):
        yield Finding("fine", "colour", "none, as NO_COLOR asks")
    if "TMUX" in os.environ:
        advice = "Copying with y needs in tmux: set -g set-clipboard on"
        yield Finding("fine", "tmux", "yes", advice)
