"""What was played. Shared by importers, which tell, and the library, which keeps them apart."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """Statistics are of music unless asked. The numbers are stored."""

    MUSIC = 0
    PODCAST = 1
    AUDIOBOOK = 2
    VIDEO = 3

    @property
    def label(self) -> str:
        return self.name.lower()
