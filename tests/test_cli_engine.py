"""The engine on the command line: recommending, likeness, paths, playlists, fetching ahead, the cache."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.commands import Run, runner
from tests.exports import BEGIN, imported, row, write
from tests.services.server import Server
from tui_music.demo import prepare
from tui_music.library.journal import Journal, Triage
from tui_music.library.library import Library
from tui_music.settings import Settings, load


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo in it, made once."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    prepare(load(folder).for_demo())
    return folder


@pytest.fixture
def demo(prepared: Path, home: Path) -> Settings:
    """The demo in this test's own home."""
    shutil.copytree(prepared, home)
    return load().for_demo()


@pytest.fixture
def asked(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that plays the services, a key to it, and one artist played who is known there."""
    monkeypatch.setenv("LASTFM_API_KEY", "0123456789abcdef")
    rows = [row(200 * at, f"Song {at % 7}", "Aster Vale") for at in range(60)]
    imported(Library(load().library_file), write(tmp_path / "rows.json", rows))
    return Server()


def pointed_at(server: Server, home: Path) -> None:
    (home / "settings.toml").write_text("".join(f'{name} = "{url}"\n' for name, url in server.urls().items()))


class TestRecommend:
    @pytest.mark.parametrize("mode", ["familiar", "discover"])
    def test_rows_say_what_made_their_score(self, demo: Settings, run: Run, mode: str) -> None:
        rows = run("--demo", "recommend", "--mode", mode, "-n", 12, "--json").json
        assert [each["rank"] for each in rows] == list(range(1, 13))
        for each in rows:
            assert each["score"] == pytest.approx(sum(each["signals"].values()), abs=1e-4)
            assert each["reasons"][0].endswith(".")
            assert (each["plays"] <= 2) if mode == "discover" else (each["plays"] >= 1)

    def test_who_is_judged_is_not_recommended(self, demo: Settings, run: Run) -> None:
        asked = ("--demo", "recommend", "--mode", "discover", "-n", 5, "--json")
        first = run(*asked).json[0]["artist"]
        Journal(Library(demo.library_file)).record("mira", first, Triage.NEVER, 1_700_000_000)
        assert first not in {each["artist"] for each in run(*asked).json}

    def test_as_of_an_earlier_day_nothing_later_is_known(self, demo: Settings, run: Run) -> None:
        rows = run("--demo", "recommend", "--now", "2017-03-01", "-n", 500, "--json").json
        assert rows
        assert all(each["last"] < "2017-03-01" for each in rows)

    def test_now_is_the_end_of_the_history(self, demo: Settings, run: Run) -> None:
        """Down to the hour of the week, whatever the time is where the tests run."""
        usual = run("--demo", "recommend", "-n", 50, "--json")
        when = re.search(r"artists as of \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d), ", usual.err)
        assert when
        last = run("--demo", "plays", "--kind", "music", "-n", 1, "--json").json[0]["start"]
        assert datetime.fromisoformat(when[1]) - datetime.fromisoformat(last[:16]) < timedelta(minutes=10)
        same = run("--demo", "recommend", "-n", 50, "--now", f"{when[1]}:59", "--json").json  # up to a minute later
        assert [each["artist"] for each in same] == [each["artist"] for each in usual.json]
        assert [each["score"] for each in same] == pytest.approx([each["score"] for each in usual.json], abs=1e-3)
        other = run("--demo", "recommend", "-n", 50, "--now", f"{when[1][:-5]}03:00", "--json").json
        assert [each["artist"] for each in other] != [each["artist"] for each in usual.json]

    def test_of_a_live_history_it_is_the_clock(self, home: Path, run: Run) -> None:
        days_ago = [row(int(time.time() - BEGIN.timestamp()) - 86_400 * days, f"Song {days}") for days in (2, 3)]
        assert run("import", write(home.parent / "live.json", days_ago)).code == 0
        found = run("recommend", "--json")
        assert f"as of {datetime.now(ZoneInfo('Europe/Berlin')):%a %Y-%m-%d}" in found.err

    def test_only_a_tier(self, demo: Settings, run: Run) -> None:
        tier = {each["artist"] for each in run("--demo", "artists", "--tier", "11-20", "--json").json}
        rows = run("--demo", "recommend", "--tier", "11-20", "-n", 50, "--json").json
        assert {each["artist"] for each in rows} <= tier

    def test_without_replies_there_is_one_s_own_history(self, asked: Server, run: Run) -> None:
        done = run("--offline", "recommend", "--json")
        assert [each["artist"] for each in done.json] == ["Aster Vale"]
        found = run("--offline", "recommend", "--mode", "discover", "--json")
        assert found.json == []
        assert "tui-music warm" in found.err

    def test_csv_and_tables_are_flat(self, demo: Settings, run: Run) -> None:
        rows = run("--demo", "recommend", "-n", 3, "--csv").csv
        assert list(rows[0]) == "rank artist score confidence plays last signals reasons".split()
        assert "{" not in rows[0]["signals"]
        assert run("--demo", "recommend", "-n", 3).out.count("\n") == 4

    @pytest.mark.parametrize(
        "wrong", [("--now", "soon"), ("--preset", "loud"), ("--mode", "x"), ("--tier", "0-3"), ("--json", "--csv")]
    )
    def test_wrong_use(self, demo: Settings, run: Run, wrong: tuple[str, ...]) -> None:
        assert run("--demo", "recommend", *wrong).code == 2


class TestLike:
    def test_the_most_similar_first(self, demo: Settings, run: Run) -> None:
        rows = run("--demo", "like", "vesper & THE lamps", "-n", 10, "--json").json
        scores = [each["score"] for each in rows]
        assert scores == sorted(scores, reverse=True)
        assert 0 < scores[-1] <= scores[0] <= 1
        assert any(each["plays"] == 0 for each in rows)
        assert rows[0]["signals"] == {"similar": scores[0]}

    def test_nobody_of_that_name(self, demo: Settings, run: Run) -> None:
        done = run("--demo", "like", "Vespr & the Lamps", "--json")
        assert done.code == 1
        assert "Near it: Vesper & the Lamps" in done.err

    def test_who_was_never_asked_about_is_asked_now(self, asked: Server, home: Path, run: Run) -> None:
        with asked as server:
            pointed_at(server, home)
            near = run("like", "Aster Vale", "--json").json
            assert near
            calls = len(server.calls)
            assert run("like", "Aster Vale", "--json").json == near
            assert len(server.calls) == calls, "the reply is kept"
        assert run("--offline", "like", "Aster Vale", "--json").json == near

    def test_songs(self, demo: Settings, run: Run) -> None:
        song = run("--demo", "songs", "Vesper & the Lamps", "--json").json[0]["track"]
        rows = run("--demo", "like", "Vesper & the Lamps", "--track", song, "--json").json
        assert set(rows[0]) >= {"rank", "track", "artist", "score", "signals", "reasons"}
        assert song not in {each["track"] for each in rows if each["artist"] == "Vesper & the Lamps"}


class TestPath:
    def test_from_one_to_another(self, demo: Settings, run: Run) -> None:
        rows = run("--demo", "path", "Halden Choir", "Kassia Rue", "--json").json
        assert (rows[0]["artist"], rows[-1]["artist"]) == ("Halden Choir", "Kassia Rue")
        assert rows[0]["similarity"] is None
        assert all(0 < each["similarity"] <= 1 for each in rows[1:])

    def test_no_way_is_an_empty_answer_that_says_so(self, asked: Server, run: Run, tmp_path: Path) -> None:
        imported(Library(load().library_file), write(tmp_path / "more.json", [row(9, "Alone", "Hermit")]))
        done = run("--offline", "path", "Aster Vale", "Hermit", "--json")
        assert done.json == []
        assert "Nobody is known to be like Aster Vale" in done.err


class TestExport:
    def test_every_format_of_everything(self, demo: Settings, run: Run, tmp_path: Path) -> None:
        Journal(Library(demo.library_file)).record("mira", "Ilse Morn", Triage.LATER, 1_700_000_000)
        for what in (["tier", "--tier", "3-5"], ["crate"], ["trail", "Ilse Morn"], ["discover", "-n", 3]):
            for form in ("m3u8", "jspf", "csv", "text", "uris"):
                file = tmp_path / f"{what[0]}.{form}"
                assert run("--demo", "export", *what, "--format", form, "-o", file).code == 0
                data = file.read_text(encoding="utf-8")
                match form:
                    case "m3u8":
                        assert data.startswith("#EXTM3U\n")
                    case "jspf":
                        assert json.loads(data)["playlist"]["track"]
                    case "csv":
                        assert list(csv.DictReader(io.StringIO(data)))
                    case "uris":
                        assert all(line.startswith("spotify:track:") for line in data.splitlines())

    def test_a_file_that_is_there_stays(self, demo: Settings, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "mine.m3u8"
        file.write_text("mine")
        refused = run("--demo", "export", "tier", "-o", file)
        assert (refused.code, file.read_text()) == (1, "mine")
        assert "is there already" in refused.err
        assert run("--demo", "export", "tier", "-o", file, "--force").code == 0
        assert file.read_text().startswith("#EXTM3U")

    def test_a_trail_begins_somewhere(self, demo: Settings, run: Run) -> None:
        assert run("--demo", "export", "trail").code == 2


@pytest.mark.parametrize("words", [("--no-mouse",), ("--offline",)])
def test_offline_holds_for_the_screens_too(words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def opens(_: Settings, **more: object) -> int:
        opened.append(more["offline"])
        return 0

    monkeypatch.setattr("tui_music.tui.app.run", opens)
    assert run(*words).code == 0
    assert opened == [words == ("--offline",)]


class TestFetchingAhead:
    def test_a_budget_is_spent_and_the_next_goes_on(self, asked: Server, home: Path, run: Run) -> None:
        with asked as server:
            pointed_at(server, home)
            first = run("warm", "--budget", 2, "--json").json
            assert (first["of"], first["done"], len(server.calls)) == (2, 2, 2)
            rest = run("warm", "--json").json
            assert rest["done"] == first["left"] + 1, "those whom the first ones named are asked about together"
            assert rest["coverage"]["after"]["similar artists"] == 1.0
            assert run("warm").out.startswith("Everything that can be asked is known.")
        assert run("cache", "--json").json["entries"] >= 4

    def test_offline_nothing_is_asked(self, asked: Server, home: Path, run: Run) -> None:
        with asked as server:
            pointed_at(server, home)
            done = run("--offline", "warm")
            assert done.code == 1
            assert "offline" in done.err
            assert server.calls == []

    def test_a_cache_that_keeps_nothing_ends_it_and_a_damaged_one_is_named(
        self, asked: Server, home: Path, run: Run
    ) -> None:
        replies = load().replies_dir
        replies.parent.mkdir(parents=True, exist_ok=True)
        replies.write_bytes(b"no folder")
        with asked as server:
            pointed_at(server, home)
            done = run("warm")
            assert (done.code, len(server.calls)) == (1, 1)
            assert done.err.count("new replies are not kept.") == 1
        replies.unlink()
        replies.mkdir(mode=0o700)
        (replies / "cache.db").write_bytes(b"no database" * 1000)
        found = run("recommend", "--mode", "discover", "--json")
        assert found.json == []
        assert "The cache of replies was damaged; it was moved to" in found.err

    def test_the_cache_can_be_cleared(self, demo: Settings, run: Run) -> None:
        before = run("--demo", "cache", "--json").json
        assert set(before) == {"hits", "misses", "stale", "entries", "bytes"}
        assert before["entries"] > 4_000
        assert run("--demo", "cache", "--clear", "--json").json["entries"] == 0


class TestBacktest:
    def test_rows_of_every_recommender(self, demo: Settings, run: Run) -> None:
        done = run("--demo", "backtest", "--json")
        rows = done.json
        keys = "task part kind recommender k ndcg recall hit_rate n low high".split()
        assert all(key in each for each in rows for key in keys)
        assert {each["task"] for each in rows} == {"next session", "next 90 days"}
        assert {each["part"] for each in rows} == {"all", "repeat", "discovery"}
        assert {each["kind"] for each in rows} == {"baseline", "signal", "blend"}
        assert {each["recommender"] for each in rows if each["kind"] == "blend"} == {"blend"}
        for each in rows:
            assert 0 <= each["low"] <= each["ndcg"] <= each["high"] <= 1

    def test_a_history_too_short_to_be_tested_says_so(self, asked: Server, run: Run) -> None:
        done = run("backtest", "--json")
        assert done.json == []
        assert "not tested" in done.err
