"""The network of artists on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Run, runner
from tests.exports import imported, row, write
from tui_music.library.library import Library
from tui_music.settings import load


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


class TestDemo:
    def test_as_json(self, run: Run) -> None:
        answer = run("--demo", "network", "-n", "5", "--json").json
        assert answer["threshold"] == 0.1
        assert sum(each["artists"] for each in answer["communities"]) == answer["artists"] > 300
        assert answer["modularity"] > 0.5
        assert answer["similarity"]["p25"] < answer["similarity"]["p50"] < answer["similarity"]["p95"] <= 1
        strengths = [each["strength"] for each in answer["central"]]
        assert strengths == sorted(strengths, reverse=True)
        assert len(answer["bridges"]) == len(answer["collaborations"]) == 5
        assert all(each["outside"] <= each["strength"] for each in answer["bridges"])

    def test_fewer_links_above_a_higher_threshold(self, run: Run) -> None:
        few, many = (run("--demo", "network", "--threshold", least, "--json").json for least in ("0.5", "0"))
        assert few["links"] < many["links"]
        assert few["similarity"]["mean"] > 0.5

    def test_for_people(self, run: Run) -> None:
        out = run("--demo", "network").out
        assert "communities, by their artists in the middle" in out
        assert "Vesper & the Lamps with Ola Brandt" in out


def test_where_nothing_is_known_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    imported(Library(load().library_file), write(tmp_path / "rows.json", [row(1_000, "Song", "Aster")]))
    done = run("network")
    assert done.code == 0
    assert "tui-music warm" in done.out
    assert run("network", "--json").json["communities"] == []


def test_a_threshold_that_cannot_be_is_refused(run: Run) -> None:
    assert run("--demo", "network", "--threshold", "1.5").code == 2
