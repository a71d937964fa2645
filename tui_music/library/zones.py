"""Which time zone the listener's clock shows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from tui_music.errors import BadSetting
from tui_music.library.calendar import open_zone
from tui_music.library.history import History

_UTC_NAMES = frozenset("UTC UCT GMT GMT0 GMT+0 GMT-0 Greenwich Universal Zulu".split())
# Files beside the zones that are not places: they load, but mean the host's zone, leap seconds or nothing.
_NO_ZONES = ("localtime", "posixrules", "Factory", "posix/", "right/")


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """An IANA time zone, ``why`` it was chosen (words for the screen), and whether to ``ask`` the person."""

    zone: str
    why: str
    ask: bool = False


def choose_zone(setting: str | None, history: History) -> ZoneChoice:
    """The time zone of a history.

    The setting; else the single zone of the country most plays are from; else the host's zone unless that is UTC;
    else UTC, and the person should be asked. Raises :class:`BadSetting` when the setting is no time zone.
    """
    if setting:
        if not valid_zone(setting):
            raise BadSetting(f"The time zone {setting!r} does not exist. Zones are named like Europe/Berlin or UTC.")
        return ZoneChoice(setting, "your setting")
    country = most_frequent_country(history)
    if country and (zone := country_zone(country, history)):
        return ZoneChoice(zone, f"most plays are from {_countries()[country]}")
    if (host := host_zone()) and not is_utc(host):
        return ZoneChoice(host, "the zone of this computer")
    why = f"{_countries()[country]} has several zones" if country else "nothing says where you listened"
    return ZoneChoice("UTC", why, ask=True)


def valid_zone(name: str) -> bool:
    """Whether ``name`` is an IANA time zone this computer knows."""
    if name.startswith(_NO_ZONES):
        return False
    try:
        open_zone(name)
    except BadSetting:
        return False
    return True


@cache
def all_zones() -> tuple[str, ...]:
    """Every IANA time zone, sorted by name, for a picker."""
    names = (files("tzdata") / "zones").read_text("utf-8").split()
    return tuple(sorted(name for name in names if not name.startswith(_NO_ZONES)))


def is_utc(zone: str) -> bool:
    """Whether a zone is one of the names of UTC: what servers and containers have when nobody chose."""
    return zone.removeprefix("Etc/") in _UTC_NAMES


def most_frequent_country(history: History) -> str | None:
    """ISO 3166 code of the country most plays of any kind are from (the first by code of equals), if any is known."""
    plays = np.bincount(history.country[history.country >= 0], minlength=len(history.names.terms))
    known = [(-int(n), code) for n, code in zip(plays, history.names.terms, strict=True) if n and code in _countries()]
    return min(known)[1] if known else None


def country_zone(country: str, history: History) -> str | None:
    """The zone of a country if its zones showed the same time on every day of the history, else ``None``.

    Germany has two zones (Büsingen is one) that agree since 1981, the United States 29 that do not. The first listed,
    the most populous, stands for all of them. Source: zone.tab of the IANA database.
    """
    names = _country_zones().get(country, ())
    if not names:
        return None
    zones = [ZoneInfo(name) for name in names]
    for day in np.unique(history.start // 86_400).tolist() if len(zones) > 1 else ():
        noon = datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        if len({noon.astimezone(zone).utcoffset() for zone in zones}) > 1:
            return None
    return names[0]


def host_zone(environ: Mapping[str, str] = os.environ, etc: Path = Path("/etc")) -> str | None:
    """The zone this computer is set to: ``TZ``, else the target of /etc/localtime, else /etc/timezone."""
    if (asked := environ.get("TZ")) is not None:
        names = [asked.removeprefix(":") or "UTC"]
    else:
        names = [str((etc / "localtime").resolve())]
        with suppress(OSError, UnicodeDecodeError):
            names.append((etc / "timezone").read_text("utf-8").strip())
    for name in names:
        if (name := name.rpartition("zoneinfo/")[2]) and valid_zone(name):
            return name
    return None


@cache
def _countries() -> dict[str, str]:
    """Names of countries by ISO 3166 code."""
    return {row[0]: row[1] for row in _table("iso3166.tab")}


@cache
def _country_zones() -> dict[str, tuple[str, ...]]:
    """Zones by country code, the most populous first."""
    zones: dict[str, tuple[str, ...]] = {}
    for code, _, zone, *_ in _table("zone.tab"):
        zones[code] = (*zones.get(code, ()), zone)
    return zones


def _table(name: str) -> list[list[str]]:
    """Rows of a tab-separated file of the IANA database, which the package tzdata carries."""
    lines = (files("tzdata.zoneinfo") / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
