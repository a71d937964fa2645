"""HetRec Last.fm, where the folder of real data has it: what is read, and how well it is recommended from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tui_music.engine.community import build, kept
from tui_music.engine.community.community import Community, Reason
from tui_music.engine.community.reading import read_community
from tui_music.engine.evaluation.evaluate import evaluate

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def community(real_data: Path) -> Community:
    return read_community([real_data / "hetrec2011-lastfm-2k"])


def test_all_of_it_is_read(community: Community) -> None:
    assert community.plays.shape == (1_892, 17_632)
    assert community.plays.nnz == 92_834
    assert community.tagged
    assert community.friends is not None
    assert community.friends.nnz == 25_434
    account = {file.format: file for file in community.files}
    assert account["artists.dat"].mended == 1
    assert account["tags.dat"].latin == 8
    assert account["user_taggedartists.dat"].rows == 186_478  # one fewer than its readme says
    assert {reason for file in community.files for reason, _ in file.rejected} == {Reason.UNKNOWN}


def test_spellings_are_merged(community: Community) -> None:
    merged = community.merge_spellings()
    assert merged.merged == 150
    assert merged.plays.sum(dtype=np.float64) == community.plays.sum(dtype=np.float64)


def test_it_is_learnt_of_and_asked(community: Community, tmp_path: Path) -> None:
    about = build.build(tmp_path / kept.FILE, community, [])
    assert (about.listeners, about.artists) == (1_875, 2_836)
    opened = kept.load(tmp_path / kept.FILE)
    profile = opened.profile({"Radiohead": 900, "portishead": 300, "Massive Attack": 200, "Nobody At All": 5})
    assert profile.nnz == 3
    score = opened.blend.scores(profile)[0]
    score[profile.indices] = -np.inf
    near = {opened.artists[code] for code in np.argsort(-score)[:40].tolist()}
    assert {"Björk", "Thom Yorke", "Tricky"} & near


@pytest.mark.slow
def test_the_goals_are_reached(community: Community) -> None:
    """NDCG@10, means of three splits. No formula as published comes near the simplest of ours."""
    rows = {(row.protocol, row.recommender): row.ndcg for row in evaluate(community).rows}
    assert rows["held-out-items", "blend"] >= 0.220
    assert rows["held-out-items", "blend and friends"] >= 0.220
    assert rows["held-out-items", "EASE"] >= 0.202
    assert rows["new-listener", "blend"] >= 0.255
    for protocol in ("held-out-items", "new-listener"):
        published = [each for (which, name), each in rows.items() if which == protocol and name.startswith("system")]
        assert max(published) < rows[protocol, "item-kNN"]
