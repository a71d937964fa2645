"""The table of an evaluation, and the file it is kept in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from tui_music.engine import models
from tui_music.engine.models import UnfitModel

FILE = "evaluation.npz"
#: Counts up when what is stored changes its meaning.
VERSION = 1


class NoEvaluation(UnfitModel):
    """There is no table of an evaluation, or none that can be used."""


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """Figures of a recommender's lists of ``k`` artists: means over listeners, then over ``splits``. ``low`` and
    ``high`` bound ``ndcg`` (95 %, listeners drawn anew). ``coverage`` is the share of all artists that anybody was
    recommended; ``novelty`` the mean surprise in bits (−log2 of the share of listeners who play it); ``diversity`` 1 −
    the mean cosine of two artists of a list by their listeners."""

    protocol: str
    recommender: str
    k: int
    splits: int
    ndcg: float
    precision: float
    recall: float
    f1: float
    hit_rate: float
    mrr: float
    coverage: float
    novelty: float
    diversity: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``source`` is the data; ``notes`` say how it was measured. ``seconds`` is how long it took."""

    source: str
    listeners: int
    artists: int
    rows: tuple[EvaluationRow, ...]
    notes: tuple[str, ...]
    seconds: float


def save(path: Path, table: Evaluation) -> None:
    """Keep a table at ``path``, in place of the one before."""
    packed = np.frombuffer(msgspec.msgpack.encode(table), np.uint8)
    models.save(path, {"packed": packed}, 0, {"evaluation": VERSION})


def load(path: Path) -> Evaluation:
    """The table at ``path`` that was made last. Raises :class:`NoEvaluation`, whatever the file holds."""
    try:
        arrays = models.load(path, parameters={"evaluation": VERSION}).arrays
        return msgspec.msgpack.decode(arrays["packed"].tobytes(), type=Evaluation)
    except (UnfitModel, KeyError, msgspec.MsgspecError) as problem:
        raise NoEvaluation("There is no evaluation that can be read. tui-music evaluate makes one.") from problem
