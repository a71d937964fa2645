"""What the threads of the part Services compute: how it stands, what a budget buys, whether a key works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tui_music.errors import BadSetting, Offline, ServiceRefused, ServiceUnavailable
from tui_music.library.history import History
from tui_music.library.memo import remember
from tui_music.library.scope import Kind
from tui_music.services import keys
from tui_music.services.cache import CacheStats
from tui_music.services.gateway import Services, ServiceStatus
from tui_music.services.keys import ApiKey
from tui_music.services.planning import Plan, plan
from tui_music.services.warm import Progress, warm
from tui_music.tui.services_part import Aim
from tui_music.tui.widgets.figures import MS_AN_HOUR


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with the services. ``key`` says where the key is from, empty if there is none; ``plan`` is what the
    aim buys, ``None`` while there is no history."""

    services: tuple[ServiceStatus, ...]
    cache: CacheStats
    trouble: str
    key: str
    aim: Aim
    plan: Plan | None


def standing(services: Services, history: History | None, aim: Aim) -> Standing:
    """Everything the part shows; the network is not touched."""
    key = _key(services)
    planned = None
    if history is not None:
        asked = services, history, aim, key is not None
        planned = remember(history, ("plan", aim, asked[3], services.cache.revision()), lambda: _plan(*asked))
    stats, statuses = services.cache.stats(), services.status()
    return Standing(statuses, stats, services.cache.trouble or "", key.source if key else "", aim, planned)


def fetch_ahead(
    services: Services,
    history: History,
    aim: Aim,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> Progress:
    """Fetch what recommendations will need; what an earlier run fetched is not asked again."""
    return warm(services, _plan(services, history, aim, _key(services) is not None), progress, cancelled)


def try_key(services: Services, key: ApiKey) -> str:
    """Keep a key and ask Last.fm once whether it is any good; returns what to say of it.

    Raises :class:`ServiceRefused` for one that is not, which is not kept, and :class:`BadSetting`.
    """
    before = _key(services)
    keys.save_lastfm_key(services.settings, key.value)
    try:
        services.check_key()
    except ServiceRefused:
        if before is None:
            keys.forget_lastfm_key(services.settings)
        else:
            keys.save_lastfm_key(services.settings, before.value)
        raise
    except (ServiceUnavailable, Offline) as problem:
        return f"The key is kept, but was not tried: {problem}"
    return "Last.fm takes the key. It is kept where only you can read it."


def forget_key(services: Services) -> str:
    """Remove the key from this computer; returns what to say of it. Raises :class:`BadSetting`."""
    if keys.forget_lastfm_key(services.settings):
        return "The key is removed from this computer."
    return f"There is no key to remove{f' but that in {keys.VARIABLE}' if _key(services) else ''}."


def _key(services: Services) -> ApiKey | None:
    try:
        return keys.lastfm_key(services.settings)
    except BadSetting:  # the status of the service says so
        return None


def _plan(services: Services, history: History, aim: Aim, key: bool) -> Plan:
    """The artists of the aim by hours of music, of all plays."""
    music = history.kind == Kind.MUSIC
    hours = np.bincount(history.artist[music], history.ms_played[music] / MS_AN_HOUR, len(history.names.artists))
    names = history.names.artists
    ranked = sorted(np.flatnonzero(hours).tolist(), key=lambda code: (-hours[code], names[code]))
    first, last = aim.ranks or (1, len(ranked))
    wanted = ranked[first - 1 : last]
    return plan([(names[code], float(hours[code])) for code in wanted], services.cache, aim.budget, key)
