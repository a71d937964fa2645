"""What the program gives back to the system while it runs."""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD = -3  # of glibc's mallopt
_BYTES = 1 << 20


def give_back_large() -> None:
    """Have arrays of a megabyte and more returned to the system as soon as they are freed.

    glibc raises that limit to 32 MB by itself once such an array is freed, and keeps what is smaller: 30 MB and more at
    a million plays. Other C libraries go their own way.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _BYTES)
