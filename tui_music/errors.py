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


class ServiceError(TuiMusicError):
    """A music service gave no answer, and there is no old one."""


class ServiceUnavailable(ServiceError):
    """A service cannot be reached, fails, answers nonsense, or is left alone for a while."""


class ServiceRefused(ServiceError):
    """A service needs a key, or refuses the one it was given."""


class Private(ServiceError):
    """What was asked for is private to somebody."""


class Offline(ServiceError):
    """The program was told to stay off the network."""


class NotCached(ServiceError):
    """Only the cache was to be asked, and it has no reply."""


class Stopped(ServiceError):
    """The program is quitting and waits for no answer any more."""


class ExportRefused(TuiMusicError):
    """A list cannot be written where it was asked to go."""


class TableRefused(TuiMusicError):
    """A file cannot be read as a table of tracks."""


class NoCatalogue(TuiMusicError):
    """There is no catalogue yet."""


class UnfitCatalogue(NoCatalogue):
    """The catalogue is damaged or of another version, and has to be built again."""
