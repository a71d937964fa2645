"""Models of a community: each formula worked out by hand, and what each of a listener's artists adds to a score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_array

from tests.community.matrices import counts_of, invented
from tui_music.engine.community.blend import Blend, blended, default_blend, deviations
from tui_music.engine.community.content import Tags, friends_play
from tui_music.engine.community.ease import EASE, tag_rows
from tui_music.engine.community.factors import IALS, NMF, PureSVD
from tui_music.engine.community.filtering import enough
from tui_music.engine.community.models import CommunityModel, ItemKNN, Popularity, emphasis

MODELS: dict[str, Callable[[], CommunityModel]] = {
    "item-kNN": ItemKNN,
    "PureSVD": lambda: PureSVD(6),
    "NMF": lambda: NMF(5),
    "iALS": lambda: IALS(8, epochs=4),
    "iALS of few factors": lambda: IALS(3, epochs=4),
    "EASE primal": lambda: EASE(5.0, dual=False),
    "EASE dual": lambda: EASE(5.0, dual=True),
    "EASE of the most popular": lambda: EASE(5.0, dual=False, most=20),
    "tags": Tags,
    "blend": lambda: Blend([(IALS(8, epochs=4), 1.0), (EASE(5.0), 0.6), (Tags(), 0.8)]),
}


@pytest.mark.parametrize("made", MODELS.values(), ids=MODELS)
class TestEveryModel:
    def test_what_ones_artists_add_is_the_score(self, made: Callable[[], CommunityModel]) -> None:
        counts, tags = invented()
        model = made().fit(counts[10:], tags)
        artists = np.arange(counts.shape[1])
        for who in range(5):
            profile = counts[[who]]
            parts, score = model.parts(profile, artists), model.scores(profile)[0]
            assert parts.shape == (len(artists), profile.nnz)
            np.testing.assert_allclose(parts.sum(axis=1), score, atol=2e-4 * np.abs(score).max())

    def test_a_listener_is_answered_alike_alone_and_among_others(self, made: Callable[[], CommunityModel]) -> None:
        counts, tags = invented()
        model = made().fit(counts, tags)
        together = model.scores(counts)
        assert together.dtype == np.float32
        np.testing.assert_allclose(model.scores(counts[[7]])[0], together[7], rtol=1e-3, atol=1e-4)

    def test_it_learns_the_same_twice(self, made: Callable[[], CommunityModel]) -> None:
        counts, tags = invented()
        np.testing.assert_array_equal(made().fit(counts, tags).scores(counts), made().fit(counts, tags).scores(counts))

    def test_it_finds_ones_scene(self, made: Callable[[], CommunityModel]) -> None:
        counts, tags = invented()
        profile = counts_of([[9.0 if artist in (1, 5, 9, 13) else 0.0 for artist in range(40)]])
        score = made().fit(counts, tags).scores(profile)[0]
        assert score[17::4].mean() > max(score[4::4].mean(), score[2::4].mean(), score[3::4].mean())

    def test_nobody_knows_a_listener_without_plays(self, made: Callable[[], CommunityModel]) -> None:
        counts, tags = invented()
        model = made().fit(counts, tags)
        assert not model.scores(csr_array((1, 40), dtype=np.float32)).any()


def test_emphasis_is_relative_to_the_listeners_own_plays() -> None:
    """ln 2 = 0.693, ln 8 = 2.079, mean 1.386."""
    counts = counts_of([[1, 7, 0], [0, 0, 5]])
    np.testing.assert_allclose(emphasis(counts, 1).toarray(), [[0.5, 1.5, 0.0], [0.0, 0.0, 1.0]], rtol=1e-6)
    np.testing.assert_allclose(emphasis(counts, 2).toarray(), [[0.25, 2.25, 0.0], [0.0, 0.0, 1.0]], rtol=1e-6)
    np.testing.assert_array_equal(emphasis(counts, 0).toarray(), [[1, 1, 0], [0, 0, 1]])


def test_popularity_counts_listeners_not_plays() -> None:
    """C4.4: one fan with 100 plays is one listener."""
    model = Popularity().fit(counts_of([[100, 1], [0, 1]]))
    assert model.scores(counts_of([[1, 0]])).tolist() == [[1, 2]]
    assert not model.parts(counts_of([[1, 0]]), np.array([0, 1])).any()


def test_item_knn_by_hand() -> None:
    """Two listeners play both, one plays the first alone: cosine 2 ÷ (√3·√2 + shrink 1)."""
    model = ItemKNN(shrink=1.0, power=0).fit(counts_of([[1, 1], [1, 1], [1, 0]]))
    expected = 2 / (np.sqrt(6) + 1)
    np.testing.assert_allclose(model.scores(counts_of([[3, 0]])), [[0, expected]], rtol=1e-6)


class TestEASE:
    def test_by_hand(self) -> None:
        """XᵀX + λI = [[3, 1], [1, 2]], its inverse [[2, −1], [−1, 3]] ÷ 5: B₀₁ = 1/3, B₁₀ = 1/2."""
        counts = counts_of([[1, 1], [1, 0]])
        for dual in (False, True):
            model = EASE(1.0, power=0, dual=dual).fit(counts)
            weight = model.between(np.array([0, 1]), np.array([0, 1]))
            np.testing.assert_allclose(weight, [[0, 1 / 3], [1 / 2, 0]], rtol=1e-6)

    def test_both_forms_are_the_same(self) -> None:
        counts, tags = invented()
        for more in (None, tags):
            primal, dual = (EASE(7.0, dual=each).fit(counts, more).scores(counts) for each in (False, True))
            np.testing.assert_allclose(primal, dual, atol=1e-5)

    def test_the_form_is_chosen_by_which_side_is_smaller(self) -> None:
        few, _ = invented(20, 40)
        many, _ = invented(60, 40)
        assert EASE().fit(few).weight_ is None
        assert EASE().fit(many).weight_ is not None

    def test_beyond_the_most_popular_it_has_no_opinion(self) -> None:
        counts, _ = invented()
        model = EASE(5.0, most=20).fit(counts)
        scores = model.scores(counts)
        rest = np.setdiff1d(np.arange(40), model.artists_)
        assert len(rest) == 20
        assert not scores[:, rest].any()
        listeners = np.bincount(counts.indices, minlength=40)
        assert listeners[model.artists_].min() >= listeners[rest].max()

    def test_tags_are_listeners_of_a_kind(self) -> None:
        """A tag of five artists, given once to each: ln 2 each; one of four artists is left out."""
        tags = np.zeros((6, 2))
        tags[:5, 0] = tags[:4, 1] = 1
        rows = tag_rows(counts_of(tags.tolist()), 1.5)
        np.testing.assert_allclose(rows.toarray(), [[1.5 * np.log(2)] * 5 + [0]], rtol=1e-6)


class TestIALS:
    def test_a_listener_is_the_minimum_of_the_loss(self) -> None:
        counts, _ = invented()
        for factors in (4, 30):  # fewer and more than artists played
            model = IALS(factors, epochs=2).fit(counts)
            v, said = model.factors_, emphasis(counts[[3]], 2.0)
            penalty = 0.003 * (said.nnz + 0.2 * 40)
            weight = 0.2 * v.T @ v + (v[said.indices].T * said.data) @ v[said.indices] + penalty * np.eye(factors)
            listener = np.linalg.solve(weight, v[said.indices].T @ said.data)
            np.testing.assert_allclose(model.scores(counts[[3]])[0], v @ listener, atol=1e-5)
            others = v.T @ v - np.diag(np.diag(v.T @ v))
            assert np.abs(others).max() < 1e-4 * np.diag(v.T @ v).max()

    def test_it_goes_down(self) -> None:
        counts, _ = invented()
        played = counts.toarray() > 0
        errors = [((IALS(8, epochs=n).fit(counts).scores(counts)[played] - 1) ** 2).mean() for n in (1, 8)]
        assert errors[1] < errors[0]


def test_pure_svd_is_the_projection_on_the_first_factors() -> None:
    counts, _ = invented()
    binary = (counts.toarray() > 0).astype(float)
    _, _, v = np.linalg.svd(binary)
    expected = binary @ v[:4].T @ v[:4]
    np.testing.assert_allclose(PureSVD(4).fit(counts).scores(counts), expected, atol=1e-4)


def test_nmf_has_no_negative_parts() -> None:
    counts, _ = invented()
    model = NMF(5).fit(counts)
    assert model.factors_.min() >= 0
    assert model.scores(counts).min() >= 0


class TestTags:
    def test_by_hand(self) -> None:
        """Rarities ln(3/2) and ln 3; the third artist has both tags: cosine with the first ln(3/2) ÷ length."""
        tags = counts_of([[1, 0], [0, 0], [1, 1]])
        common, rare = np.log(1.5), np.log(3)
        model = Tags().fit(counts_of([[1, 1, 1]]), tags)
        found = model.scores(counts_of([[5, 0, 0]]))
        np.testing.assert_allclose(found, [[1, 0, common / np.hypot(common, rare)]], rtol=1e-6)

    def test_without_any_there_is_nothing_to_say(self) -> None:
        counts, _ = invented()
        model = Tags().fit(counts)
        assert not model.scores(counts).any()
        assert not model.parts(counts[[0]], np.array([1])).any()

    def test_friends_who_play_alike_count_more(self) -> None:
        """The first friend plays the same one artist: cosine 1; the second none of them: both 0.05 more."""
        counts = counts_of([[1, 0, 0], [1, 0, 1], [0, 1, 0]])
        friends = counts_of([[0, 1, 1]])
        found = friends_play(friends, counts[[0]], counts)
        np.testing.assert_allclose(found, [[np.sqrt(0.5) + 0.05, 0.05, np.sqrt(0.5) + 0.05]], rtol=1e-6)


class TestBlend:
    def test_scales_are_those_of_what_is_not_played(self) -> None:
        """Of 1, 3 and 5 with the last one played: deviation of 1 and 3."""
        scores = np.array([[1, 3, 5], [2, 2, 2]], np.float32)
        assert deviations(scores, counts_of([[0, 0, 1], [0, 0, 1]])).tolist() == [1, 1]

    def test_who_plays_everybody_has_one(self) -> None:
        scores = np.random.default_rng(0).random((1, 30)).astype(np.float32)
        assert deviations(scores, counts_of([[1] * 30])).tolist() == [1]

    def test_a_scale_changes_nothing(self) -> None:
        rng = np.random.default_rng(0)
        counts, _ = invented()
        one, two = rng.random((2, 60, 40)).astype(np.float32)
        once = blended([one, two], [1, 0.5], counts)
        np.testing.assert_allclose(blended([1000 * one, two / 7], [1, 0.5], counts), once, rtol=1e-3)

    def test_a_model_that_says_nothing_changes_nothing(self) -> None:
        counts, _ = invented()
        with_tags = Blend([(ItemKNN(), 1.0), (Tags(), 0.8)]).fit(counts).scores(counts)
        np.testing.assert_array_equal(with_tags, Blend([(ItemKNN(), 1.0)]).fit(counts).scores(counts))

    def test_the_default(self) -> None:
        assert [model.name for model in default_blend().models] == ["iALS 64", "EASE with tags", "tags"]


class TestEnough:
    def test_filters_are_iterated_until_nothing_changes(self) -> None:
        """Without the second artist the third listener has too few plays, without them the first has one listener."""
        counts = counts_of([[0, 0, 9], [0, 0, 9], [1, 9, 0], [3, 0, 2]])
        listeners, artists = enough(counts, min_plays=5, min_listeners=2)
        assert (listeners.tolist(), artists.tolist()) == ([0, 1], [2])

    def test_it_counts_listeners_not_listens(self) -> None:
        """C4.4: an artist with one fan's hundred plays has one listener."""
        listeners, artists = enough(counts_of([[100, 5], [0, 5], [0, 5]]), 5, 2)
        assert (listeners.tolist(), artists.tolist()) == ([0, 1, 2], [1])

    def test_nobody_may_be_left(self) -> None:
        listeners, artists = enough(counts_of([[1, 0], [0, 1]]), 5, 5)
        assert len(listeners) == len(artists) == 0
