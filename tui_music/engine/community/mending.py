"""Names that were encoded twice ("BeyoncÃ©"), mended by rule."""

from __future__ import annotations

_ROUNDS = 3


def mend(name: str) -> str:
    """``name`` as it was meant: UTF-8 that was read as Latin-1 or Windows-1252 and encoded again, up to three times.

    The rule takes only what is UTF-8 as a whole when put back into bytes. A name that was meant as it stands hardly
    ever is: an accented letter would have to be followed by just the signs that go on with it.
    """
    for _ in range(_ROUNDS):
        if name.isascii():
            return name
        try:
            meant = b"".join(map(_byte, name)).decode("utf-8")
        except UnicodeError:
            return name
        name = meant
    return name


def _byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")  # Windows-1252 has no signs for five of its bytes
