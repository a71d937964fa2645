"""What the invented artists' services answer, in the shapes that were recorded from the real ones."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

NAMES = [
    f"{first} {last}"
    for first in ("Ilse", "Tomo", "Ada", "Noor", "Priya", "Lars", "Wen", "Óscar", "Mira", "Juno")
    for last in ("Morn", "Vale", "Quill", "Oster", "Lumen", "Harrow")
]
#: Services know no such artist.
NOBODY = "Nobody"


def mbid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


class World:
    """Any name is known but those that begin with :data:`NOBODY`; similar are the next in the list of ``names``."""

    def __init__(self, names: Sequence[str] = NAMES) -> None:
        self.names = list(names)
        self._by_id = {mbid(name): name for name in self.names}

    def knows(self, name: str) -> bool:
        return bool(name) and not name.startswith(NOBODY)

    def neighbours(self, name: str, limit: int) -> list[tuple[str, float]]:
        """Others with matches that fall from 1."""
        start = self.names.index(name) if name in self.names else zlib.crc32(name.encode())
        count = min(limit, len(self.names) - 1)
        others = [self.names[(start + 1 + step) % len(self.names)] for step in range(count)]
        return [(other, round(1 - step / (count + 1), 4)) for step, other in enumerate(others) if other != name]

    def listeners(self, name: str) -> int:
        return zlib.crc32(name.encode()) % 1_000_000

    def tags(self, name: str) -> list[tuple[str, int]]:
        words = ("dream pop", "ambient", "jazz", "folk", "techno", "choir", "seen live")
        start = zlib.crc32(name.encode()) % len(words)
        return [(words[(start + step) % len(words)], 100 - 25 * step) for step in range(3)]

    # Last.fm, XML

    def similar_artists(self, name: str, limit: int = 100) -> bytes:
        found = "".join(
            f"<artist><name>{escape(other)}</name><mbid>{mbid(other)}</mbid><match>{match}</match>"
            f"<url>https://www.last.fm/music/{zlib.crc32(other.encode())}</url>"
            '<image size="small">https://images.invalid/s.png</image></artist>'
            for other, match in self.neighbours(name, limit)
        )
        return lfm(f"<similarartists artist={quoteattr(name)}>{found}</similarartists>")

    def similar_tracks(self, artist: str, title: str, limit: int = 50) -> bytes:
        found = "".join(
            f"<track><name>Song of {escape(other)}</name><playcount>100</playcount><mbid/><match>{match}</match>"
            f"<artist><name>{escape(other)}</name><mbid>{mbid(other)}</mbid></artist></track>"
            for other, match in self.neighbours(artist, limit)
        )
        return lfm(f"<similartracks track={quoteattr(title)} artist={quoteattr(artist)}>{found}</similartracks>")

    def top_tracks(self, artist: str, limit: int = 20) -> bytes:
        found = "".join(
            f'<track rank="{rank}"><name>{escape(artist)} {rank}</name><playcount>{9000 // rank}</playcount>'
            f"<listeners>{900 // rank}</listeners><artist><name>{escape(artist)}</name></artist></track>"
            for rank in range(1, min(limit, 30) + 1)
        )
        return lfm(f'<toptracks artist={quoteattr(artist)} page="1" totalPages="1">{found}</toptracks>')

    def top_tags(self, artist: str) -> bytes:
        found = "".join(f"<tag><name>{tag}</name><count>{n}</count></tag>" for tag, n in self.tags(artist))
        return lfm(f"<toptags artist={quoteattr(artist)}>{found}</toptags>")

    def artist_info(self, name: str) -> bytes:
        listeners = self.listeners(name)
        return lfm(
            f"<artist><name>{escape(name)}</name><mbid>{mbid(name)}</mbid>"
            f"<url>https://www.last.fm/music/{zlib.crc32(name.encode())}</url>"
            f"<stats><listeners>{listeners}</listeners><playcount>{20 * listeners}</playcount></stats>"
            "<similar><artist><name>Another</name><url>https://www.last.fm/music/other</url></artist></similar>"
            "<tags><tag><name>jazz</name></tag></tags></artist>"
        )

    def search_artists(self, text: str, limit: int = 10) -> bytes:
        hits = [name for name in self.names if text.lower() in name.lower()][:limit]
        found = "".join(
            f"<artist><name>{escape(name)}</name><listeners>{self.listeners(name)}</listeners><mbid/></artist>"
            for name in hits
        )
        return lfm(
            f"<results for={quoteattr(text)}><opensearch:totalResults>{len(hits)}</opensearch:totalResults>"
            f"<artistmatches>{found}</artistmatches></results>"
        )

    def check_key(self) -> bytes:
        return lfm('<artists page="1"><artist><name>Ilse Morn</name></artist></artists>')

    # MusicBrainz, JSON

    def mb_search(self, name: str, limit: int = 5) -> bytes:
        hits = [other for other in self.names if name.lower() in other.lower()] if self.knows(name) else []
        found = [
            {
                "id": mbid(other),
                "type": "Person",
                "score": 100 - 10 * place,
                "name": other,
                "sort-name": other,
                "area": {"name": "Ostergaard", "type": "City"},
                "life-span": {"begin": "1994", "ended": None},
                "disambiguation": "invented",
            }
            for place, other in enumerate(hits[:limit])
        ]
        return as_json({"created": "2030-01-01T00:00:00Z", "count": len(found), "offset": 0, "artists": found})

    def mb_artist(self, known: str) -> bytes:
        name = self._by_id.get(known, f"Artist {known[:4]}")
        relations = [
            {"type": "official homepage", "target-type": "url", "url": {"resource": "https://artist.invalid/"}},
            {"type": "member of band", "target-type": "artist", "artist": {"name": "The Others"}},
        ]
        tags = [{"name": tag, "count": n // 25} for tag, n in self.tags(name)]
        return as_json(
            {
                "id": known,
                "name": name,
                "sort-name": name,
                "area": {"name": "Ostergaard"},
                "life-span": {"begin": "1994-05", "end": None, "ended": False},
                "tags": tags,
                "genres": tags[:1],
                "relations": relations,
            }
        )

    def mb_album(self, artist: str, title: str, limit: int = 10) -> bytes:
        group = {
            "id": mbid(f"{artist} {title}"),
            "score": 100,
            "title": title,
            "primary-type": "Album",
            "artist-credit": [{"name": artist, "artist": {"id": mbid(artist), "name": artist}}],
        }
        known = self.knows(artist)
        return as_json({"created": "2030-01-01T00:00:00Z", "count": 1, "release-groups": [group] if known else []})

    # Cover Art Archive, JPEG

    def cover(self, known: str) -> bytes:
        return jpeg(known)

    # ListenBrainz, JSON

    def lb_similar(self, known: str) -> bytes:
        name = self._by_id.get(known, known)
        found = [
            {
                "artist_mbid": mbid(other),
                "name": other,
                "score": round(match * 500),
                "reference_mbid": known,
                "type": "Person",
                "gender": None,
                "comment": "",
            }
            for other, match in self.neighbours(name, 100)
        ]
        return as_json(found)

    def lb_popularity(self, *known: str) -> bytes:
        names = {each: self._by_id.get(each) for each in known}
        counts = {each: self.listeners(name) if name else None for each, name in names.items()}
        return as_json(
            [
                {"artist_mbid": each, "total_listen_count": n and 20 * n, "total_user_count": n}
                for each, n in counts.items()
            ]
        )


@cache
def jpeg(name: str, side: int = 60) -> bytes:
    """A picture in two colours that follow from a name, one above the other."""
    from PIL import Image  # as everywhere, only where a cover is wanted

    seed = zlib.crc32(name.encode())
    upper, lower = ((seed >> shift & 255, seed >> shift + 4 & 255, seed >> shift + 8 & 255) for shift in (0, 12))
    image = Image.new("RGB", (side, side), lower)
    image.paste(upper, (0, 0, side, side // 2))
    file = BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def lfm(inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<lfm status="ok">\n{inside}\n</lfm>\n'.encode()


def failed(code: int, text: str) -> bytes:
    return f'<?xml version="1.0"?>\n<lfm status="failed"><error code="{code}">{text}</error></lfm>'.encode()


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
