"""The evaluation: what is held out stays out, every figure by hand, and published formulas as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.community import files
from tests.community.matrices import counts_of, invented
from tui_music.engine.community.community import Community, CommunityRefused, Tagged
from tui_music.engine.community.ease import EASE
from tui_music.engine.community.reading import read_community
from tui_music.engine.evaluation.evaluate import evaluate, validated
from tui_music.engine.evaluation.published import ConstantSVD, NamesAlike, RawSVD, SimilarWithin, reciprocal
from tui_music.engine.evaluation.ranking import Tally, top
from tui_music.engine.evaluation.splits import Part, Protocol, Trial, by_time, held_out_items, new_listeners
from tui_music.engine.evaluation.table import Evaluation

BY_NAME = np.arange(5)


def community(listeners: int = 60, artists: int = 40) -> Community:
    """An invented one, in which everybody tagged all they play."""
    plays, _ = invented(listeners, artists)
    row = np.repeat(np.arange(listeners, dtype=np.int32), np.diff(plays.indptr))
    tagged = Tagged(row, plays.indices.astype(np.int32), (plays.indices % 4).astype(np.int32), list("wxyz"))
    friends = counts_of((np.eye(listeners)[::-1]).tolist())
    names = [f"Artist {n:02}" for n in range(artists)]
    return Community("invented", [str(n) for n in range(listeners)], names, plays, tagged, friends)


def trial(wanted: list[list[float]], counts: list[list[float]] | None = None) -> Trial:
    nothing = counts_of(np.zeros_like(np.array(wanted)).tolist())
    learnt = counts_of(counts) if counts else nothing
    return Trial(Protocol.ITEMS, Part.NEW, learnt, None, None, nothing, nothing, counts_of(wanted))


class TestSplits:
    def test_held_out_items_are_eight_to_one_to_one(self) -> None:
        whole = community()
        made = held_out_items(whole, 0)
        assert made.valid is not None
        counts, valid, wanted = (np.diff(each.indptr) for each in (made.counts, made.valid, made.wanted))
        sizes = np.diff(whole.plays.indptr)
        some = sizes >= 3
        assert (valid[some] == np.maximum(sizes[some] // 10, 1)).all()
        assert (wanted[some] == valid[some]).all()
        assert (counts + valid + wanted == sizes).all()
        together = made.counts + made.valid + made.wanted
        np.testing.assert_array_equal(together.toarray(), whole.plays.toarray())

    def test_another_seed_is_another_split(self) -> None:
        one, same, other = (held_out_items(community(), seed).wanted.toarray() for seed in (0, 0, 1))
        assert (one == same).all()
        assert (one != other).any()

    def test_tags_of_what_is_held_out_are_held_out(self) -> None:
        """Everybody gave each of their artists one tag: an artist has as many as listeners are learnt from."""
        for made in (held_out_items(community(), 0), new_listeners(community(), 0)):
            assert made.tags is not None
            listeners = np.bincount(made.counts.indices, minlength=40)
            np.testing.assert_array_equal(np.asarray(made.tags.sum(axis=1)).ravel(), listeners)

    def test_new_listeners_are_not_learnt_from(self) -> None:
        whole = community()
        made = new_listeners(whole, 0)
        assert made.counts.shape[0] == 48
        assert made.profiles.shape[0] == 12
        told, hidden = np.diff(made.profiles.indptr), np.diff(made.wanted.indptr)
        np.testing.assert_array_equal(hidden, (told + hidden) // 5)
        rows = {tuple(row) for row in whole.plays.toarray().tolist()}
        assert {tuple(row) for row in (made.profiles + made.wanted).toarray().tolist()} <= rows
        assert made.friends is None

    def test_by_time(self, tmp_path: Path) -> None:
        """C4.5: the last of five plays come later: an artist heard before, and a new one, apart; who and what was
        unknown before cannot be asked about or found."""
        rows = [
            (1, 1, "Low"), (1, 2, "Them"), (2, 3, "Low"), (2, 4, "Low"), (2, 5, "Mogwai"), (1, 6, "Them"),
            (1, 7, "Low"), (1, 8, "Low"), (1, 9, "Mogwai"), (3, 10, "Never"),
        ]  # fmt: skip
        named = [(who, f"2009-05-04T20:{at:02}:00Z", artist, "x") for who, at, artist in rows]
        whole = read_community([files.lastfm_1k(tmp_path / "x.tsv", *named)])
        new, again = by_time(whole)
        assert whole.artists == ["Low", "Them", "Mogwai", "Never"]
        assert new.profiles.toarray().tolist() == [[2, 2, 0, 0], [2, 0, 1, 0]]
        assert new.wanted.toarray().tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]
        assert again.wanted.toarray().tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]


class TestRanking:
    def test_all_but_the_banned_are_ranked_and_equals_by_name(self) -> None:
        scores = np.array([[5, 4, 4, 4, 9]], np.float32)
        banned = counts_of([[0, 0, 0, 0, 1]])
        assert top(scores, banned, Part.NEW, 3, BY_NAME).tolist() == [[0, 1, 2]]
        assert top(scores, banned, Part.NEW, 3, BY_NAME[::-1]).tolist() == [[0, 3, 2]]

    def test_what_is_played_already_is_never_recommended(self) -> None:
        """C3.5: though its score is best."""
        assert 4 not in top(np.array([[5, 4, 3, 2, 9]], np.float32), counts_of([[0, 0, 0, 0, 1]]), Part.NEW, 5, BY_NAME)

    def test_again_is_of_what_was_played_alone(self) -> None:
        scores = np.array([[5, 4, 3, 2, 9]], np.float32)
        assert top(scores, counts_of([[0, 0, 7, 1, 0]]), Part.AGAIN, 3, BY_NAME).tolist() == [[2, 3, -1]]

    def test_who_is_not_scored_is_not_listed(self) -> None:
        assert top(np.full((1, 5), -np.inf, np.float32), counts_of([[0] * 5]), Part.NEW, 2, BY_NAME).tolist() == [
            [-1, -1]
        ]


class TestFigures:
    def test_one_hit_at_rank_one_of_ten_relevant(self) -> None:
        """C3.7: 1 ÷ Σ 1/log2(1 + i) over five places is 0.339, not 1.000; at rank five 0.131, not 0.487."""
        wanted = [[1.0] * 10 + [0.0] * 10]
        for rank, expected in ((1, 0.3391), (5, 0.1312)):
            lists = np.array([[11, 12, 13, 14, 15]])
            lists[0, rank - 1] = 3
            tally = Tally()
            tally.add(trial(wanted), lists)
            row = tally.row(Protocol.ITEMS, Part.NEW, "x")
            assert row.ndcg == pytest.approx(expected, abs=1e-4)
            assert (row.precision, row.recall, row.hit_rate, row.mrr) == pytest.approx((0.2, 0.1, 1, 1 / rank))
            assert row.f1 == pytest.approx(2 * 0.2 * 0.1 / 0.3)

    def test_one_relevant_at_rank_five(self) -> None:
        tally = Tally()
        tally.add(trial([[0, 0, 0, 0, 1]]), np.array([[0, 1, 2, 3, 4]]))
        assert tally.row(Protocol.ITEMS, Part.NEW, "x").ndcg == pytest.approx(0.3869, abs=1e-4)

    def test_a_single_artist_is_a_list(self) -> None:
        """C3.7: the source raises ValueError."""
        tally = Tally()
        tally.add(trial([[1.0]]), np.array([[0]]))
        assert tally.row(Protocol.ITEMS, Part.NEW, "x").ndcg == 1

    def test_listeners_with_nothing_to_find_are_left_out(self) -> None:
        tally = Tally()
        tally.add(trial([[1, 0], [0, 0]]), np.array([[0, 1], [0, 1]]))
        assert tally.row(Protocol.ITEMS, Part.NEW, "x").hit_rate == 1

    def test_coverage_novelty_and_diversity(self) -> None:
        """Two of four artists are listed; of two listeners both play the first and one the second: surprise log2(3/3)
        and log2(3/2), cosine 1 ÷ √2."""
        tally = Tally()
        tally.add(trial([[0, 0, 1, 0]], [[1, 1, 0, 0], [1, 0, 0, 0]]), np.array([[0, 1, -1]]))
        row = tally.row(Protocol.ITEMS, Part.NEW, "x")
        assert (row.coverage, row.novelty) == pytest.approx((0.5, np.log2(1.5) / 2))
        assert row.diversity == pytest.approx(1 - 1 / np.sqrt(2))
        assert row.ndcg == 0


class TestPublishedFormulas:
    def test_system_0_recommends_nobody(self) -> None:
        """C0.14: its targets are in the library, and the library is skipped."""
        scores = SimilarWithin().fit(counts_of([[1, 1]])).scores(counts_of([[1, 0]]))
        assert (top(scores, counts_of([[1, 0]]), Part.NEW, 2, np.arange(2)) == -1).all()

    def test_system_3_lets_one_heavy_listener_decide(self) -> None:
        """C3.5: of raw counts, one listener's thousand plays are the first factor; of who plays what, they are not."""
        counts = counts_of([[1000, 1000, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 1, 0], [1, 0, 1, 1]])
        factor = RawSVD().fit(counts).factors_[0]
        assert abs(factor[:2]).min() > 100 * abs(factor[2:]).max()

    def test_system_3_gives_rank_one_all_the_weight(self) -> None:
        """C3.9: third in both rankings loses to first in one and last in the other with 1/rank, and wins with 1/(60 +
        rank)."""
        one = np.array([[9, 8, 7, 6, 5, 4]], np.float32)
        two = np.array([[0, 8, 7, 9, 6, 5]], np.float32)
        nothing = counts_of([[0] * 6])
        plain, fused = (reciprocal([one, two], nothing, plus)[0] for plus in (0, 60))
        assert plain[0] == pytest.approx(1 + 1 / 6)
        assert plain[0] > plain[2]
        assert fused[0] < fused[2]
        assert fused[2] == pytest.approx(2 / 63)

    def test_equals_do_not_hang_on_hashes(self) -> None:
        """C3.9: they stand in one order."""
        same = np.ones((1, 4), np.float32)
        assert reciprocal([same], counts_of([[0] * 4]), 0)[0].tolist() == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])

    def test_system_4_recommends_the_order_of_the_file(self) -> None:
        """C4.1: to everybody, whatever they play."""
        counts = counts_of([[0, 5, 1, 0], [9, 0, 0, 0], [0, 0, 0, 2]])
        scores = ConstantSVD().fit(counts).scores(counts_of([[0, 0, 0, 7], [5, 0, 0, 0]]))
        nothing = counts_of([[0] * 4] * 2)
        assert top(scores, nothing, Part.NEW, 4, np.arange(4)).tolist() == [[1, 2, 0, 3]] * 2

    def test_system_4_does_not_see_names_of_stop_words(self) -> None:
        """C4.3: "The Who" and "Them" are nothing, and what shares a word is alike."""
        names = ["The Who", "Them", "Black Keys", "Black Sabbath", "!!!"]
        model = NamesAlike(names).fit(counts_of([[1] * 5]))
        assert not model.scores(counts_of([[1, 1, 0, 0, 1]])).any()
        scores = model.scores(counts_of([[0, 0, 1, 0, 0]]))[0]
        assert scores[3] > 0
        assert not scores[[0, 1, 4]].any()
        nothing = NamesAlike(["The Who", "!!!"]).fit(counts_of([[1, 1]]))
        assert not nothing.scores(counts_of([[1, 0]])).any()


@pytest.fixture(scope="module")
def evaluated() -> Evaluation:
    return evaluate(community(120, 60), seeds=(0, 1))


class TestParameters:
    def test_are_chosen_by_held_out_ndcg(self) -> None:
        """C3.3: every setting gets a figure, and the better one wins, first in the list or not."""
        made = held_out_items(community(200, 60), 0)
        useless, good = EASE(1e9, power=30.0, tags=0), EASE(30.0, tags=0)
        figures = [validated(made, model) for model in (useless, good)]
        assert all(0 < figure < 1 for figure in figures)
        assert figures[1] > figures[0]

    def test_random_counts_have_nothing_to_learn(self) -> None:
        """C3.4: there a model is no better than chance, so counts have to be somebody's."""
        drawn = np.random.default_rng(0).random((150, 100)) < 0.15
        noise = Community(
            "noise", [str(n) for n in range(300)], [str(n) for n in range(200)], counts_of(drawn.tolist())
        )
        rows = {row.recommender: row for row in evaluate(noise, seeds=(0,)).rows if row.protocol == Protocol.ITEMS}
        assert rows["blend"].low < rows["random"].high


class TestTheTable:
    def test_has_every_recommender_on_both_protocols(self, evaluated: Evaluation) -> None:
        protocols = {row.protocol for row in evaluated.rows}
        assert protocols == {"held-out-items", "new-listener"}
        ours = {
            "random",
            "popularity",
            "item-kNN",
            "PureSVD",
            "NMF",
            "EASE",
            "EASE with tags",
            "iALS 64",
            "tags",
            "blend",
        }
        for protocol in protocols:
            names = [row.recommender for row in evaluated.rows if row.protocol == protocol]
            assert ours <= set(names)
            assert sum(name.startswith("system ") for name in names) == 5
            assert ("blend and friends" in names) == (protocol == "held-out-items")

    def test_is_of_all_splits_and_best_first(self, evaluated: Evaluation) -> None:
        assert {row.splits for row in evaluated.rows} == {2}
        items = [row.ndcg for row in evaluated.rows if row.protocol == "held-out-items"]
        assert items == sorted(items, reverse=True)
        assert all(row.low <= row.ndcg <= row.high for row in evaluated.rows)

    def test_scenes_are_found(self, evaluated: Evaluation) -> None:
        of = {row.recommender: row.ndcg for row in evaluated.rows if row.protocol == "held-out-items"}
        assert min(of["blend"], of["EASE"], of["item-kNN"]) > max(of["popularity"], of["random"])
        assert of["system 0: similar artists"] == 0

    def test_the_same_data_give_the_same_table(self) -> None:
        once, again = (evaluate(community(30, 40), seeds=(0,)).rows for _ in range(2))
        assert repr(once) == repr(again)  # nan is not nan

    @pytest.mark.parametrize(("listeners", "artists"), [(9, 40), (60, 19), (2, 2)])
    def test_too_few_are_refused(self, listeners: int, artists: int) -> None:
        with pytest.raises(CommunityRefused, match="too few"):
            evaluate(community(listeners, artists))

    def test_the_least_will_do(self) -> None:
        assert {row.recommender for row in evaluate(community(10, 20)).rows} >= {"blend", "PureSVD", "NMF"}

    def test_times_are_split_by_time(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        rows = [
            (int(who), f"2009-05-{day:02}T20:00:00Z", f"Artist {artist}", "x")
            for day in range(1, 29)
            for who, artist in zip(rng.integers(1, 20, 30), rng.integers(0, 25, 30), strict=True)
        ]
        found = evaluate(read_community([files.lastfm_1k(tmp_path / "x.tsv", *rows)]), seeds=(0, 1))
        assert {row.splits for row in found.rows if row.protocol.startswith("time")} == {1}
        assert {"time", "time, again"} < {row.protocol for row in found.rows}
