"""What is made of the services' answers: the shapes they come in, and those they should not."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.asking import ID
from tests.services.says import lastfm, listenbrainz, musicbrainz
from tests.services.world import World, as_json, lfm, mbid
from tui_music.errors import ServiceError, ServiceUnavailable
from tui_music.services.lastfm import well_formed
from tui_music.services.listenbrainz import bases
from tui_music.services.replies import (
    ArtistInfo,
    FoundArtist,
    FoundArtists,
    Popularity,
    Similar,
    SimilarArtists,
    SimilarTracks,
    Tag,
    TopTags,
    TopTrack,
    TopTracks,
)
from tui_music.text import shown


def similar(inside: str) -> SimilarArtists | None:
    return lastfm(lfm(f'<similarartists artist="Ilse Morn">{inside}</similarartists>')).similar_artists("ilse", 3)


# Last.fm


def test_similar_artists() -> None:
    reply = similar(
        f"<artist><name>Tomo Vale</name><mbid>{ID.upper()}</mbid><match>1</match><url>x</url>"
        '<image size="small">x</image></artist>'
        "<artist><name>Ada &amp; Noor</name><mbid/><match>0.25</match></artist>"
    )
    assert reply == SimilarArtists("Ilse Morn", (Similar("Tomo Vale", 1.0, ID), Similar("Ada & Noor", 0.25)))


def test_a_single_artist_is_a_list_of_one_and_none_an_empty_one() -> None:
    assert similar("<artist><name>Tomo Vale</name><match>0.4</match></artist>") == SimilarArtists(
        "Ilse Morn", (Similar("Tomo Vale", 1.0),)
    )
    assert similar("") == SimilarArtists("Ilse Morn", ())


def test_matches_are_relative_to_the_best_of_the_reply() -> None:
    """Older replies count to 100; nothing that comes is taken for granted."""
    reply = similar(
        "".join(
            f"<artist><name>{name}</name><match>{match}</match></artist>"
            for name, match in {"A": "50", "B": "100", "C": "-3", "D": "nan", "E": "much", "F": "1e999"}.items()
        )
    )
    assert reply
    assert reply.similar == (Similar("B", 1.0), Similar("A", 0.5), Similar("D", 0.0))


def test_ties_are_settled_by_name_and_the_limit_keeps_the_best() -> None:
    reply = similar("".join(f"<artist><name>{name}</name><match>1</match></artist>" for name in "DBCA"))
    assert reply
    assert [each.name for each in reply.similar] == ["A", "B", "C"]


def test_what_misses_a_name_is_left_out_and_what_misses_else_is_not() -> None:
    reply = similar("<artist><match>1</match></artist><artist><name> </name></artist><artist><name>A</name></artist>")
    assert reply == SimilarArtists("Ilse Morn", (Similar("A", 0.0),))


def test_names_are_bounded_and_hold_no_control_characters() -> None:
    reply = similar(f"<artist><name>\x9b2J\u202eA{'x' * 10_000}</name><mbid>{'f' * 99}</mbid></artist>")
    assert reply
    (only,) = reply.similar
    assert only.name == shown(only.name)
    assert len(only.name) == 300
    assert "\x9b" not in only.name
    assert only.mbid is None


def test_names_that_were_escaped_twice() -> None:
    reply = similar("<artist><name>Ada &amp;amp; Noor &amp;#39;n&amp;copy</name></artist>")
    assert reply
    assert reply.similar[0].name == "Ada & Noor 'n&copy"


def test_similar_tracks() -> None:
    body = lfm(
        '<similartracks track="Harbour" artist="Ilse Morn"><track><name>Lights</name><playcount/><mbid/>'
        "<match>0.5</match><artist><name>Tomo Vale</name><mbid>x</mbid></artist></track>"
        "<track><name>Nameless</name><match>0.25</match></track></similartracks>"
    )
    assert lastfm(body).similar_tracks("ilse morn", "harbour", 9) == SimilarTracks(
        "Ilse Morn", "Harbour", (Similar("Lights", 1.0, None, "Tomo Vale"), Similar("Nameless", 0.5))
    )


def test_top_tracks() -> None:
    body = lfm(
        '<toptracks artist="Ilse Morn" page="1"><track rank="1"><name>Lights</name><playcount>104998</playcount>'
        "<listeners>36769</listeners><artist><name>Ilse Morn</name></artist></track>"
        '<track rank="2"><name>Harbour</name><playcount>many</playcount></track></toptracks>'
    )
    assert lastfm(body).top_tracks("ilse", 9) == TopTracks(
        "Ilse Morn", (TopTrack("Lights", "Ilse Morn", 36_769, 104_998), TopTrack("Harbour", "Ilse Morn"))
    )
    only = lastfm(body).top_tracks("ilse", 1)
    assert only
    assert len(only.tracks) == 1


def test_top_tags() -> None:
    body = lfm(
        '<toptags artist="Ilse Morn"><tag><name>jazz</name><count>100</count></tag>'
        "<tag><name>choir</name></tag><tag><count>5</count></tag>"
        "<tag><name>loud</name><count>4000</count></tag></toptags>"
    )
    assert lastfm(body).top_tags("ilse") == TopTags(
        "Ilse Morn", (Tag("jazz", 100.0), Tag("choir", 0.0), Tag("loud", 100.0))
    )


def test_artist_info_is_of_the_artist_not_of_those_named_in_it() -> None:
    body = lfm(
        "<artist><similar><artist><name>Another</name><url>https://www.last.fm/music/other</url></artist></similar>"
        f"<name>Ilse Morn</name><mbid>{ID}</mbid><url>https://www.last.fm/music/Ilse+Morn</url>"
        "<stats><listeners>665718</listeners><playcount>6419503</playcount></stats></artist>"
    )
    assert lastfm(body).artist_info("ilse") == ArtistInfo(
        "Ilse Morn", mbid=ID, listeners=665_718, plays=6_419_503, url="https://www.last.fm/music/Ilse+Morn"
    )
    assert lastfm(lfm("<artist/>")).artist_info("ilse") == ArtistInfo("ilse")
    other = lastfm(lfm("<artist><url>javascript:alert(1)</url><stats><listeners>-4</listeners></stats></artist>"))
    assert other.artist_info("ilse") == ArtistInfo("ilse")


def test_search() -> None:
    body = lfm(
        '<results for="vale"><opensearch:Query role="request"/><opensearch:totalResults>2</opensearch:totalResults>'
        f"<artistmatches><artist><name>Tomo Vale</name><listeners>46672</listeners><mbid>{ID}</mbid></artist>"
        "<artist><name>VALE</name><listeners/><mbid/></artist></artistmatches></results>"
    )
    assert lastfm(body).search_artists("vale", 9) == FoundArtists(
        "vale", (FoundArtist("Tomo Vale", mbid=ID, listeners=46_672), FoundArtist("VALE"))
    )
    assert lastfm(lfm('<results for="vale"><artistmatches>\n</artistmatches></results>')).search_artists(
        "vale", 9
    ) == FoundArtists("vale", ())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<rss/>",
        b"<lfmx/>",
        b"<html><lfm status='ok'/></html>",
        b"<!DOCTYPE lfm><lfm/>",
        b"<?xml version='1.0'?><!DOCTYPE lfm [<!ENTITY a 'b'>]><lfm>&a;</lfm>",
        b"<lfm><!ENTITY a 'b'></lfm>",
        b"<?xml version='1.0' encoding='ISO-8859-1'?><lfm/>",
        b'<?xml encoding="utf-16"?><lfm/>',
        b"<lfm>\xff</lfm>",
        "<lfm/>".encode("utf-16"),
        pytest.param(b"<lfm>" + b"<a/>" * 20_000 + b"</lfm>", id="much markup"),
    ],
)
def test_what_pylast_never_sees(body: bytes) -> None:
    with pytest.raises(ServiceUnavailable, match=r"no answer of Last\.fm"):
        well_formed(body)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"<lfm/>", b"<lfm/>"),
        (b"\xef\xbb\xbf<lfm/>", b"<lfm/>"),
        (b" \n<?xml version='1.0' encoding='UTF-8' ?>\n<lfm/>", b"<?xml version='1.0' encoding='UTF-8' ?>\n<lfm/>"),
        (b"<lfm><!-- a --><![CDATA[b]]></lfm>", b"<lfm><!-- a --><![CDATA[b]]></lfm>"),
        ("<lfm>A\x01B😀𝄞\x1f\ufffe\uffffC\t\n\r</lfm>".encode(), "<lfm>AB😀𝄞C\t\n\r</lfm>".encode()),
        (b"<lfm>&#1;&#x1F;&#x001;&#31;&#xB;&#0;</lfm>", b"<lfm></lfm>"),
        (b"<lfm>&#9;&#10;&#x0d;&#32;&#x1F600;&#100;</lfm>", b"<lfm>&#9;&#10;&#x0d;&#32;&#x1F600;&#100;</lfm>"),
    ],
)
def test_what_is_cleaned_for_pylast(body: bytes, kept: bytes) -> None:
    assert well_formed(body) == kept


# MusicBrainz


def test_an_artist_of_musicbrainz() -> None:
    body = {
        "id": ID.upper(),
        "name": "Ilse Morn",
        "area": {"name": "Ostergaard", "iso-3166-1-codes": ["XX"]},
        "life-span": {"begin": "1994-05", "end": None, "ended": False},
        "tags": [{"name": "jazz", "count": 4}, {"name": "choir", "count": 1}, {"name": "bad", "count": -2}, {}],
        "genres": [{"id": "x", "name": "jazz", "count": 4, "disambiguation": ""}],
        "relations": [
            {"type": "official homepage", "url": {"resource": "https://ilse.invalid/"}},
            {"type": "odd", "url": {"resource": "javascript:alert(1)"}},
            {"type": "member of band", "artist": {"name": "The Others"}, "direction": "forward"},
            {"type": "parent", "work": {"title": "x"}},
            {"url": None, "artist": None},
        ],
        "something": {"new": 1},
    }
    assert musicbrainz(as_json(body)).mb_artist(ID) == ArtistInfo(
        "Ilse Morn",
        mbid=ID,
        tags=(Tag("jazz", 100.0), Tag("choir", 25.0), Tag("bad", 0.0)),
        area="Ostergaard",
        begin="1994-05",
        links=("https://ilse.invalid/",),
        relations=("member of band: The Others",),
        url=f"https://musicbrainz.org/artist/{ID}",
    )


def test_an_artist_of_whom_nothing_is_known() -> None:
    nothing = dict.fromkeys(("area", "life-span", "tags", "genres", "relations", "type", "name"))
    url = f"https://musicbrainz.org/artist/{ID}"
    assert musicbrainz(as_json({"id": ID, **nothing})).mb_artist(ID) == ArtistInfo("", mbid=ID, url=url)


def test_a_search_of_musicbrainz() -> None:
    artists = [
        {
            "id": ID,
            "score": 100,
            "name": "Ilse Morn",
            "type": "Person",
            "area": {"name": "Oster"},
            "disambiguation": "x",
        },
        {"id": mbid("b"), "score": "87", "name": "Ilse", "life-span": {"ended": None}},
        {"id": mbid("c"), "score": 5, "name": None},
    ]
    reply = musicbrainz(as_json({"created": "", "count": 3, "artists": artists})).mb_search("ilse", 9)
    assert reply == FoundArtists(
        "ilse", (FoundArtist("Ilse Morn", ID, 100.0, None, "Person, Oster, x"), FoundArtist("Ilse", mbid("b"), 87.0))
    )


# ListenBrainz


def test_listenbrainz_has_two_hosts() -> None:
    assert bases("https://api.listenbrainz.org/") == [
        "https://api.listenbrainz.org/",
        "https://labs.api.listenbrainz.org/",
    ]
    assert bases("http://127.0.0.1:5/x/") == ["http://127.0.0.1:5/x/"] * 2


def test_similar_artists_of_listenbrainz() -> None:
    rows = [
        {"artist_mbid": mbid("b"), "name": "B", "score": 250, "reference_mbid": ID, "type": "Group", "comment": ""},
        {"artist_mbid": mbid("a"), "name": "A", "score": 1000, "reference_mbid": ID, "gender": None},
        {"artist_mbid": ID, "name": "Ilse Morn", "score": 5000, "reference_mbid": ID},
        {"artist_mbid": None, "name": "C", "score": None},
    ]
    assert listenbrainz(as_json(rows)).lb_similar(ID, 9) == SimilarArtists(
        ID, (Similar("A", 1.0, mbid("a")), Similar("B", 0.25, mbid("b")), Similar("C", 0.0))
    )
    assert listenbrainz(b"[]").lb_similar(ID, 9) == SimilarArtists(ID, ())


def test_popularity_in_the_order_of_ids_whatever_order_it_comes_in() -> None:
    asked = sorted([mbid("a"), mbid("b"), mbid("c")])
    rows = [
        {"artist_mbid": asked[2], "total_listen_count": None, "total_user_count": None},
        {"artist_mbid": asked[0], "total_listen_count": 1000, "total_user_count": 10},
        {"artist_mbid": mbid("not asked"), "total_listen_count": 1, "total_user_count": 1},
    ]
    assert listenbrainz(as_json(rows)).lb_popularity(asked) == (Popularity(asked[0], 10, 1000), Popularity(asked[2]))


# Whatever comes

QUESTIONS: dict[str, Callable[[bytes], object]] = {
    "similar_artists": lambda body: lastfm(body).similar_artists("x", 5),
    "similar_tracks": lambda body: lastfm(body).similar_tracks("x", "y", 5),
    "top_tracks": lambda body: lastfm(body).top_tracks("x", 5),
    "top_tags": lambda body: lastfm(body).top_tags("x"),
    "artist_info": lambda body: lastfm(body).artist_info("x"),
    "search_artists": lambda body: lastfm(body).search_artists("x", 5),
    "mb_search": lambda body: musicbrainz(body).mb_search("x", 5),
    "mb_artist": lambda body: musicbrainz(body).mb_artist(ID),
    "lb_similar": lambda body: listenbrainz(body).lb_similar(ID, 5),
    "lb_popularity": lambda body: listenbrainz(body).lb_popularity([ID]),
}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
TAGS = st.sampled_from(
    "lfm similarartists similartracks toptracks toptags results artistmatches artist track tag name match mbid count"
    " stats listeners playcount error".split()
)
MARKUP = st.recursive(
    TEXTS.map(lambda text: text.replace("<", "&lt;")),
    lambda inside: st.tuples(TAGS, st.lists(inside, max_size=4)).map(
        lambda node: f"<{node[0]}>{''.join(node[1])}</{node[0]}>"
    ),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    "id name artists artist_mbid score total_user_count total_listen_count tags genres relations life-span area url"
    " resource type count error".split()
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.just(ID),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(FIELDS, inside, max_size=5),
    max_leaves=12,
)
WORLD = World()
GOOD = {
    "lastfm": [WORLD.similar_artists("A", 3), WORLD.top_tracks("A", 2), WORLD.top_tags("A"), WORLD.artist_info("A")],
    "brainz": [WORLD.mb_search("Vale"), WORLD.mb_artist(ID), WORLD.lb_popularity(ID)],
}


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A good reply with something cut out, put in or said twice."""
    body = draw(st.sampled_from([*GOOD["lastfm"], *GOOD["brainz"]]))
    start, end = sorted(draw(st.tuples(st.integers(0, len(body)), st.integers(0, len(body)))))
    return body[:start] + draw(st.binary(max_size=8) | st.just(body[start:end] * 2)) + body[end:]


BODIES = st.one_of(
    st.binary(max_size=200),
    MARKUP.map(str.encode),
    MARKUP.map(lfm),
    VALUES.map(lambda value: json.dumps(value).encode()),
    spoilt(),
)


@given(body=BODIES, question=st.sampled_from(list(QUESTIONS)))
@settings(max_examples=600)
def test_any_body_is_an_answer_that_can_be_kept_or_a_typed_error(body: bytes, question: str) -> None:
    try:
        answer = QUESTIONS[question](body)
    except ServiceError:
        return
    kept = msgspec.json.encode(answer)
    assert len(kept) < 100_000
    assert (
        answer is None
        or msgspec.json.decode(kept, type=type(answer) if not isinstance(answer, tuple) else tuple[Popularity, ...])
        == answer
    )
    for text in strings(msgspec.to_builtins(answer)):
        assert text == shown(text)


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [text for each in inside for text in strings(each)]
