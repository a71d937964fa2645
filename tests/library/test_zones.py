"""Which time zone is chosen, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.histories import Row, make_history
from tui_music.errors import BadSetting
from tui_music.library import zones
from tui_music.library.history import History
from tui_music.library.zones import (
    ZoneChoice,
    all_zones,
    choose_zone,
    country_zone,
    host_zone,
    is_utc,
    most_frequent_country,
    valid_zone,
)


def plays_from(*countries: str | None) -> History:
    return make_history([Row(1_600_000_000 + i * 86_400, "A", "a", country=c) for i, c in enumerate(countries)])


@pytest.fixture(autouse=True)
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "host_zone", lambda: "America/New_York")


def test_the_setting_wins() -> None:
    assert choose_zone("Asia/Tokyo", plays_from("DE")) == ZoneChoice("Asia/Tokyo", "your setting")


def test_a_setting_that_is_no_zone_is_refused() -> None:
    with pytest.raises(BadSetting, match="Europe/Berlin"):
        choose_zone("Berlin", plays_from("DE"))


def test_the_country_most_plays_are_from_decides() -> None:
    choice = choose_zone(None, plays_from("FR", "DE", "DE", None, None, None, "ZZ", "ZZ", "ZZ"))
    assert (choice.zone, choice.ask) == ("Europe/Berlin", False)
    assert "Germany" in choice.why


def test_equal_countries_go_by_code() -> None:
    assert most_frequent_country(plays_from("FR", "DE")) == "DE"
    assert most_frequent_country(plays_from("ZZ", None)) is None


def test_a_country_with_several_times_does_not_decide() -> None:
    assert choose_zone(None, plays_from("US", "US")).zone == "America/New_York"
    assert country_zone("ES", plays_from("ES")) is None  # the Canary Islands
    assert country_zone("ZZ", plays_from("ZZ")) is None


def test_zones_of_a_country_that_agreed_while_it_was_listened_to_are_one() -> None:
    # Famagusta kept summer time from September 2016 to October 2017; before and after it is as in Nicosia.
    apart = make_history([Row("2017-01-15T12:00:00", "A", "a")])
    together = make_history([Row("2020-01-15T12:00:00", "A", "a")])
    assert country_zone("CY", together) == "Asia/Nicosia"
    assert country_zone("CY", apart) is None


@pytest.mark.parametrize("host", [None, "UTC", "Etc/UTC", "Etc/GMT"])
def test_a_host_on_utc_or_unknown_says_nothing_so_the_person_is_asked(
    monkeypatch: pytest.MonkeyPatch, host: str | None
) -> None:
    monkeypatch.setattr(zones, "host_zone", lambda: host)
    assert choose_zone(None, plays_from(None)) == ZoneChoice("UTC", "nothing says where you listened", ask=True)
    assert choose_zone(None, plays_from("US")).ask


def test_host_zone_reads_the_environment_then_the_link_then_the_file(tmp_path: Path) -> None:
    assert host_zone({}, tmp_path) is None
    (tmp_path / "timezone").write_text("Europe/Paris\n")
    assert host_zone({}, tmp_path) == "Europe/Paris"
    target = tmp_path / "zoneinfo" / "Asia" / "Tokyo"
    target.parent.mkdir(parents=True)
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    assert host_zone({}, tmp_path) == "Asia/Tokyo"
    assert host_zone({"TZ": ":Europe/Rome"}, tmp_path) == "Europe/Rome"
    assert host_zone({"TZ": ""}, tmp_path) == "UTC"
    assert host_zone({"TZ": "XYZ-1"}, tmp_path) is None


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "Asia/Kolkata", "America/Argentina/Buenos_Aires"])
def test_zones_of_the_database_are_valid(name: str) -> None:
    assert valid_zone(name)
    assert name in all_zones()


@pytest.mark.parametrize(
    "name", ["", "Europe", "Berlin", "../../etc/passwd", "/etc/localtime", "right/UTC", "localtime", "\0", "a" * 5000]
)
def test_other_names_are_not(name: str) -> None:
    assert not valid_zone(name)


def test_all_zones_are_sorted_and_load() -> None:
    assert list(all_zones()) == sorted(all_zones())
    assert all(valid_zone(name) for name in all_zones())


def test_names_of_utc() -> None:
    assert is_utc("Etc/UTC")
    assert is_utc("Zulu")
    assert not is_utc("Europe/London")
