"""What services answered becomes knowledge: whoever they name is an artist, and each reply fills a row of the arrays.

Names are one artist when they fold to the same. A library's name wins over the spelling of services, among these the
most frequent one; of a library's own namesakes the one with most plays is meant.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tui_music.engine.ground import nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.models import Arrays, packed, unpacked
from tui_music.library.history import Float64, Int32, Int64, Names
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.services.replies import ArtistInfo, FoundArtists, Popularity, SimilarArtists, TopTags
from tui_music.text import fold

T = TypeVar("T")

#: The methods whose replies knowledge is gathered from.
ASKED = ("similar_artists", "top_tags", "artist_info", "mb_search", "mb_artist", "lb_similar", "lb_popularity")
#: Tags that say nothing of the music, folded.
NOISE = frozenset(
    "seen live|favorite|favorites|favourite|favourites|favorite artists|favourite artists|favorite bands|"
    "favourite bands|my favorites|my music|albums i own|love|i love|awesome|amazing|best|cool|good|great|beautiful|"
    "overrated|underrated|check out|want to see live|spotify|music|artist|artists|band|bands".split("|")
)


class Answer(NamedTuple):
    """What a service said of an artist, and when (UTC seconds). A ``value`` of no artist says that it knows nobody."""

    artist: str
    value: SimilarArtists | TopTags | ArtistInfo | Popularity
    at: int


def replies_revision(cache: ReplyCache) -> int:
    """A number that changes whenever there is more to gather: top songs, for one, say nothing of who is like whom."""
    return cache.revision(*ASKED)


def gather(cache: ReplyCache, names: Names, plays: Int64) -> Knowledge:
    """All that the cache knows, for a library with ``plays`` counted plays of each artist, shape (artists,)."""
    return learn(nothing_known(names), plays, cached_answers(cache))


def learn(knowledge: Knowledge, plays: Int64, answers: Iterable[Answer]) -> Knowledge:
    """``knowledge`` and what more ``answers`` say; codes stay what they were, new artists and tags come behind.

    Where two answers say something of the same pair, the larger match or count stays: neither their order nor their
    service makes a difference. (So what an older reply named stays until all is gathered anew.)
    """
    heard = _Heard()
    for answer in answers:
        heard.add(answer)
    artists, code = heard.names.coded(codes(knowledge, plays), len(knowledge), heard.similar.what + heard.spelt)
    columns = {fold(tag): column for column, tag in enumerate(knowledge.tag_names)}
    tag_names, column = heard.tags.coded(columns, len(columns), heard.tagged.what)
    size, width = len(knowledge) + len(artists), len(columns) + len(tag_names)
    return replace(
        knowledge,
        artists=knowledge.artists + artists,
        similar=heard.similar.onto(knowledge.similar, code, code, (size, size)),
        tags=heard.tagged.onto(knowledge.tags, code, column, (size, width)),
        tag_names=knowledge.tag_names + tag_names,
        listeners=heard.all_listeners(knowledge.listeners, code, size),
        asked=heard.similar.latest(knowledge.asked, code, size),
        tagged=heard.tagged.latest(knowledge.tagged, code, size),
    )


def widened(knowledge: Knowledge, names: Sequence[str]) -> Knowledge:
    """``knowledge`` with further artists, of whom services told nothing; those it has by folded name are no further."""
    if not names:
        return knowledge
    known = {fold(name) or name for name in knowledge.artists}
    more: dict[str, str] = {}
    for name in names:
        if (folded := fold(name) or name) not in known:
            more.setdefault(folded, name)
    size, none = len(knowledge) + len(more), np.zeros(len(more), np.int64)
    return replace(
        knowledge,
        artists=[*knowledge.artists, *more.values()],
        similar=_enlarged(knowledge.similar, (size, size)),
        tags=_enlarged(knowledge.tags, (size, knowledge.tags.shape[1])),
        listeners=np.append(knowledge.listeners, np.full(len(more), np.nan)),
        asked=np.append(knowledge.asked, none),
        tagged=np.append(knowledge.tagged, none),
    )


def _enlarged(matrix: csr_array, shape: tuple[int, int]) -> csr_array:
    rows = np.append(matrix.indptr, np.full(shape[0] - matrix.shape[0], matrix.indptr[-1], matrix.indptr.dtype))
    return csr_array((matrix.data, matrix.indices, rows), shape=shape)


def codes(knowledge: Knowledge, plays: Int64) -> dict[str, int]:
    """Whom a folded name means: the code of the artist."""
    names = knowledge.artists
    most = sorted(range(knowledge.own), key=lambda code: (-plays[code], names[code]))
    code_of: dict[str, int] = {}
    for code in (*most, *range(knowledge.own, len(names))):
        code_of.setdefault(fold(names[code]), code)
    return code_of


def to_arrays(knowledge: Knowledge) -> dict[str, NDArray[Any]]:
    """All of it as named arrays without objects, for a file."""
    artists, artist_ends = packed(knowledge.artists)
    tags, tag_ends = packed(knowledge.tag_names)
    arrays: dict[str, NDArray[Any]] = {
        "own": np.array([knowledge.own], np.int64),
        "artists": artists,
        "artist_ends": artist_ends,
        "tag_names": tags,
        "tag_ends": tag_ends,
        "listeners": knowledge.listeners,
        "asked": knowledge.asked,
        "tagged": knowledge.tagged,
    }
    for name, matrix in (("similar", knowledge.similar), ("tags", knowledge.tags)):
        arrays |= {f"{name}_value": matrix.data, f"{name}_index": matrix.indices, f"{name}_start": matrix.indptr}
    return arrays


def from_arrays(arrays: Arrays) -> Knowledge:
    """The knowledge of :func:`to_arrays`. KeyError or ValueError when these arrays are none."""
    artists = unpacked(arrays["artists"], arrays["artist_ends"])
    tag_names = unpacked(arrays["tag_names"], arrays["tag_ends"])

    def matrix(name: str, width: int) -> csr_array:
        parts = arrays[f"{name}_value"], arrays[f"{name}_index"], arrays[f"{name}_start"]
        whole = csr_array(parts, shape=(len(artists), width))
        whole.check_format(full_check=True)  # an index out of bounds would read foreign memory
        return whole

    columns = {name: arrays[name] for name in ("listeners", "asked", "tagged")}
    if any(column.shape != (len(artists),) for column in columns.values()):
        raise ValueError("columns that are not as long as the names")
    return Knowledge(
        artists=artists,
        own=int(arrays["own"].item()),
        similar=matrix("similar", len(artists)),
        tags=matrix("tags", len(tag_names)),
        tag_names=tag_names,
        **columns,
    )


# The cache


def cached_answers(cache: ReplyCache) -> Iterator[Answer]:
    """What the cache holds on artists. Replies that were asked for by MusicBrainz id go to the artist of that id, and
    are left out while no other reply says who that is."""
    popular = [(each, at) for _, said, at in _each(cache, "lb_popularity", tuple[Popularity, ...]) for each in said]
    name_of = _names_of_ids(cache, {each.mbid for each, _ in popular})
    for key, near, at in _each(cache, "similar_artists", SimilarArtists, SimilarArtists("", ())):
        yield Answer(key.args[0], near, at)
    for key, tags, at in _each(cache, "top_tags", TopTags, TopTags("", ())):
        yield Answer(key.args[0], tags, at)
    for key, about, at in _each(cache, "artist_info", ArtistInfo):
        yield Answer(key.args[0], about, at)
    for key, about, at in _each(cache, "mb_artist", ArtistInfo):
        yield Answer(name_of[key.args[0]], about, at)
    for key, near, at in _each(cache, "lb_similar", SimilarArtists):
        if name := name_of.get(key.args[0]):
            yield Answer(name, near, at)
    for each, at in popular:
        if name := name_of.get(each.mbid):
            yield Answer(name, each, at)


def _names_of_ids(cache: ReplyCache, ids: set[str]) -> dict[str, str]:
    """The artists of MusicBrainz ids: of ``ids``, and of all that were asked about by id.

    The name under which an id was looked for is surer than how services spell it: the library knows it by that name.
    """
    ids = ids.union(key.args[0] for method in ("lb_similar", "mb_artist") for key, _ in cache.each(method))
    best: dict[str, tuple[int, str]] = {}

    def say(mbid: str | None, trust: int, name: str) -> None:
        if mbid in ids:
            best[mbid] = max(best.get(mbid, (0, "")), (trust, name))

    if not ids:
        return {}
    for method in ("lb_similar", "similar_artists"):
        for _, near, _ in _each(cache, method, SimilarArtists):
            for artist in near.similar:
                say(artist.mbid, 1, artist.name)
    for key, about, _ in _each(cache, "mb_artist", ArtistInfo):
        say(key.args[0], 2, about.artist)
    for key, found, _ in _each(cache, "mb_search", FoundArtists):
        for place, hit in enumerate(found.artists):
            same = fold(hit.name) == key.args[0]
            say(hit.mbid, 4 if same else 3 if place == 0 else 1, key.args[0] if same or place == 0 else hit.name)
    for key, about, _ in _each(cache, "artist_info", ArtistInfo):
        say(about.mbid, 5, key.args[0])
    return {mbid: name for mbid, (_, name) in best.items()}


def _each(cache: ReplyCache, method: str, kind: type[T], nothing: T | None = None) -> Iterator[tuple[CacheKey, T, int]]:
    """What was asked, what was found, and when. Where nothing was, it is ``nothing``, or left out."""
    decode = msgspec.json.Decoder(kind).decode
    for key, cached in cache.each(method):
        try:
            value = nothing if cached.not_found else decode(cached.payload)
        except msgspec.DecodeError:
            continue  # of another version of the program: it is fetched again when it is needed
        if value is not None:
            yield key, value, cached.fetched_at


# Answers as numbers


class _Numbers(dict[str, int]):
    """Spellings numbered in the order in which they appear, and what they fold to."""

    def __init__(self) -> None:
        self.folded: list[str] = []

    def __missing__(self, spelling: str) -> int:
        number = self[spelling] = len(self)
        self.folded.append(fold(spelling))
        return number

    def coded(self, known: Mapping[str, int], first: int, used: array[int]) -> tuple[list[str], Int32]:
        """The names that are new, sorted, with codes from ``first`` on; and the code of each number, −1 for none.

        ``used`` are the numbers as services used them: the most frequent spelling is the name.
        """
        uses = np.bincount(np.array(used, np.int32), minlength=len(self)).tolist()
        best: dict[str, tuple[int, str]] = {}
        for spelling, folded, n in zip(self, self.folded, uses, strict=True):
            if n and folded and folded not in known:
                best[folded] = min(best.get(folded, (0, "")), (-n, spelling))
        new = sorted((spelling, folded) for folded, (_, spelling) in best.items())
        codes = {**known, **{folded: code for code, (_, folded) in enumerate(new, first)}}
        return [spelling for spelling, _ in new], np.array([codes.get(folded, -1) for folded in self.folded], np.int32)


class _Rows:
    """A row for each answer: of whom, when, and what was named with which value; names as numbers."""

    def __init__(self) -> None:
        self.who, self.at, self.many = array("i"), array("q"), array("i")
        self.what, self.value = array("i"), array("f")

    def add(self, who: int, at: int, what: Sequence[int], value: Sequence[float]) -> None:
        self.who.append(who)
        self.at.append(at)
        self.many.append(len(what))
        self.what.extend(what)
        self.value.extend(value)

    def onto(self, known: csr_array, row: Int32, column: Int32, shape: tuple[int, int]) -> csr_array:
        """``known`` in a larger ``shape`` with these rows, ``row`` and ``column`` being the codes of the numbers."""
        rows = np.repeat(row[np.array(self.who, np.int32)], np.array(self.many, np.int32))
        columns, value = column[np.array(self.what, np.int32)], np.array(self.value, np.float32)
        good = (rows >= 0) & (columns >= 0) & (value > 0)
        if row is column:
            good &= rows != columns  # nobody is like himself
        place = rows[good] * np.int64(max(shape[1], 1)) + columns[good]
        order = np.lexsort((-value[good], place))
        place, first = np.unique(place[order], return_index=True)
        said = csr_array((value[good][order][first], np.divmod(place, max(shape[1], 1))), shape=shape)
        more = shape[0] - known.shape[0]
        start = np.append(known.indptr, np.full(more, known.indptr[-1], known.indptr.dtype))
        return csr_array((known.data, known.indices, start), shape=shape).maximum(said)

    def latest(self, known: Int64, row: Int32, size: int) -> Int64:
        """When each artist was asked about last, shape (size,)."""
        asked = np.append(known, np.zeros(size - len(known), np.int64))
        who = row[np.array(self.who, np.int32)]
        np.maximum.at(asked, who[who >= 0], np.array(self.at, np.int64)[who >= 0])
        return asked


class _Heard:
    """What answers said: similar artists, tags, listeners."""

    def __init__(self) -> None:
        self.names, self.tags = _Numbers(), _Numbers()
        self.similar, self.tagged = _Rows(), _Rows()
        self.spelt = array("i")  # artists as the answers about them spell them
        self.listeners: dict[type, list[tuple[int, int, int]]] = {ArtistInfo: [], Popularity: []}  # when, of whom, many

    def add(self, answer: Answer) -> None:
        name, value, at = answer
        who = self.names[name]
        if isinstance(value, SimilarArtists):
            whom = [self.names[each.name] for each in value.similar]
            self.similar.add(who, at, whom, [min(each.match, 1.0) for each in value.similar])
        elif isinstance(value, TopTags) or (isinstance(value, ArtistInfo) and value.tags):
            silent = {*NOISE, self.names.folded[who]}  # many tag an artist with the name
            said = [(self.tags[each.name], min(each.count, 100.0)) for each in value.tags]
            said = [each for each in said if self.tags.folded[each[0]] not in silent]
            self.tagged.add(who, at, [tag for tag, _ in said], [count for _, count in said])
        if isinstance(value, ArtistInfo | Popularity) and value.listeners is not None:
            self.listeners[type(value)].append((at, who, value.listeners))
        if not isinstance(value, Popularity) and value.artist:  # it may be an id, or whom it takes for meant
            same = fold(value.artist) == self.names.folded[who]
            self.spelt.append(self.names[value.artist] if same else who)

    def all_listeners(self, known: Float64, code: Int32, size: int) -> Float64:
        """Listeners of each artist, shape (size,): Last.fm's latest figure; where it has none, that of ListenBrainz,
        whose listeners are few, times what the two differ by on most artists."""
        listeners, fewer = np.append(known, np.full(size - len(known), np.nan)), np.full(size, np.nan)
        for column, kind in ((listeners, ArtistInfo), (fewer, Popularity)):
            for _, who, many in sorted(self.listeners[kind]):
                if code[who] >= 0:
                    column[code[who]] = many
        both = (listeners > 0) & (fewer > 0)
        ratio = np.median(listeners[both] / fewer[both]) if both.any() else 1.0
        return np.where(np.isnan(listeners), np.round(fewer * ratio), listeners)
