"""What training makes and the engine opens: a file for each, of one listener, in the folder of models."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from tui_music.engine import models
from tui_music.engine.gathering import from_arrays, to_arrays
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.models import UnfitModel
from tui_music.library.history import Int32


class Kept:
    """The models of a listener in ``folder``."""

    def __init__(self, folder: Path, listener: str) -> None:
        self.folder = folder
        self._whose = blake2b(listener.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def path(self, what: str) -> Path:
        """The file of a model; names of listeners are no names of files."""
        return self.folder / f"{what}-{self._whose}.npz"

    def save_knowledge(self, knowledge: Knowledge, community: Int32, revision: int, replies: int) -> None:
        """Keep what was gathered from the cache of revision ``replies`` for the library of ``revision``."""
        arrays = to_arrays(knowledge) | {"community": community}
        models.save(self.path("knowledge"), arrays, revision, {"replies": replies})

    def knowledge(self, revision: int, replies: int | None = None) -> tuple[Knowledge, Int32]:
        """The knowledge for a library of ``revision``, whose codes it holds, and the communities in it.

        Without ``replies`` what was gathered before the cache grew will do. Raises :class:`UnfitModel`.
        """
        path = self.path("knowledge")
        model = models.load(path, revision, None if replies is None else {"replies": replies})
        try:
            knowledge, community = from_arrays(model.arrays), model.arrays["community"]
        except (KeyError, ValueError) as problem:
            raise UnfitModel(f"The model {path.name} is none ({problem}). It is trained again.") from problem
        return knowledge, community
