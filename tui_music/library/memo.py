"""Answers kept beside the object they were computed from; they go when it goes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

_lock = Lock()


def remember(owner: object, key: tuple[Hashable, ...], make: Callable[[], T], keep: int = 1) -> T:
    """``make()``, computed once per owner and key; of each ``key[0]`` the ``keep`` last used stay.

    Two threads that ask at once may both compute; the answers are equal, and nobody waits for the other.
    """
    shelf: dict[tuple[Hashable, ...], Any] = vars(owner).setdefault("_answers", {})
    with _lock:
        if key in shelf:
            answer: T = shelf.pop(key)
            shelf[key] = answer
            return answer
    answer = make()
    with _lock:
        shelf[key] = answer
        for old in [k for k in shelf if k[0] == key[0]][:-keep]:
            del shelf[old]
    return answer
