"""From files people have to columns of plays. One module per format; no network, no library here.

A format is a module of this package that defines ``IMPORTER``, an :class:`~tui_music.importers.columns.Importer`.
Adding one needs nothing else: it is found here, and recognised by what is in a file, never by the file's name.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from tui_music.importers.columns import Importer
from tui_music.importers.members import Member


@cache
def importers() -> tuple[Importer, ...]:
    """Every importer of this package, in order of module name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(module.IMPORTER for module in modules if hasattr(module, "IMPORTER"))


def importer_for(member: Member) -> Importer | None:
    """The importer that knows this file by its content, or ``None``. Raises :class:`ImportRefused`."""
    head = member.head()
    return next((importer for importer in importers() if importer.recognises(head)), None)
