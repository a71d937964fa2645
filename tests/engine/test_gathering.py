"""From replies to knowledge: one space of artists, whoever names them and however."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.engine.worlds import FETCHED, plays_of
from tests.histories import make_history
from tui_music.engine.gathering import Answer, codes, from_arrays, gather, learn, to_arrays
from tui_music.engine.ground import nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import listening
from tui_music.engine.models import load, save
from tui_music.library.history import History
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.services.replies import (
    ArtistInfo,
    FoundArtist,
    FoundArtists,
    Popularity,
    Similar,
    SimilarArtists,
    Tag,
    TopTags,
)

MBID = "0b51d25f-85c4-4d7d-9b0b-{:012d}"
HISTORY = plays_of(Björk=[1, 2], Ilse=[3])
SERVICE = {"mb_": "musicbrainz", "lb_": "listenbrainz"}


def near(*artist: str, **match: float) -> SimilarArtists:
    return SimilarArtists("".join(artist), tuple(Similar(name.replace("_", " "), m) for name, m in match.items()))


def answer(name: str, value: SimilarArtists | TopTags | ArtistInfo | Popularity, at: int = FETCHED) -> Answer:
    return Answer(name, value, at)


def taught(*answers: Answer, history: History = HISTORY) -> Knowledge:
    return learn(nothing_known(history.names), listening(history, "UTC", FETCHED).plays, answers)


def rows(knowledge: Knowledge) -> dict[str, dict[str, float]]:
    """The similarity that was answered, by names."""
    found: dict[str, dict[str, float]] = {}
    for row, column in zip(*(part.tolist() for part in knowledge.similar.nonzero()), strict=True):
        match = round(float(knowledge.similar[row, column]), 6)
        found.setdefault(knowledge.artists[row], {})[knowledge.artists[column]] = match
    return found


def tags_of(knowledge: Knowledge, name: str) -> dict[str, float]:
    row = knowledge.tags.toarray()[knowledge.artists.index(name)]
    return {tag: float(count) for tag, count in zip(knowledge.tag_names, row, strict=True) if count}


class TestNames:
    def test_names_are_one_artist_when_they_fold_to_the_same_and_the_library_spells_them(self) -> None:
        knowledge = taught(
            answer("Ilse", near("ILSE", BJORK=1.0, Tallow=0.5)), answer("bjork", near("Bjork", ilse=0.4))
        )
        assert rows(knowledge) == {"Ilse": {"Björk": 1.0, "Tallow": 0.5}, "Björk": {"Ilse": 0.4}}
        assert knowledge.artists == [*HISTORY.names.artists, "Tallow"]
        assert knowledge.own == 2

    def test_others_are_spelt_as_most_services_do(self) -> None:
        knowledge = taught(
            answer("Ilse", near("Ilse", TALLOW=0.5)),
            answer("Björk", near("Björk", Tallow=0.5)),
            answer("tallow", near("Tallow", Ilse=1.0)),
        )
        assert knowledge.artists[knowledge.own :] == ["Tallow"]

    def test_of_a_librarys_namesakes_the_one_with_most_plays_is_meant(self) -> None:
        for seed in range(4):
            played = [(day, name, "song") for day, name in enumerate(["SIGUR", "Sigur", "Sigur", "sigur", "Ilse"])]
            history = make_history(played, shuffle_codes=seed)
            knowledge = taught(answer("Ilse", near("Ilse", Sigur=1.0)), history=history)
            assert rows(knowledge) == {"Ilse": {"Sigur": 1.0}}

    def test_a_name_that_a_service_corrects_stays_the_one_that_was_asked_about(self) -> None:
        knowledge = taught(answer("Ilse", near("Ilse Morn Official", Tallow=1.0)))
        assert rows(knowledge) == {"Ilse": {"Tallow": 1.0}}
        assert "Ilse Morn Official" not in knowledge.artists

    def test_nobody_is_like_himself_and_nameless_ones_are_nobody(self) -> None:
        knowledge = taught(answer("Ilse", near("Ilse", ilse=1.0)), answer("", near("", Tallow=1.0)))
        assert rows(knowledge) == {}
        assert "" not in knowledge.artists

    def test_codes_say_whom_a_folded_name_means(self) -> None:
        knowledge = taught(answer("Ilse", near("Ilse", Ægir=1.0)))
        code_of = codes(knowledge, listening(HISTORY, "UTC", FETCHED).plays)
        assert {name: knowledge.artists[code] for name, code in code_of.items()} == {
            "bjork": "Björk",
            "ilse": "Ilse",
            "aegir": "Ægir",
        }


class TestRows:
    def test_the_larger_of_two_matches_stays_in_whatever_order_they_come(self) -> None:
        one, other = answer("Ilse", near("Ilse", Tallow=0.4, Moth=0.9)), answer("Ilse", near("x", Tallow=0.7, Grey=0.1))
        expected = {"Ilse": {"Tallow": 0.7, "Moth": 0.9, "Grey": 0.1}}
        assert rows(taught(one, other)) == rows(taught(other, one)) == expected

    def test_who_was_asked_when(self) -> None:
        knowledge = taught(
            answer("Ilse", near("Ilse", Tallow=1.0), at=50),
            answer("Ilse", near("Ilse", Tallow=1.0), at=70),
            answer("Tallow", TopTags("Tallow", ()), at=60),
        )
        by_name = dict(zip(knowledge.artists, zip(knowledge.asked, knowledge.tagged, strict=True), strict=True))
        assert by_name == {"Björk": (0, 0), "Ilse": (70, 0), "Tallow": (0, 60)}

    def test_tags_leave_out_names_and_noise_and_are_one_when_they_fold_to_the_same(self) -> None:
        tags = (Tag("Ilse", 100), Tag("seen live", 90), Tag("Hip-Hop", 80), Tag("hip hop", 60), Tag("empty", 0))
        knowledge = taught(
            answer("Ilse", TopTags("Ilse", tags)), answer("Björk", ArtistInfo("Björk", tags=(Tag("hip hop", 100),)))
        )
        assert tags_of(knowledge, "Ilse") == {"hip hop": 80}
        assert tags_of(knowledge, "Björk") == {"hip hop": 100}

    def test_listeners_are_the_latest_of_lastfm_and_else_those_of_listenbrainz_in_its_measure(self) -> None:
        """Where both know an artist Last.fm has 100 and 300 times as many: 200 in the middle."""
        knowledge = taught(
            answer("Ilse", ArtistInfo("Ilse", listeners=900), at=2),
            answer("Ilse", ArtistInfo("Ilse", listeners=1_000), at=3),
            answer("Björk", ArtistInfo("Björk", listeners=3_000)),
            answer("Tallow", ArtistInfo("Tallow")),
            answer("Ilse", Popularity("x", listeners=10)),
            answer("Björk", Popularity("x", listeners=10)),
            answer("Tallow", Popularity("x", listeners=7)),
            answer("Moth", near("Moth", Grey=1.0)),
        )
        listeners = dict(zip(knowledge.artists, knowledge.listeners.tolist(), strict=True))
        assert [listeners[name] for name in ("Ilse", "Björk", "Tallow")] == [1_000, 3_000, 1_400]
        assert np.isnan([listeners["Moth"], listeners["Grey"]]).all()


class TestLearningMore:
    def test_codes_stay_and_new_ones_come_behind(self) -> None:
        first = answer("Ilse", near("Ilse", Tallow=1.0, Moth=0.5))
        then = [
            answer("Moth", near("Moth", Aaron=1.0, Ilse=0.2)),
            answer("Moth", TopTags("Moth", (Tag("a", 100),))),
            answer("Tallow", ArtistInfo("Tallow", listeners=5)),
        ]
        before = taught(first, answer("Ilse", TopTags("Ilse", (Tag("b", 100),))))
        after = learn(before, np.array([2, 1]), then)
        assert after.artists == [*before.artists, "Aaron"]
        assert after.tag_names == ["b", "a"]
        assert rows(after) == {"Ilse": {"Tallow": 1.0, "Moth": 0.5}, "Moth": {"Aaron": 1.0, "Ilse": 0.2}}
        assert (tags_of(after, "Ilse"), tags_of(after, "Moth")) == ({"b": 100}, {"a": 100})
        assert after.asked[after.artists.index("Moth")] == FETCHED
        assert after.listeners[after.artists.index("Tallow")] == 5

    def test_bit_by_bit_it_is_the_same_as_at_once(self) -> None:
        answers = [
            answer("Ilse", near("Ilse", Tallow=1.0, Moth=0.5)),
            answer("Moth", near("Moth", Ilse=1.0, Grey=0.4)),
            answer("Grey", TopTags("Grey", (Tag("x", 100), Tag("y", 5)))),
        ]
        at_once = taught(*answers)
        step_by_step = nothing_known(HISTORY.names)
        for each in answers:
            step_by_step = learn(step_by_step, np.array([2, 1]), [each])
        assert rows(step_by_step) == rows(at_once)
        assert sorted(step_by_step.artists) == sorted(at_once.artists)
        assert tags_of(step_by_step, "Grey") == tags_of(at_once, "Grey")

    def test_nothing_new_changes_nothing(self) -> None:
        before = taught(answer("Ilse", near("Ilse", Tallow=1.0)))
        after = learn(before, np.array([2, 1]), [])
        assert (after.artists, rows(after)) == (before.artists, rows(before))


class TestCache:
    def kept(self, folder: Path, *replies: tuple[str, str, object]) -> Knowledge:
        cache = ReplyCache(folder)
        for method, asked, value in replies:
            key = CacheKey(SERVICE.get(method[:3], "lastfm"), method, (asked,))
            cache.put(key, None if value is None else msgspec.json.encode(value), FETCHED)
        cache.close()
        return gather(cache, HISTORY.names, listening(HISTORY, "UTC", FETCHED).plays)

    def test_replies_of_all_services_are_gathered(self, tmp_path: Path) -> None:
        knowledge = self.kept(
            tmp_path / "replies",
            ("similar_artists", "Ilse", near("Ilse", Tallow=0.5)),
            ("top_tags", "Ilse", TopTags("Ilse", (Tag("folk", 100),))),
            ("artist_info", "Ilse", ArtistInfo("Ilse", mbid=MBID.format(1), listeners=500)),
            ("lb_similar", MBID.format(1), near(MBID.format(1), Tallow=0.9, Moth=1.0)),
            ("mb_artist", MBID.format(1), ArtistInfo("イルゼ", mbid=MBID.format(1), tags=(Tag("waltz", 100),))),
            ("lb_popularity", MBID.format(1), (Popularity(MBID.format(1), listeners=5),)),
            ("similar_artists", "Björk", None),
            ("similar_artists", "Nobody", None),
        )
        assert rows(knowledge) == {"Ilse": {"Tallow": 0.9, "Moth": 1.0}}
        assert tags_of(knowledge, "Ilse") == {"folk": 100, "waltz": 100}
        assert knowledge.artists == [*HISTORY.names.artists, "Moth", "Tallow"]
        assert knowledge.listeners[knowledge.artists.index("Ilse")] == 500
        assert knowledge.asked[knowledge.artists.index("Björk")] == FETCHED

    @pytest.mark.parametrize(
        ("method", "asked", "value"),
        [
            ("mb_search", "Ilse", FoundArtists("Ilse", (FoundArtist("イルゼ", MBID.format(1)),))),
            ("mb_search", "Ilse", FoundArtists("Ilse", (FoundArtist("Else"), FoundArtist("ILSE", MBID.format(1))))),
            ("similar_artists", "Björk", SimilarArtists("Björk", (Similar("Ilse", 1.0, MBID.format(1)),))),
            ("mb_artist", MBID.format(1), ArtistInfo("Ilse", mbid=MBID.format(1))),
        ],
    )
    def test_any_reply_may_say_whose_id_it_is(self, tmp_path: Path, method: str, asked: str, value: object) -> None:
        knowledge = self.kept(
            tmp_path / "replies", (method, asked, value), ("lb_similar", MBID.format(1), near("", Tallow=1.0))
        )
        assert rows(knowledge)["Ilse"] == {"Tallow": 1.0}

    def test_of_an_id_of_nobody_nothing_is_known(self, tmp_path: Path) -> None:
        knowledge = self.kept(tmp_path / "replies", ("lb_similar", MBID.format(1), near("", Tallow=1.0)))
        assert (knowledge.is_empty, len(knowledge)) == (True, 2)

    def test_a_reply_of_another_version_is_passed_over(self, tmp_path: Path) -> None:
        knowledge = self.kept(
            tmp_path / "replies",
            ("similar_artists", "Ilse", {"names": ["x"]}),
            ("similar_artists", "Björk", near("Björk", Tallow=1.0)),
        )
        assert rows(knowledge) == {"Björk": {"Tallow": 1.0}}

    def test_without_a_cache_nothing_is_known(self, tmp_path: Path) -> None:
        knowledge = gather(ReplyCache(tmp_path / "none"), HISTORY.names, np.array([2, 1]))
        assert knowledge.is_empty
        assert knowledge.artists == HISTORY.names.artists


class TestArrays:
    def test_they_are_stored_and_opened_again(self, tmp_path: Path) -> None:
        knowledge = taught(
            answer("Ilse", near("Ilse", Tallow=1.0, Ægir=0.5)),
            answer("Tallow", TopTags("Tallow", (Tag("dream pop", 100),))),
            answer("Björk", ArtistInfo("Björk", listeners=10)),
        )
        save(tmp_path / "knowledge.npz", to_arrays(knowledge), 1, {})
        again = from_arrays(load(tmp_path / "knowledge.npz").arrays)
        assert (again.artists, again.own, again.tag_names) == (knowledge.artists, knowledge.own, knowledge.tag_names)
        assert rows(again) == rows(knowledge)
        assert tags_of(again, "Tallow") == {"dream pop": 100}
        for column in ("listeners", "asked", "tagged"):
            np.testing.assert_array_equal(getattr(again, column), getattr(knowledge, column))
        assert (again.similar.dtype, again.tags.dtype) == (np.float32, np.float32)

    def test_nothing_is_stored_too(self) -> None:
        again = from_arrays(to_arrays(nothing_known(HISTORY.names)))
        assert (again.is_empty, again.artists) == (True, HISTORY.names.artists)

    @pytest.mark.parametrize(
        "damage",
        [
            {"similar_index": np.array([7_000], np.int32)},
            {"similar_index": np.array([-1], np.int32)},
            {"similar_start": np.array([0, 9, 1, 1], np.int32)},
            {"similar_start": np.array([0, 1], np.int32)},
            {"listeners": np.array([1.0])},
            {"artist_ends": np.array([3, 1, 2], np.int64)},
            {"own": np.zeros(0, np.int64)},
        ],
    )
    def test_arrays_that_do_not_fit_are_refused(self, damage: dict[str, np.ndarray]) -> None:
        arrays = to_arrays(taught(answer("Ilse", near("Ilse", Tallow=1.0)))) | damage
        with pytest.raises((ValueError, KeyError)):
            from_arrays(arrays)
