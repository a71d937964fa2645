"""Warming: what a budget buys, in which order, and that it goes on where it ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from tests.engine.worlds import plays_of
from tests.services.asking import KEY, hasty
from tests.services.server import Server
from tui_music.engine import popularity as popular
from tui_music.engine.candidate import Mode, Query
from tui_music.engine.gathering import gather
from tui_music.engine.listening import listening
from tui_music.errors import NotCached, Offline, ServiceError, ServiceRefused, ServiceUnavailable, Stopped
from tui_music.services.cache import DAY, CacheKey, ReplyCache
from tui_music.services.gateway import Services
from tui_music.services.planning import MANY, WORTH, Call, Coverage, Plan, Signal, plan
from tui_music.services.replies import (
    ArtistInfo,
    FoundArtist,
    FoundArtists,
    Popularity,
    Reply,
    Similar,
    SimilarArtists,
    Tag,
    TopTags,
    TopTrack,
    TopTracks,
)
from tui_music.services.warm import Progress, warm

NOW = 1_750_000_000
ASTER, BRAE, CAIRN = "Aster Vale", "Brae", "Cairn"
HOURS = [(ASTER, 60.0), (BRAE, 30.0), (CAIRN, 10.0)]
EVERYBODY = ("lb_popularity", "all of them")
IDS = {name: f"00000000-0000-4000-8000-00000000000{at}" for at, name in enumerate((ASTER, BRAE, CAIRN))}


def mbid_at(n: int) -> str:
    return f"10000000-0000-4000-8000-{n:012d}"


def similar(artist: str) -> SimilarArtists:
    return SimilarArtists(artist, (Similar("Ilse Morn", 1.0),))


def info(artist: str, **fields: Any) -> ArtistInfo:
    return ArtistInfo(artist, **{"listeners": 5_000, **fields})


def tags(artist: str) -> TopTags:
    return TopTags(artist, (Tag("dream pop", 100.0),))


def found(artist: str, mbid: str | None = None) -> FoundArtists:
    return FoundArtists(artist, (FoundArtist("Another", "0" * 36), FoundArtist(artist, mbid or IDS[artist])))


class Double:
    """Services that answer at once, from the same cache; ``trouble`` maps (method, artist) to what is raised."""

    def __init__(self, cache: ReplyCache) -> None:
        self.cache = cache
        self.asked: list[tuple[str, str]] = []
        self.popular: list[list[str]] = []  # the ids of each question for popularity
        self.trouble: dict[tuple[str, str], Exception] = {}
        self.unknown: set[str] = set()
        self.answers: dict[str, Callable[[str], Any]] = {
            "similar_artists": similar,
            "top_tags": tags,
            "top_tracks": lambda name: TopTracks(name, (TopTrack("Song", name),)),
            "artist_info": info,
            "mb_search": found,
            "lb_similar": similar,
            "mb_artist": lambda mbid: info(mbid, tags=(Tag("folk", 100.0),)),
        }

    def lb_popularity(self, mbids: Sequence[str]) -> Reply[tuple[Popularity, ...]]:
        self.asked.append(EVERYBODY)
        self.popular.append(list(mbids))
        if problem := self.trouble.get(("lb_popularity", "")):
            raise problem
        reply = tuple(Popularity(mbid, 10, 100) for mbid in mbids if mbid not in self.unknown)
        self.cache.put(CacheKey("listenbrainz", "lb_popularity", tuple(mbids)), msgspec.json.encode(reply))
        return Reply(reply, "listenbrainz", NOW)

    def __getattr__(self, method: str) -> Callable[..., Reply[Any]]:
        if method not in self.answers:
            raise AttributeError(method)
        service = {"lb": "listenbrainz", "mb": "musicbrainz"}.get(method[:2], "lastfm")

        def ask(who: str, *, cached: bool = False) -> Reply[Any]:
            key = CacheKey(service, method, (who,))
            kept = self.cache.get(key)
            if kept and self.cache.fresh(kept):
                value = None if kept.not_found else self.answers[method](who)
                return Reply(value, service, kept.fetched_at, from_cache=True)
            if cached:
                raise NotCached("not asked yet")
            self.asked.append((method, who))
            if problem := self.trouble.get((method, who)) or self.trouble.get((method, "")):
                if kept:
                    return Reply(self.answers[method](who), service, kept.fetched_at, stale=True, from_cache=True)
                raise problem
            value = None if who in self.unknown else self.answers[method](who)
            self.cache.put(key, None if value is None else msgspec.json.encode(value))
            return Reply(value, service, NOW)

        return ask


@pytest.fixture
def cache(home: Path) -> ReplyCache:
    return ReplyCache(home / "replies", clock=lambda: NOW)


@pytest.fixture
def double(cache: ReplyCache) -> Double:
    return Double(cache)


def services(double: Double) -> Services:
    return cast("Services", double)


def put(cache: ReplyCache, method: str, name: str, value: object, age: int = 0, service: str = "lastfm") -> None:
    payload = None if value is None else msgspec.json.encode(value)
    cache.put(CacheKey(service, method, (name,)), payload, fetched_at=NOW - age)


def asked(calls: Sequence[Call]) -> list[tuple[str, str]]:
    return [(call.method, call.artist) for call in calls]


class TestPlan:
    def test_in_the_order_of_what_a_call_covers(self, cache: ReplyCache) -> None:
        made = plan(HOURS, cache)
        assert asked(made.calls) == [
            ("similar_artists", ASTER),  # 60 hours, worth 4: 240
            ("top_tags", ASTER),  # 120
            ("similar_artists", BRAE),  # 120, by name after Aster
            ("top_tracks", ASTER),  # 60
            ("artist_info", ASTER),
            ("top_tags", BRAE),
            ("similar_artists", CAIRN),  # 40
            ("top_tracks", BRAE),  # 30
            ("artist_info", BRAE),
            ("top_tags", CAIRN),
            ("top_tracks", CAIRN),
            ("artist_info", CAIRN),
            EVERYBODY,
        ]
        assert (made.left, made.before.whole) == (0, 0.0)
        assert made.after.whole == pytest.approx(1.0)
        assert made.seconds == pytest.approx(11 * 0.27 + 1.1)

    def test_a_budget_and_what_it_buys(self, cache: ReplyCache) -> None:
        made = plan(HOURS, cache, budget=3)
        assert asked(made.calls) == [("similar_artists", ASTER), ("top_tags", ASTER), ("similar_artists", BRAE)]
        assert made.left == 10
        assert made.after.shares == {
            Signal.SIMILAR: pytest.approx(0.9),
            Signal.TAGS: pytest.approx(0.6),
            Signal.TRACKS: 0.0,
            Signal.LISTENERS: 0.0,
        }
        assert made.after.whole == pytest.approx((4 * 0.9 + 2 * 0.6) / 8)
        assert made.sentence == "3 calls: 0 % → 60 % of your hours covered"
        assert plan(HOURS, cache, budget=1).sentence == "1 call: 0 % → 30 % of your hours covered"
        assert plan(HOURS, cache, budget=0).calls == ()
        assert plan(HOURS, cache, budget=10**9).left == 0

    def test_no_other_order_covers_more(self, cache: ReplyCache) -> None:
        put(cache, "top_tags", BRAE, tags(BRAE))
        put(cache, "similar_artists", ASTER, similar(ASTER))
        best = plan(HOURS, cache)
        worth = {
            call: WORTH[signal] * dict(HOURS)[call.artist]
            for call in best.calls[:-1]
            for signal, method in zip(Signal, ("similar_artists", "top_tags", "top_tracks", "artist_info"), strict=True)
            if call.method == method
        }
        for budget in range(len(best.calls)):
            mine = plan(HOURS, cache, budget)
            most = sum(sorted(worth.values(), reverse=True)[:budget])
            assert mine.after.whole - mine.before.whole == pytest.approx(most / 800)

    def test_what_is_kept_is_covered_and_not_asked_again(self, cache: ReplyCache) -> None:
        put(cache, "similar_artists", "ASTER  VALE", similar(ASTER))
        put(cache, "artist_info", BRAE, info(BRAE, tags=(Tag("folk", 50.0),)))
        made = plan(HOURS, cache)
        assert made.before.shares == {
            Signal.SIMILAR: pytest.approx(0.6),
            Signal.TAGS: pytest.approx(0.3),
            Signal.TRACKS: 0.0,
            Signal.LISTENERS: pytest.approx(0.3),
        }
        assert ("similar_artists", ASTER) not in asked(made.calls)
        assert ("artist_info", BRAE) not in asked(made.calls)
        assert asked(made.calls)[-2] == ("top_tags", BRAE), "a second source comes last"

    def test_old_replies_cover_but_are_asked_for_last(self, cache: ReplyCache) -> None:
        put(cache, "similar_artists", ASTER, similar(ASTER), age=60 * DAY)
        put(cache, "similar_artists", CAIRN, similar(CAIRN), age=60 * DAY)
        made = plan(HOURS, cache)
        assert made.before.shares[Signal.SIMILAR] == pytest.approx(0.7)
        assert asked(made.calls)[-3:-1] == [("similar_artists", ASTER), ("similar_artists", CAIRN)]
        assert made.after.whole == pytest.approx(1.0)

    def test_what_is_not_known_is_left_for_a_week(self, cache: ReplyCache) -> None:
        put(cache, "top_tags", ASTER, None, age=3 * DAY)
        put(cache, "top_tags", BRAE, None, age=8 * DAY)
        made = plan(HOURS, cache)
        assert made.before.shares[Signal.TAGS] == 0.0
        assert ("top_tags", ASTER) not in asked(made.calls)
        assert ("top_tags", BRAE) in asked(made.calls)

    def test_an_empty_reply_covers_nothing(self, cache: ReplyCache) -> None:
        put(cache, "similar_artists", ASTER, SimilarArtists(ASTER, ()))
        put(cache, "top_tags", ASTER, TopTags(ASTER, ()))
        put(cache, "top_tracks", ASTER, TopTracks(ASTER, ()))
        put(cache, "artist_info", ASTER, ArtistInfo(ASTER))
        made = plan(HOURS, cache)
        assert made.before.whole == 0.0
        assert ASTER not in {call.artist for call in made.calls}

    def test_the_estimate_learns_from_what_was_not_found(self, cache: ReplyCache) -> None:
        """Of nine artists asked about four were known: the next is expected to be with (4 + 1) / (9 + 1)."""
        for at in range(9):
            put(cache, "top_tags", f"Other {at}", tags("x") if at < 4 else None)
        made = plan([(ASTER, 1.0)], cache)
        assert made.after.shares[Signal.TAGS] == pytest.approx(0.5)
        assert made.after.shares[Signal.SIMILAR] == pytest.approx(1.0)

    def test_names_that_fold_to_the_same_are_one(self, cache: ReplyCache) -> None:
        made = plan([(ASTER, 1.0), (BRAE, 1.5), ("ASTER VALE", 1.0), ("\u200b", 50.0), ("Never", 0.0)], cache, budget=1)
        assert asked(made.calls) == [("similar_artists", ASTER)]
        assert made.after.shares[Signal.SIMILAR] == pytest.approx(2 / 3.5)

    def test_nothing_to_do(self, cache: ReplyCache) -> None:
        made = plan([], cache)
        assert (made.calls, made.before.whole, made.after.whole, made.seconds) == ((), 0.0, 0.0, 0)
        assert made.sentence == "0 calls: 0 % → 0 % of your hours covered"

    def test_what_another_version_kept_is_passed_over(self, cache: ReplyCache) -> None:
        for method, payload in (("similar_artists", b"[5]"), ("mb_search", b'{"artists": 5}'), ("artist_info", b'"x"')):
            cache.put(CacheKey("lastfm", method, (ASTER,)), payload)
        assert plan(HOURS, cache).before.whole == 0.0
        assert plan(HOURS, cache, key=False).before.whole == 0.0


class TestPlanWithoutKey:
    def test_ids_are_searched_first(self, cache: ReplyCache) -> None:
        made = plan(HOURS, cache, key=False)
        assert asked(made.calls) == [
            *(("mb_search", ASTER), ("lb_similar", ASTER), ("mb_artist", ASTER)),
            *(("mb_search", BRAE), ("lb_similar", BRAE), ("mb_artist", BRAE)),
            *(("mb_search", CAIRN), ("lb_similar", CAIRN), ("mb_artist", CAIRN)),
            EVERYBODY,
        ]
        assert made.after.shares == {
            Signal.SIMILAR: pytest.approx(1.0),
            Signal.TAGS: pytest.approx(1.0),
            Signal.TRACKS: 0.0,
            Signal.LISTENERS: pytest.approx(1.0),
        }
        assert made.seconds == pytest.approx(6 * 1.1), "two of three to MusicBrainz: ListenBrainz is asked meanwhile"

    def test_known_ids_cost_no_search(self, cache: ReplyCache) -> None:
        put(cache, "mb_search", BRAE, found(BRAE), service="musicbrainz")
        put(cache, "artist_info", CAIRN, info(CAIRN, mbid=IDS[CAIRN]))
        put(cache, "lb_similar", IDS[BRAE], similar("x"), service="listenbrainz")
        made = plan(HOURS, cache, key=False)
        assert made.before.shares[Signal.SIMILAR] == pytest.approx(0.3)
        assert made.calls == (
            Call(*EVERYBODY),  # who is known already
            Call("mb_search", ASTER),  # 60 hours, worth 6, in three calls: 120
            Call("lb_similar", ASTER),
            Call("mb_artist", ASTER),
            Call("mb_artist", BRAE, IDS[BRAE]),  # 60
            Call("lb_similar", CAIRN, IDS[CAIRN]),  # 40
            Call("mb_artist", CAIRN, IDS[CAIRN]),
            Call(*EVERYBODY),  # who was found meanwhile
        )

    def test_an_artist_that_musicbrainz_does_not_know_by_that_name(self, cache: ReplyCache) -> None:
        put(cache, "mb_search", ASTER, FoundArtists(ASTER, (FoundArtist("Aster Valley", IDS[ASTER]),)))
        put(cache, "mb_search", BRAE, None)
        made = plan(HOURS, cache, key=False)
        assert {call.artist for call in made.calls[:-1]} == {CAIRN}
        assert made.after.shares[Signal.SIMILAR] == pytest.approx(0.1 / 3), (
            "one of three searches is expected to find it"
        )

    def test_half_an_artist_fits(self, cache: ReplyCache) -> None:
        made = plan(HOURS, cache, budget=2, key=False)
        assert asked(made.calls) == [("mb_search", ASTER), ("lb_similar", ASTER)]
        assert made.after.whole == pytest.approx(0.6 * 4 / 8)


class TestWarm:
    def test_everything(self, double: Double, cache: ReplyCache) -> None:
        seen: list[Progress] = []
        double.unknown = {CAIRN}
        ticks = iter(range(100))
        done = warm(services(double), plan(HOURS, cache), seen.append, clock=lambda: float(next(ticks)))
        assert (done.of, done.done, done.found, done.unknown, done.failed, done.stopped) == (12, 12, 8, 4, 0, "")
        assert replace(seen[-1], of=12) == done, "no reply named an id: nobody's popularity can be asked for"
        assert [(each.done, each.artist, each.seconds) for each in seen[:2]] == [(1, ASTER, 12.0), (2, ASTER, 11.0)]
        after = plan(HOURS, cache)
        assert after.calls == ()
        assert after.before.whole == pytest.approx(0.9)

    def test_without_key(self, double: Double, cache: ReplyCache) -> None:
        double.unknown = {BRAE, IDS[CAIRN]}
        done = warm(services(double), plan(HOURS, cache, key=False))
        assert (done.done, done.found, done.unknown) == (10, 5, 5)
        assert ("lb_similar", IDS[ASTER]) in double.asked
        assert not any(method in ("lb_similar", "mb_artist") and who == IDS[BRAE] for method, who in double.asked)
        after = plan(HOURS, cache, key=False)
        assert after.calls == ()
        assert after.before.shares[Signal.SIMILAR] == pytest.approx(0.6)
        assert double.popular == [[IDS[ASTER], IDS[CAIRN]]]
        assert after.before.shares[Signal.LISTENERS] == pytest.approx(0.6), "who was asked about, but is not known"

    def test_it_goes_on_where_it_ended(self, double: Double, cache: ReplyCache) -> None:
        whole = plan(HOURS, cache)
        for _ in range(3):
            warm(services(double), plan(HOURS, cache, budget=5))
        assert double.asked == asked(whole.calls[:-1])
        assert warm(services(double), whole).done == 12
        assert len(double.asked) == 12, "an old plan asks nothing twice"

    def test_cancelled(self, double: Double, cache: ReplyCache) -> None:
        done = warm(services(double), plan(HOURS, cache), cancelled=lambda: len(double.asked) == 4)
        assert (done.done, done.of, done.stopped) == (4, 13, "It was cancelled.")
        assert len(double.asked) == 4
        assert asked(plan(HOURS, cache).calls)[0] == ("artist_info", ASTER)

    def test_a_failure_is_passed_over(self, double: Double, cache: ReplyCache) -> None:
        double.trouble = {("top_tags", ASTER): ServiceUnavailable("Last.fm did not answer in time.")}
        done = warm(services(double), plan(HOURS, cache))
        assert (done.done, done.found, done.failed, done.stopped) == (12, 11, 1, "")
        assert asked(plan(HOURS, cache).calls) == [("top_tags", ASTER)], "the next run tries it again"

    def test_a_failed_search_is_passed_over(self, double: Double, cache: ReplyCache) -> None:
        double.trouble = {("mb_search", ASTER): ServiceUnavailable("MusicBrainz asked for fewer calls.")}
        done = warm(services(double), plan(HOURS, cache, key=False))
        assert (done.done, done.found, done.failed, done.stopped) == (10, 7, 3, "")

    def test_it_ends_when_nothing_works(self, double: Double, cache: ReplyCache) -> None:
        problem = ServiceUnavailable("Last.fm is left alone for 5 minutes.")
        double.trouble = {(method, ""): problem for method in double.answers}
        done = warm(services(double), plan(HOURS, cache))
        assert (done.done, done.failed) == (5, 5)
        assert done.stopped == "5 calls in a row failed. Last.fm is left alone for 5 minutes."

    def test_old_replies_in_place_of_new_ones_are_failures(self, double: Double, cache: ReplyCache) -> None:
        for name, _ in HOURS:
            for method in ("similar_artists", "top_tags", "top_tracks", "artist_info"):
                put(cache, method, name, double.answers[method](name), age=60 * DAY)
        double.trouble = {(method, ""): ServiceUnavailable("No connection.") for method in double.answers}
        done = warm(services(double), plan(HOURS, cache))
        assert (done.failed, done.stopped) == (5, "5 calls in a row failed.")

    @pytest.mark.parametrize("problem", [ServiceRefused("Last.fm refuses the key."), Offline("Off."), Stopped("Bye.")])
    def test_it_stops_at_once(self, problem: ServiceError, double: Double, cache: ReplyCache) -> None:
        double.trouble = {("top_tags", ASTER): problem}
        done = warm(services(double), plan(HOURS, cache))
        assert (done.done, done.found, done.failed, done.stopped) == (1, 1, 0, str(problem))

    def test_it_ends_when_nothing_can_be_kept(self, double: Double, cache: ReplyCache) -> None:
        made = plan(HOURS, cache)
        cache.folder.parent.mkdir(parents=True, exist_ok=True)
        cache.folder.write_text("no folder")
        done = warm(services(double), made)
        assert (done.done, done.found, len(double.asked)) == (1, 1, 1)
        assert done.stopped.endswith("new replies are not kept.")

    def test_an_empty_plan(self, double: Double) -> None:
        nothing = Plan((), 0, Coverage({}), Coverage({}), 0.0)
        assert warm(services(double), nothing) == Progress(0)


class TestPopularity:
    """Of a thousand artists in one call: the artists themselves, and whom they are like."""

    @staticmethod
    def like(artist: str, *ids: int) -> SimilarArtists:
        named = (Similar(f"New {n}", 1 / (place + 1), mbid_at(n)) for place, n in enumerate(ids))
        return SimilarArtists(artist, (*named, Similar("Nameless", 1.0), Similar("Odd", 1.0, "no id")))

    def test_those_first_who_matter_most(self, double: Double, cache: ReplyCache) -> None:
        put(cache, "artist_info", BRAE, ArtistInfo(BRAE, mbid=IDS[BRAE]))
        put(cache, "similar_artists", ASTER, self.like(ASTER, 1, 2))  # 60 %, 30 %
        put(cache, "lb_similar", IDS[BRAE], self.like(BRAE, 3, 2), service="listenbrainz")  # 30 %, 15 %: in all 45 %
        warm(services(double), plan(HOURS, cache, budget=1))
        assert double.popular == [[mbid_at(1), mbid_at(2), IDS[BRAE], mbid_at(3)]]  # Brae before New 3, by the id

    def test_they_are_covered_by_it(self, double: Double, cache: ReplyCache) -> None:
        put(cache, "artist_info", BRAE, ArtistInfo(BRAE, mbid=IDS[BRAE]))
        made = plan(HOURS, cache, budget=1)
        assert made.after.shares[Signal.LISTENERS] == pytest.approx(0.3)
        warm(services(double), made)
        assert plan(HOURS, cache).before.shares[Signal.LISTENERS] == pytest.approx(0.3)
        assert EVERYBODY not in asked(plan(HOURS, cache, budget=6).calls), "it is not asked again"

    def test_a_thousand_at_once(self, double: Double, cache: ReplyCache) -> None:
        put(cache, "similar_artists", ASTER, self.like(ASTER, *range(2 * MANY + 1)))
        calls = asked(plan([(ASTER, 1.0)], cache).calls)
        assert [place for place, call in enumerate(calls) if call == EVERYBODY] == [0, 4, 5]
        warm(services(double), plan([(ASTER, 1.0)], cache))
        assert [len(ids) for ids in double.popular] == [MANY, MANY, 1]
        assert plan([(ASTER, 1.0)], cache).calls == ()

    def test_between_the_others(self, cache: ReplyCache) -> None:
        """So that ending early leaves no one out for long: every 25th call is for whoever was named meanwhile."""
        many = [(f"Artist {n:02d}", 100.0 - n) for n in range(20)]
        for key in (True, False):
            calls = asked(plan(many, cache, key=key).calls)
            places = [place + 1 for place, call in enumerate(calls) if call == EVERYBODY]
            assert places[:2] == [25, 50]
            assert places[-1] == len(calls)
            assert asked(plan(many, cache, budget=50, key=key).calls) == calls[:50]

    def test_old_figures_are_asked_for_again(self, double: Double, cache: ReplyCache) -> None:
        put(cache, "similar_artists", ASTER, self.like(ASTER, 1, 2))
        ids = (mbid_at(1), mbid_at(2))
        for age, mbid in zip((60 * DAY, DAY), ids, strict=True):
            reply = msgspec.json.encode((Popularity(mbid, 1),))
            cache.put(CacheKey("listenbrainz", "lb_popularity", (mbid,)), reply, fetched_at=NOW - age)
        warm(services(double), plan([(ASTER, 1.0)], cache, budget=1))
        assert double.popular == [[ids[0]]]

    def test_listenbrainz_failing_stops_nothing_else(self, double: Double, cache: ReplyCache) -> None:
        put(cache, "similar_artists", ASTER, self.like(ASTER, *range(9 * MANY)))
        double.trouble = {("lb_popularity", ""): ServiceUnavailable("ListenBrainz did not answer in time.")}
        done = warm(services(double), plan([(f"Artist {n}", 1.0) for n in range(30)] + [(ASTER, 2.0)], cache))
        assert (done.found, done.failed, done.stopped) == (123, 9, "")


class TestWithTheServices:
    @pytest.fixture
    def server(self) -> Iterator[Server]:
        with Server() as server:
            yield server

    @pytest.fixture(autouse=True)
    def key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

    def test_a_train_ride(self, server: Server, home: Path) -> None:
        """Warmed in two runs, everything is answered with no network."""
        artists = [("Ilse Morn", 60.0), ("Tomo Vale", 30.0), ("Nobody at all", 10.0)]
        for budget in (5, None):
            with hasty(server, home) as asked:
                made = plan(artists, asked.cache, budget)
                done = warm(asked, made)
        assert (done.done, done.found, done.unknown, done.failed, done.stopped) == (8, 4, 4, 0, "")
        assert (server.count("lastfm"), server.count("listenbrainz"), server.count()) == (12, 1, 13)
        with Services(server.settings(home), offline=True) as offline:
            made = plan(artists, offline.cache)
            assert made.calls == ()
            assert made.before.whole == pytest.approx(0.9)
            replies = (
                offline.similar_artists("ilse morn"),
                offline.top_tags("Ilse Morn"),
                offline.top_tracks("Tomo Vale"),
                offline.artist_info("Tomo Vale"),
            )
            assert all(reply.from_cache and reply.value for reply in replies)
            assert offline.artist_info("Nobody at all").value is None
        assert server.count() == 13

    def test_without_key(self, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("LASTFM_API_KEY")
        artists = [("Ilse Morn", 60.0), ("Tomo Vale", 30.0), ("Nobody at all", 10.0)]
        with hasty(server, home) as asked:
            done = warm(asked, plan(artists, asked.cache, key=False))
            after = plan(artists, asked.cache, key=False)
        assert (done.done, done.failed, done.stopped) == (10, 0, "")
        assert [server.count(service) for service in ("lastfm", "musicbrainz", "listenbrainz")] == [0, 5, 3]
        assert after.calls == ()
        assert after.before.shares[Signal.LISTENERS] == pytest.approx(0.9)
        assert after.before.shares[Signal.SIMILAR] == after.before.shares[Signal.TAGS] == pytest.approx(0.9)

    def test_artists_to_discover_differ_in_popularity_without_a_key(
        self, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was fetched reaches the engine: nine of ten hours' artists, and all whom they are like."""
        monkeypatch.delenv("LASTFM_API_KEY")
        history = plays_of(**{"Ilse Morn": [1, 2, 3], "Tomo Vale": [3]})
        with hasty(server, home) as asked:
            warm(asked, plan([("Ilse Morn", 60.0), ("Tomo Vale", 30.0)], asked.cache, key=False))
            heard = listening(history, "UTC")
            knowledge = gather(asked.cache, history.names, heard.plays)
        world, popularity = server.world, popular.Popularity().fit(heard, knowledge)
        names = knowledge.artists
        assert len(names) == len(world.names)
        assert knowledge.listeners.tolist() == [world.listeners(name) for name in names]
        query = Query(Mode.DISCOVER, 0)
        scores = popularity.scores(query)
        assert scores[names.index("Óscar Lumen")] == pytest.approx(math.log1p(world.listeners("Óscar Lumen")))
        assert len(set(scores.tolist())) == len(names)

    def test_a_refused_key_ends_it(self, server: Server, home: Path) -> None:
        server.fault = "error 10"
        with hasty(server, home) as asked:
            done = warm(asked, plan(HOURS, asked.cache))
        assert (done.done, server.count()) == (0, 1)
        assert "key" in done.stopped
        assert KEY not in done.stopped

    def test_a_service_that_fails_is_left_alone(self, server: Server, home: Path) -> None:
        server.fault = "HTTP 500"
        with hasty(server, home) as asked:
            done = warm(asked, plan(HOURS, asked.cache))
        assert (done.done, done.failed) == (5, 5)
        assert done.stopped.startswith("5 calls in a row failed. Last.fm is left alone")
        server.fault = None
        with hasty(server, home / "another") as asked:
            assert warm(asked, plan(HOURS, asked.cache)).found == 13

    def test_quitting_ends_it(self, server: Server, home: Path) -> None:
        with hasty(server, home) as asked:
            made = plan(HOURS, asked.cache)
            done = warm(asked, made, progress=lambda progress: asked.close() if progress.done == 3 else None)
        assert (done.done, done.found) == (3, 3)
        assert done.stopped
