"""The few errors a person can meet. Each message says what happened, to what, and what to do."""

from __future__ import annotations


class TuiMusicError(Exception):
    """Base of every error written for the person; the command line prints it and exits with ``exit_code``."""

    exit_code = 1


class ImportRefused(TuiMusicError):
    """A file cannot be read as a listening history."""


class LibraryBusy(TuiMusicError):
    """Another process holds the library file."""


class LibraryDamaged(TuiMusicError):
    """The library file cannot be read."""


class LibraryTooNew(TuiMusicError):
    """The library was written by a newer version of this program."""


class LibraryUnwritable(TuiMusicError):
    """The library cannot be written: full disk, read-only folder, wrong owner."""


class NoLibrary(TuiMusicError):
    """There is no library yet."""


class NotFound(TuiMusicError):
    """No artist, listener, track or batch of that name."""


class BadRange(TuiMusicError):
    """A date range that cannot be understood."""

    exit_code = 2


class BadSetting(TuiMusicError):
    """A setting, in the file or the environment, that cannot be used."""

    exit_code = 2


class UnfitTerminal(TuiMusicError):
    """No terminal, or one that cannot show the program."""

    exit_code = 2


class ExportRefused(TuiMusicError):
    """A list cannot be written where it was asked to go."""
