"""``tui-music community`` and ``tui-music evaluate``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import HOSTILE, Run, runner
from tests.community import files
from tests.community.matrices import invented
from tests.exports import imported, row, write
from tui_music.library.library import Library


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plays, _ = invented(40, 30)
    matrix = plays.tocoo()
    rows = [(who + 2, artist, int(n)) for who, artist, n in zip(*matrix.coords, matrix.data, strict=True)]
    names = [(n, f"Artist {n}") for n in range(29)] + [(29, HOSTILE.replace("\n", "").replace("\r", ""))]
    folder = tmp_path_factory.mktemp("data") / "a\x1b[31mb"
    return files.hetrec(folder, plays=[*rows, (2, 0, -1)], artists=names, tagged=[(2, 1, 1)])


def test_build_info_and_evaluate(run: Run, data: Path) -> None:
    built = run("community", "build", data, "--min-listeners", "2")
    assert built.code == 0
    assert built.out.startswith("HetRec 2011 Last.fm: 40 listeners, 30 artists")
    assert "1 rows, plays missing or impossible" in built.out
    assert "\x1b" not in built.out + built.err
    assert run("community", "info").out == built.out
    about = run("community", "info", "--json").json
    assert (about["min_plays"], about["min_listeners"], about["artists"]) == (5, 2, 30)
    assert about["files"][2]["rejected"] == [["plays missing or impossible", 1]]

    rows = run("evaluate", "--json").json  # of the data that the community was built from
    keys = "protocol recommender k splits ndcg precision recall f1 hit_rate mrr coverage novelty diversity low high"
    assert list(rows[0]) == keys.split()
    assert {each["protocol"] for each in rows} == {"held-out-items", "new-listener"}
    nobody = next(each for each in rows if each["recommender"].startswith("system 0"))
    assert (nobody["ndcg"], nobody["novelty"]) == (0, None)


def test_evaluate_prints_a_table(run: Run, data: Path) -> None:
    shown = run("evaluate", "--data", data)
    assert shown.code == 0
    assert shown.out.splitlines()[0].split()[:3] == ["protocol", "recommender", "k"]
    assert "40 listeners, 30 artists" in shown.err
    assert "none sampled" in shown.err


def test_the_librarys_own_listeners(run: Run, home: Path, tmp_path: Path) -> None:
    library = Library(home / "library.duckdb")
    for who in ("Ada", "Bo", "Cy"):
        rows = [row(400 * n, f"{artist} {n}", artist) for n in range(6) for artist in ("Low", "Them")]
        imported(library, write(tmp_path / f"{who}.json", rows), listener=who)
    built = run("community", "build", "--min-listeners", "2")
    assert built.out.startswith("the listeners of this library: 3 listeners, 2 artists")
    assert run("community", "info", "--json").json["paths"] == []
    assert "3 listeners, 12 artists" in run("community", "build", "--tracks", "--min-listeners", "2").out
    assert run("community", "info", "--tracks", "--json").json["artists"] == 12
    assert run("community", "info", "--json").json["artists"] == 2


def test_what_cannot_be_is_said(run: Run, tmp_path: Path, data: Path) -> None:
    nothing = run("community", "info")
    assert nothing.code == 1
    assert "There is no community yet" in nothing.err
    refused = run("community", "build", tmp_path / "nothing")
    assert refused.code == 1
    assert "What was there before stays in use." in refused.err
    assert run("evaluate", "--data", tmp_path / "nothing").code == 1
    assert run("evaluate").code == 1
    assert run("community", "build", data, "--min-plays", "0").code == 2
    assert run("community").code == 2


def test_forgetting_a_listener(run: Run, home: Path, tmp_path: Path, data: Path) -> None:
    """What was learnt of public data stays; what was learnt of the library's own listeners knew the one who is gone."""
    library = Library(home / "library.duckdb")
    for who in ("Ada", "Bo", "Cy"):
        rows = [row(400 * n, f"{artist} {n}", artist) for n in range(6) for artist in ("Low", "Them")]
        imported(library, write(tmp_path / f"{who}.json", rows), listener=who)
    kept, table = home / "community" / "community.npz", home / "community" / "evaluation.npz"
    for words, stays in (([data], True), (["--min-listeners", "2"], False)):
        assert run("community", "build", *words).code == 0
        table.write_bytes(b"nobody can read this")
        assert run("forget", "--listener", "Cy" if stays else "Bo", "--yes").code == 0
        assert kept.exists() is stays
        assert not table.exists()
