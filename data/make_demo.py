"""Write the demo: the export of an invented listener, and what invented music services say of the artists.

    python data/make_demo.py [FOLDER]

``demo.zip`` has the shape of Spotify's extended streaming history; ``replies.zip`` holds a line of JSON for each reply:
method, what was asked, limit, and the reply as the program keeps it; ``tracks.zip`` is a table of how the songs sound.
The same seed gives the same files, byte for byte.
``write_history`` makes larger exports of the same kind for benchmarks.
"""

from __future__ import annotations

import json
import random
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from operator import attrgetter, itemgetter
from pathlib import Path

from demo_listener import Listener, Play, Spoken, plays_of_a_rate
from demo_services import answers
from demo_tracks import table
from demo_world import Artist, Track, strangers, world

SEED = 20240630
FIRST, LAST = date(2015, 2, 9), date(2024, 6, 30)
FOLDER = "Spotify Extended Streaming History"
REPLIES = "invented replies.jsonl"
TRACKS = "invented tracks.csv"
PART_BYTES = 12_200_000
_NOTE = b"%PDF-1.4\n% The listener, the artists and the songs of this export are invented.\n%%EOF\n"


def demo_files() -> dict[str, bytes]:
    """Every file of the export by its name in the zip."""
    rng = random.Random(SEED)
    people = _people(rng)
    plays = _with_quirks(rng, list(Listener(rng, people, FIRST, LAST, rate=0.541).plays()))
    clips = set(rng.sample([place for place, play in enumerate(plays) if _is_song(play)], 40))  # music videos
    video = [play for place, play in enumerate(plays) if _is_video(play) or place in clips]
    audio = [play for place, play in enumerate(plays) if not _is_video(play) and place not in clips]
    files = dict(_parts(audio, old_parts=1))
    files["Streaming_History_Video_2021-2024.json"] = _document([_row(play, old=False) for play in video])
    files["ReadMeFirst_ExtendedStreamingHistory.pdf"] = _NOTE
    return {f"{FOLDER}/{name}": data for name, data in files.items()}


def demo_artists() -> tuple[list[Artist], list[Artist]]:
    """The artists of the listener, most liked first, and those she never met."""
    people = _people(random.Random(SEED))
    return people, strangers(random.Random(SEED + 1), 800, people, 2024.2)


def demo_replies() -> dict[str, bytes]:
    """The file of replies by its name in the zip. Those to one method lie together, which packs best."""
    found = answers(random.Random(SEED + 2), *demo_artists())
    lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in sorted(found, key=itemgetter(0))]
    return {REPLIES: "\n".join(lines).encode()}


def demo_tracks() -> dict[str, bytes]:
    """The table of tracks by its name in the zip."""
    return {TRACKS: table(random.Random(SEED + 3), *demo_artists()).encode()}


def _people(rng: random.Random) -> list[Artist]:
    return world(rng, 400, 4_500, 2015.1, 2024.2)


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    """One zip with fixed times, so that equal files give equal zips."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, date_time=(2024, 7, 14, 9, 30, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, compresslevel=9)


def write_history(folder: Path, plays: int, artists: int, tracks: int, *, years: int, seed: int = SEED) -> list[Path]:
    """``plays`` plays of a busier listener over ``years`` years, as files of 12 MB in ``folder``; their paths."""
    rng = random.Random(seed)
    first = LAST - timedelta(round(365.25 * years))
    people = world(rng, artists, tracks, first.year, LAST.year)
    busy = Listener(rng, people, first, LAST, rate=1.08 * plays / plays_of_a_rate(first, LAST))
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, data in _parts(islice(busy.plays(), plays), old_parts=plays // 50_000):
        paths.append(folder / name)
        paths[-1].write_bytes(data)
    return paths


def _is_video(play: Play) -> bool:
    return isinstance(play.what, Spoken) and play.what.kind == "video"


def _is_song(play: Play) -> bool:
    return isinstance(play.what, Track)


def _with_quirks(rng: random.Random, plays: list[Play]) -> list[Play]:
    """What real exports have: missing albums, rows that name nothing, equal times, and rows that stand twice."""
    songs = list({id(play.what): play.what for play in plays if isinstance(play.what, Track)}.values())
    for song in rng.sample(songs, 25):
        song.album = None
    for play in plays:
        if play.end < 1_425_600_000:  # before March 2015 nothing was kept of how plays began and ended
            play.began = play.ended = None
    nameless = [
        replace(play, what=None, ms=rng.randint(0, 240_000), end=play.end + rng.randint(3_000, 9_000))
        for play in rng.sample(plays, 90)
    ]
    at_once = [  # another song that ends in the same second
        replace(play, what=other.what, ms=min(play.ms, 900), ended="fwdbtn")
        for play, other in zip(rng.sample(plays, 8), rng.sample(plays, 8), strict=True)
    ]
    twice = rng.sample(plays, 110)
    return sorted([*plays, *nameless, *at_once, *twice], key=attrgetter("end"))


def _parts(plays: Iterable[Play], *, old_parts: int) -> Iterator[tuple[str, bytes]]:
    """Files of :data:`PART_BYTES`, named by years. The first ``old_parts`` have the older keys.

    Each part begins with the last 20 rows of the one before, which happens.
    """
    number, rest = 0, iter(plays)
    part: list[Play] = []
    while True:
        old = number < old_parts
        rows = [_row(play, old=old) for play in part]
        size = sum(map(len, rows))
        for play in rest:
            part.append(play)
            rows.append(_row(play, old=old))
            size += len(rows[-1]) + 4
            if size > PART_BYTES:
                break
        else:
            if number == 0 or len(part) > 20:
                yield _part_name(part, number), _document(rows)
            return
        yield _part_name(part, number), _document(rows)
        number, part = number + 1, part[-20:]


def _part_name(part: Sequence[Play], number: int) -> str:
    first, last = (datetime.fromtimestamp(play.end, UTC).year for play in (part[0], part[-1]))
    return f"Streaming_History_Audio_{first}-{last}_{number}.json"


def _document(rows: list[str]) -> bytes:
    return ("[\n" + ",\n".join(rows) + "\n]").encode()


_OLD = """  {{
    "ts": "{ts}",
    "username": "",
    "platform": "{platform}",
    "ms_played": {ms},
    "conn_country": "{country}",
    "ip_addr_decrypted": "192.0.2.{host}",
    "user_agent_decrypted": "unknown",
{names},
    "reason_start": {began},
    "reason_end": {ended},
    "shuffle": {shuffle},
    "skipped": {skipped},
    "offline": {offline},
    "offline_timestamp": {since},
    "incognito_mode": {private}
  }}"""
_NEW = (
    _OLD.replace('    "username": "",\n', "")
    .replace('    "user_agent_decrypted": "unknown",\n', "")
    .replace("ip_addr_decrypted", "ip_addr")
    .replace("{names}", "{names},\n{book}")
)
_SONG_KEYS = (
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
)
_EPISODE_KEYS = ("episode_name", "episode_show_name", "spotify_episode_uri")
_BOOK_KEYS = ("audiobook_title", "audiobook_uri", "audiobook_chapter_uri", "audiobook_chapter_title")
_JSON = {None: "null", True: "true", False: "false"}


def _row(play: Play, *, old: bool) -> str:
    names, book = _names(play.what)
    since = "null"
    if old:
        since = str(1000 * (play.end - play.ms // 1000)) if play.offline else "0"
    elif play.offline or play.end % 3:
        since = str(play.end - play.ms // 1000)
    return (_OLD if old else _NEW).format(
        ts=datetime.fromtimestamp(play.end, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        platform=play.device,
        ms=play.ms,
        country=play.country,
        host=len(play.device) + 10 * play.offline,
        names=names,
        book=book,
        began=json.dumps(play.began),
        ended=json.dumps(play.ended),
        shuffle=_JSON[play.shuffle],
        skipped=_JSON[_skipped(play)],
        offline=_JSON[play.offline],
        since=since,
        private=_JSON[play.private],
    )


def _skipped(play: Play) -> bool | None:
    """Unknown for most plays before 2019."""
    left = play.ended in ("fwdbtn", "backbtn") or (play.ended == "endplay" and play.ms < 60_000)
    if play.end < 1_546_300_000:
        return True if left and play.end % 4 == 0 else None
    return left


@cache
def _names(what: Track | Spoken | None) -> tuple[str, str]:
    """The lines of the song's or episode's keys, and those of the audiobook's."""
    song: Sequence[str | None] = (None,) * 4
    episode: Sequence[str | None] = (None,) * 3
    book: Sequence[str | None] = (None,) * 4
    if isinstance(what, Track):
        song = what.title, what.artist.name, what.album, what.uri
    elif what and what.kind == "audiobook":
        book = what.show, what.show_uri, what.uri, what.title
    elif what:
        episode = what.title, what.show, what.uri
    return _lines(_SONG_KEYS + _EPISODE_KEYS, (*song, *episode)), _lines(_BOOK_KEYS, book)


def _lines(keys: Sequence[str], values: Sequence[str | None]) -> str:
    return ",\n".join(
        f'    "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in zip(keys, values, strict=True)
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent
    write_zip(folder / "demo.zip", demo_files())
    write_zip(folder / "replies.zip", demo_replies())
    write_zip(folder / "tracks.zip", demo_tracks())
