"""Public data sets of many listeners are recognised by what is in them, and every row is accounted for."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.community import files
from tests.exports import imported, row, write
from tui_music.engine.community.book import NAME_CHARS, ROW_BYTES
from tui_music.engine.community.community import Community, CommunityRefused, Reason
from tui_music.engine.community.mending import mend
from tui_music.engine.community.reading import own_community, read_community
from tui_music.library.library import Library

NOON = 1_241_467_737  # 2009-05-04T20:08:57Z


def plays(community: Community) -> dict[tuple[str, str], float]:
    matrix = community.plays.tocoo()
    return {
        (community.listeners[who], community.artists[artist]): count
        for who, artist, count in zip(*matrix.coords, matrix.data.tolist(), strict=True)
    }


class TestNamesEncodedTwice:
    @pytest.mark.parametrize("name", ["Beyoncé", "Sigur Rós", "東京事変", "Кино", "Motörhead", "naïve — “x”"])
    def test_are_what_they_were(self, name: str) -> None:
        twice = "".join(
            bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
            for byte in name.encode()
        )
        assert mend(twice) == mend(name.encode().decode("latin-1")) == name

    @pytest.mark.parametrize("name", ["Beyoncé", "Âme", "OSKÃO", "L'Âme Immortelle", "ÃÃ", "Ÿ", "plain", "", "東京"])
    def test_others_stay(self, name: str) -> None:
        assert mend(name) == name


class TestHetRec:
    def test_plays_tags_and_friends(self, tmp_path: Path) -> None:
        community = read_community([files.hetrec(tmp_path)])
        assert community.source == "HetRec 2011 Last.fm"
        assert plays(community) == {
            ("2", "Duran Duran"): 300, ("2", "Beyoncé"): 20, ("3", "Beyoncé"): 7, ("4", "Duran Duran"): 1,
        }  # fmt: skip
        assert community.tagged
        assert community.tagged.names == ["new wave", "música"]
        assert community.tagged.tag.tolist() == [0, 1, 0]
        assert community.friends is not None
        assert community.friends.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
        account = {file.format: (file.rows, file.kept, file.mended, file.latin) for file in community.files}
        assert account["artists.dat"] == (2, 2, 1, 0)
        assert account["tags.dat"] == (2, 2, 0, 1)

    def test_may_be_in_a_zip(self, tmp_path: Path) -> None:
        folder = files.hetrec(tmp_path / "unpacked")
        with zipfile.ZipFile(tmp_path / "hetrec.zip", "w") as archive:
            for path in folder.iterdir():
                archive.write(path, path.name)
        assert plays(read_community([tmp_path / "hetrec.zip"])) == plays(read_community([folder]))

    def test_rows_that_cannot_be_are_counted(self, tmp_path: Path) -> None:
        bad = [(2, 51, 5), (2, 99, 5), (2, 51, 0), (2, 51, -3), (2, 51, "NaN"), (2, 51, 1e9), (2, 51, "9" * 30)]
        folder = files.hetrec(tmp_path, plays=bad, tagged=[(2, 51, 77), (8, 51, 1)])
        with (folder / "user_artists.dat").open("ab") as file:
            file.write(b"2\t51\r\n\r\n" + b"x" * (ROW_BYTES + 10) + b"\r\n2\t51\t5\t5\r\n")
        found = {file.format: file for file in read_community([folder]).files}
        account = found["user_artists.dat"]
        assert dict(account.rejected) == {
            Reason.UNKNOWN: 1, Reason.BAD_COUNT: 5, Reason.FIELDS: 2, Reason.TOO_LONG: 1,
        }  # fmt: skip
        assert (account.rows, account.kept) == (10, 1)
        assert dict(found["user_taggedartists.dat"].rejected) == {Reason.UNKNOWN: 2}


class TestLastFm360K:
    def test_plays(self, tmp_path: Path) -> None:
        rows = ("a", "betty blowtorch", 2137), ("a", "die Ärzte", "1099"), ("b", "die Ärzte", 3)
        community = read_community([files.lastfm_360k(tmp_path / "usersha1-artmbid-artname-plays.tsv", *rows)])
        assert plays(community) == {
            ("a" * 40, "betty blowtorch"): 2137, ("a" * 40, "die Ärzte"): 1099, ("b" * 40, "die Ärzte"): 3,
        }  # fmt: skip
        assert community.events is None

    def test_an_artist_without_a_name_or_with_an_endless_one(self, tmp_path: Path) -> None:
        rows = ("a", "one", 1), ("a", "   ", 2), ("a", "x" * (NAME_CHARS + 1), 2)
        (file,) = read_community([files.lastfm_360k(tmp_path / "x.tsv", *rows)]).files
        assert dict(file.rejected) == {Reason.NO_NAME: 1, Reason.TOO_LONG: 1}


class TestSinglePlays:
    def test_last_fm_1k(self, tmp_path: Path) -> None:
        rows = [
            (1, "2009-05-04T20:08:57Z", "Deep Dish", "Fuck Me"), (1, "2009-05-04T20:18:57Z", "Deep Dish", ""),
            (2, "2009-05-04T21:08:57Z", "Deep Dish", "Other"), (2, "yesterday", "Deep Dish", "Other"),
            (2, "1969-05-04T21:08:57Z", "Deep Dish", "Other"), (2, "2009-05-04T21:08:57Z", "", "Other"),
        ]  # fmt: skip
        community = read_community([files.lastfm_1k(tmp_path / "x.tsv", *rows)])
        assert plays(community) == {("user_000001", "Deep Dish"): 2, ("user_000002", "Deep Dish"): 1}
        assert community.events
        assert community.events.at.tolist() == [NOON, NOON + 600, NOON + 3600]
        assert community.events.track.tolist() == [0, -1, 1]
        assert community.events.track_artist.tolist() == [0, 0]
        assert dict(community.files[0].rejected) == {Reason.BAD_TIME: 2, Reason.NO_NAME: 1}

    def test_csv_of_scrobbles(self, tmp_path: Path) -> None:
        (tmp_path / "data.csv").write_text(
            ",Username,Artist,Track,Album,Date,Time\n"
            '0,Babs_05,"Isobel Campbell, Mark Lanegan","The ""Circus""",,31 Jan 2021, 23:36\n'
            "1,Babs_05,Them,Gloria,Album,31-Jan-2021,23:28:01\n"
            "2,Babs_05,Them,Gloria,Album,31 Jan 2021,25:28\n"
            "3,Babs_05,Them,Gloria,Album,whenever,23:28\n"
            '4,Babs_05,"Them,Gloria,Album,31 Jan 2021,23:28\n'
            "5,,Them,Gloria,Album,31 Jan 2021,23:28\n"
        )
        community = read_community([tmp_path])
        assert plays(community) == {("Babs_05", "Isobel Campbell, Mark Lanegan"): 1, ("Babs_05", "Them"): 1}
        assert community.events
        assert community.events.at.tolist() == [1612136160, 1612135681]
        assert community.events.tracks == ['The "Circus"', "Gloria"]
        assert dict(community.files[0].rejected) == {Reason.BAD_TIME: 2, Reason.DAMAGED: 1, Reason.NO_NAME: 1}

    def test_listens_of_listenbrainz(self, tmp_path: Path) -> None:
        path = files.listens(
            tmp_path / "1.listens", ("ada", NOON, "Low", "Lullaby"), ("bo", NOON, "Low", None),
            (None, NOON, "Low", "x"), ("bo", "soon", "Low", "x"), ("bo", NOON, None, "x"), ("bo", -5, "Low", "x"),
        )  # fmt: skip
        with path.open("a") as file:
            file.write('{"half": \n[]\n')
        community = read_community([path])
        assert plays(community) == {("ada", "Low"): 1, ("bo", "Low"): 1}
        assert dict(community.files[0].rejected) == {Reason.NO_NAME: 2, Reason.BAD_TIME: 2, Reason.DAMAGED: 2}

    def test_parquet_of_listenbrainz(self, tmp_path: Path) -> None:
        rows = (1, NOON, "Low", "Lullaby"), (2, NOON, "Low", None), (2, NOON, None, "x"), (2, None, "Low", "x")
        community = read_community([files.parquet(tmp_path / "0.parquet", *rows, (2, NOON, "x" * 2000, "y"))])
        assert plays(community) == {("1", "Low"): 1, ("2", "Low"): 1}
        assert community.events
        assert community.events.at.tolist() == [NOON, NOON]
        reasons = {Reason.NO_NAME: 1, Reason.BAD_TIME: 1, Reason.TOO_LONG: 1}
        assert dict(community.files[0].rejected) == reasons

    def test_a_broken_parquet_is_refused(self, tmp_path: Path) -> None:
        whole = files.parquet(tmp_path / "0.parquet", (1, NOON, "Low", "Lullaby")).read_bytes()
        for n, broken in enumerate((whole[:40], b"PAR1" + bytes(200) + b"PAR1", whole[:4] + b"\xff" * 60 + whole[64:])):
            (tmp_path / f"{n}.parquet").write_bytes(broken)
            with pytest.raises(CommunityRefused):
                read_community([tmp_path / f"{n}.parquet"])

    def test_a_parquet_of_something_else_is_refused(self, tmp_path: Path) -> None:
        import duckdb

        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'x.parquet'}' (FORMAT parquet)")
        with pytest.raises(CommunityRefused, match="no column user_name, artist_name, listened_at"):
            read_community([tmp_path / "x.parquet"])


class TestOneArtistOfManySpellings:
    def test_is_one_under_the_name_most_played(self, tmp_path: Path) -> None:
        rows = ("a", "Beyonce", 10), ("a", "Beyoncé", 3), ("b", "BEYONCÉ", 9), ("b", "Beyonce feat. Jay-Z", 1)
        read = read_community([files.lastfm_360k(tmp_path / "x.tsv", *rows, ("b", "Low", 1))])
        merged = read.merge_spellings()
        assert (len(read.artists), merged.artists, merged.merged) == (5, ["Beyonce", "Low"], 3)
        assert plays(merged) == {("a" * 40, "Beyonce"): 13, ("b" * 40, "Beyonce"): 10, ("b" * 40, "Low"): 1}

    def test_takes_tags_and_tracks_along(self, tmp_path: Path) -> None:
        rows = (1, "2009-05-04T20:08:57Z", "Low", "a"), (1, "2009-05-04T20:09:57Z", "LOW", "b")
        merged = read_community([files.lastfm_1k(tmp_path / "x.tsv", *rows)]).merge_spellings()
        assert merged.events
        assert merged.events.artist.tolist() == merged.events.track_artist.tolist() == [0, 0]
        tagged = read_community([files.hetrec(tmp_path / "h", artists=[(51, "Duran Duran"), (52, "duran duran")])])
        again = tagged.merge_spellings().tagged
        assert again
        assert again.artist.tolist() == [0, 0, 0]


class TestTheLibrarysOwnListeners:
    def test_are_a_community(self, tmp_path: Path) -> None:
        library = Library(tmp_path / "library.duckdb")
        for who, artists in (("Ada", ["Low", "Low", "Them"]), ("Bo", ["Low"])):
            rows = [row(400 * n, f"{artist} {n}", artist) for n, artist in enumerate(artists)]
            imported(
                library, write(tmp_path / f"{who}.json", [*rows, row(9_000, "short", "Never", ms=900)]), listener=who
            )
        community = own_community(library)
        assert plays(community) == {("Ada", "Low"): 2, ("Ada", "Them"): 1, ("Bo", "Low"): 1}

    def test_one_is_none(self, tmp_path: Path) -> None:
        library = Library(tmp_path / "library.duckdb")
        imported(library, write(tmp_path / "x.json", [row(0, "a", "Low")]), listener="Ada")
        with pytest.raises(CommunityRefused, match="at least two"):
            own_community(library)


class TestRefused:
    def test_what_is_no_community(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("hello\tworld\n")
        for path in (tmp_path, tmp_path / "notes.txt", tmp_path / "nothing"):
            with pytest.raises(CommunityRefused):
                read_community([path])

    def test_what_is_still_packed(self, tmp_path: Path) -> None:
        (tmp_path / "lastfm-dataset-1K.tar.gz").write_bytes(gzip.compress(b"x"))
        with pytest.raises(CommunityRefused, match="Unpack it"):
            read_community([tmp_path])

    def test_two_data_sets_at_once(self, tmp_path: Path) -> None:
        folder = files.hetrec(tmp_path / "h")
        other = files.lastfm_360k(tmp_path / "x.tsv", ("a", "one", 1))
        with pytest.raises(CommunityRefused, match="several data sets"):
            read_community([folder, other])

    def test_no_play_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(CommunityRefused, match="no play"):
            read_community([files.lastfm_360k(tmp_path / "x.tsv", ("a", "one", 0))])


_STARTS = [
    b"userID\tartistID\tweight\n", b"id\tname\turl\tpictureURL\n", b"a" * 40 + b"\t\tone\t1\n", b"PAR1",
    b"user_000001\t2009-05-04T23:08:57Z\t\tone\t\ttwo\n", b",Username,Artist,Track,Album,Date,Time\n",
    b'{"user_name": "a", "track_metadata": {"artist_name": "b"}}\n',
]  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from(_STARTS), rest=st.lists(st.binary(max_size=60) | st.text(max_size=30).map(str.encode)))
def test_any_bytes_are_read_or_refused(start: bytes, rest: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_bytes(start + b"\n".join(rest))
    try:
        community = read_community([path]).merge_spellings()
    except CommunityRefused:
        return
    assert all(file.rows == file.kept + sum(count for _, count in file.rejected) for file in community.files)
    assert np.all(community.plays.data > 0)
