"""What training makes and the engine opens: a file for each, of one listener, in the folder of models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from tui_music.engine import models
from tui_music.engine.backtest import Backtest
from tui_music.engine.candidate import Mode, Recommender
from tui_music.engine.fitting import Weights
from tui_music.engine.gathering import from_arrays, to_arrays
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.models import Model, UnfitModel
from tui_music.engine.rising import Phases
from tui_music.library.history import Int32

Parameters = Mapping[str, str | int | float]
T = TypeVar("T")


class Kept:
    """The models of a listener in ``folder``. Whatever opens one raises :class:`UnfitModel` where it does not fit."""

    def __init__(self, folder: Path, listener: str) -> None:
        self.folder = folder
        self._whose = blake2b(listener.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def path(self, what: str) -> Path:
        """The file of a model; names of listeners are no names of files."""
        return self.folder / f"{what}-{self._whose}.npz"

    def has(self, what: str, revision: int, parameters: Parameters) -> bool:
        """Whether a model fits."""
        try:
            models.load(self.path(what), revision, parameters)
        except UnfitModel:
            return False
        return True

    @staticmethod
    def learnt_from(zone: str, counted_ms: int, knowledge: Knowledge, others: Sequence[Recommender] = ()) -> Parameters:
        """What decides, beside the plays, what is learnt. Of the knowledge it is the order of its size alone: a few
        replies more do not change weights. ``others`` are the signals beside what goes by it."""
        asked = int(np.count_nonzero(knowledge.asked))
        named = " ".join(each.name for each in others)
        return {"zone": zone, "counted_ms": counted_ms, "asked": asked.bit_length(), "others": named}

    def save_knowledge(self, knowledge: Knowledge, community: Int32, revision: int, replies: int) -> None:
        """Keep what was gathered from the cache of revision ``replies`` for the library of ``revision``."""
        arrays = to_arrays(knowledge) | {"community": community}
        models.save(self.path("knowledge"), arrays, revision, {"replies": replies})

    def knowledge(self, revision: int, replies: int | None = None) -> tuple[Knowledge, Int32]:
        """The knowledge for a library of ``revision``, whose codes it holds, and the communities in it. Without
        ``replies`` what was gathered before the cache grew will do."""
        model = self._load("knowledge", revision, None if replies is None else {"replies": replies})
        return self._opened("knowledge", lambda: (from_arrays(model.arrays), model.arrays["community"]))

    def save_phases(self, phases: Phases, revision: int, parameters: Parameters) -> None:
        models.save(self.path("phases"), vars(phases), revision, parameters)

    def phases(self, revision: int) -> Phases:
        """The phases of taste in a library of ``revision``, whose codes they hold."""
        arrays = self._load("phases", revision).arrays
        return self._opened("phases", lambda: Phases(arrays["weight"], arrays["share"], arrays["artist"]))

    def save_weights(self, weights: Mapping[Mode, Weights], revision: int, parameters: Parameters) -> None:
        self._save_text("weights", weights, revision, parameters)

    def weights(self) -> dict[Mode, Weights]:
        """The weights that were fitted last. They hold no codes: those of earlier plays serve until there are new."""
        return self._text("weights", dict[Mode, Weights])

    def save_proof(self, proof: Backtest, revision: int, parameters: Parameters) -> None:
        self._save_text("proof", proof, revision, parameters)

    def proof(self) -> tuple[Backtest, int]:
        """The backtest that was run last, and the revision of the library it was run on."""
        return self._text("proof", Backtest), self._load("proof").header.revision

    def _save_text(self, what: str, value: object, revision: int, parameters: Parameters) -> None:
        """Keep what is words and a few numbers."""
        packed = msgspec.msgpack.encode(value, enc_hook=lambda column: column.tolist())
        models.save(self.path(what), {"packed": np.frombuffer(packed, np.uint8)}, revision, parameters)

    def _text(self, what: str, kind: type[T]) -> T:
        arrays = self._load(what).arrays

        def column(_: object, numbers: Any) -> Any:
            return np.array(numbers, np.float64)

        return self._opened(
            what, lambda: msgspec.msgpack.decode(arrays["packed"].tobytes(), type=kind, dec_hook=column)
        )

    def _load(self, what: str, revision: int | None = None, parameters: Parameters | None = None) -> Model:
        return models.load(self.path(what), revision, parameters)

    def _opened(self, what: str, make: Callable[[], T]) -> T:
        try:
            return make()
        except (KeyError, ValueError, TypeError) as problem:
            name = self.path(what).name
            raise UnfitModel(f"The model {name} is none ({problem}). It is trained again.") from problem
