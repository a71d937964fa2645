"""The working process: ``python -m tui_music.engine.community.build --into FOLDER PATH…`` learns of a community, and
with ``--evaluate`` compares every recommender on it instead.

Each line it prints is how far it is (0–1), a tab, and what it is at; the last one of a failure begins with ``failed``.
What it makes takes the place of what was there when it is whole.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tui_music.child import FAILED
from tui_music.engine import models
from tui_music.engine.community import kept
from tui_music.engine.community.blend import serving_blend
from tui_music.engine.community.charts import charts
from tui_music.engine.community.community import Community, CommunityRefused
from tui_music.engine.community.content import tag_counts
from tui_music.engine.community.filtering import MIN_LISTENERS, MIN_PLAYS, enough
from tui_music.engine.community.reading import own_community, read_community
from tui_music.engine.evaluation import table
from tui_music.engine.evaluation.evaluate import evaluate
from tui_music.errors import TuiMusicError
from tui_music.library.library import Library
from tui_music.library.scope import COUNTED_MS

#: Is told the share done (0–1) and at what.
Say = Callable[[float, str], None]
#: Share of the time that reading takes.
_READING = 0.2


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tui_music.engine.community.build", description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="folder of the community")
    parser.add_argument("--library", type=Path, required=True, help="whose listeners are meant without a PATH")
    parser.add_argument("--counted-ms", type=int, default=COUNTED_MS, help="least milliseconds of a counted play")
    parser.add_argument("--min-plays", type=int, default=MIN_PLAYS, help="least plays of a listener")
    parser.add_argument("--min-listeners", type=int, default=MIN_LISTENERS, help="least listeners of an artist")
    parser.add_argument("--tracks", action="store_true", help="tracks instead of artists")
    parser.add_argument("--evaluate", action="store_true", help="compare recommenders instead")
    parser.add_argument("paths", type=Path, nargs="*")
    asked = parser.parse_args(words)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    os.umask(0o077)
    os.nice(10)  # whatever is on screen goes first

    def say(done: float, doing: str) -> None:
        print(f"{done:.3f}\t{doing}", flush=True)

    try:
        models.sweep(asked.into)
        community = read(asked.paths, asked.library, asked.counted_ms, say)
        if asked.tracks:
            community = community.of_tracks()
        if asked.evaluate:
            compare(asked.into / table.FILE, community, say)
        else:
            paths = [path.expanduser().absolute() for path in asked.paths]
            build(
                asked.into / (kept.TRACKS if asked.tracks else kept.FILE),
                community,
                paths,
                asked.min_plays,
                asked.min_listeners,
                say,
            )
    except (TuiMusicError, OSError, MemoryError) as problem:
        print(f"{FAILED}\t{problem or 'out of memory'}", flush=True)
        return 1
    say(1.0, "done")
    return 0


def read(paths: Sequence[Path], library: Path, counted_ms: int, say: Say) -> Community:
    """The community of ``paths``, else of a library's own listeners."""
    if paths:
        return read_community(paths, lambda done, doing: say(_READING * done, doing))
    return own_community(Library(library), counted_ms, lambda done, doing: say(_READING * done, doing))


def build(
    path: Path,
    community: Community,
    paths: Sequence[Path],
    min_plays: int = MIN_PLAYS,
    min_listeners: int = MIN_LISTENERS,
    say: Say = lambda done, doing: None,
) -> kept.About:
    """Learn of a community and keep it at ``path``. Raises :class:`CommunityRefused` when the filters leave nobody."""
    started = time.monotonic()
    merged = community.merge_spellings()
    listeners, artists = enough(merged.plays, min_plays, min_listeners)
    if len(artists) < 2 or len(listeners) < 2:
        raise CommunityRefused(
            f"No two artists with {min_listeners} listeners or more who play {min_plays} times or more are in "
            f"{community.source}. Ask for less: --min-plays, --min-listeners."
        )
    counts = merged.plays[listeners][:, artists]
    tags = tag_counts(merged.tagged, len(merged.artists))[artists] if merged.tagged else None
    blend = serving_blend()
    for at, model in enumerate(blend.models):
        say(_READING + (1 - _READING) * at / len(blend.models), f"learning: {model.name}")
        model.fit(counts, tags)
    say(0.95, "writing")
    about = kept.About(
        source=community.source,
        paths=tuple(os.fsencode(path).decode("utf-8", "replace") for path in paths),
        files=community.files,
        merged=merged.merged,
        all_listeners=len(community.listeners),
        all_artists=len(community.artists),
        listeners=len(listeners),
        artists=len(artists),
        pairs=counts.nnz,
        min_plays=min_plays,
        min_listeners=min_listeners,
        seconds=time.monotonic() - started,
    )
    names = [merged.artists[artist] for artist in artists.tolist()]
    each = np.bincount(counts.indices, minlength=len(names)).astype(np.int64)
    kept.save(path, about, names, each, blend, charts(merged))
    return about


def compare(path: Path, community: Community, say: Say) -> None:
    """Evaluate every recommender on a community and keep the table at ``path``."""
    found = evaluate(community, lambda done, doing: say(_READING + (1 - _READING) * done, doing))
    table.save(path, found)


if __name__ == "__main__":
    sys.exit(main())
