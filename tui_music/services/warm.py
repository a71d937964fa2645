"""Fetching ahead what recommendations will need: the calls of a plan, one after the other. A train ride then needs no
network."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tui_music.errors import NotCached, Offline, ServiceError, ServiceRefused, Stopped
from tui_music.services.planning import BY_ID, POPULARITY, Call, Plan, id_of, waiting
from tui_music.services.replies import Reply

if TYPE_CHECKING:
    from tui_music.services.gateway import Services

#: Warming ends when so many calls in a row fail.
FAILURES = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """Of so many calls, those ``done``: services had something to say, did not know the artist, or failed. ``seconds``
    are left at the pace so far. ``stopped`` says why the rest was not done; empty if it was."""

    of: int
    done: int = 0
    found: int = 0
    unknown: int = 0
    failed: int = 0
    artist: str = ""
    seconds: float = 0.0
    stopped: str = ""


def warm(
    services: Services,
    plan: Plan,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Make the calls of ``plan``; ``progress`` hears of each. Raises nothing that services raise.

    A single failure is passed over. It ends early when it is ``cancelled``, when Last.fm refuses the key, when the
    cache cannot keep what is fetched, and when call after call fails; what was fetched until then is kept.
    """
    state, start, in_a_row, why = Progress(len(plan.calls)), clock(), 0, ""
    for call in plan.calls:
        if cancelled():
            return replace(state, stopped="It was cancelled.")
        try:
            reply = _ask(services, call, plan.weights)
            if reply is None:
                state = replace(state, of=state.of - 1)
                continue
            outcome = "failed" if reply.stale else "found" if reply.value is not None else "unknown"
        except (ServiceRefused, Offline, Stopped) as problem:
            return replace(state, stopped=str(problem))
        except NotCached:
            outcome = "failed"  # as the search for the id did, which said why
        except ServiceError as problem:
            outcome, why = "failed", str(problem)
        done = state.done + 1
        left = (clock() - start) / done * (state.of - done)
        counts = {outcome: getattr(state, outcome) + 1}
        state = replace(state, done=done, artist=call.artist, seconds=left, **counts)
        progress(state)
        in_a_row = in_a_row + 1 if outcome == "failed" else 0
        if services.cache.refuses:  # what nobody keeps is fetched in vain
            return replace(state, stopped=services.cache.trouble or "")
        if in_a_row == FAILURES and state.done < state.of:
            return replace(state, stopped=f"{FAILURES} calls in a row failed. {why}".strip())
    return state


def _ask(services: Services, call: Call, weights: Mapping[str, float]) -> Reply[Any] | None:
    """``None`` if there is nothing to ask after all."""
    if call.method == POPULARITY:
        ids = waiting(services.cache, weights)
        return services.lb_popularity(ids) if ids else None
    question: Callable[[str], Reply[Any]] = getattr(services, call.method)
    if call.method not in BY_ID.values():
        return question(call.artist)
    mbid = call.mbid
    if not mbid:
        found = services.mb_search(call.artist, cached=True)
        mbid = id_of(call.artist, found.value)
        if not mbid:
            return Reply(None, found.service, found.fetched_at)
    return question(mbid)
