"""Named positions of the dials, and what a preset asks of the signals besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from tui_music.engine.blend import Dials
from tui_music.library.history import Float64


@dataclass(frozen=True, slots=True)
class Preset:
    """Where the dials go, and ``added``: weight given to signals on top of their own, as shares of the sum of all.

    ``meaning`` says it to the person.
    """

    name: str
    meaning: str
    dials: Dials = field(default_factory=Dials)
    added: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def weights(self, names: Sequence[str], weights: Float64) -> Float64:
        """``weights`` (signals,) of the signals ``names`` with what this preset adds."""
        added = np.array([self.added.get(name, 0.0) for name in names])
        return weights + float(np.abs(weights).sum()) * added


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset("balanced", "the signals as your history weighs them"),
            Preset("comfort", "what you know best", Dials(new=0.1, obscure=0.4, lately=0.4)),
            Preset(
                "adventure",
                "further from what you know, and what you have not heard for long",
                Dials(new=0.9, obscure=0.6),
                MappingProxyType({"rediscovery": 0.8, "rising": 0.2}),
            ),
            Preset("obscure", "what few others listen to", Dials(obscure=0.9)),
            Preset(
                "right now",
                "for this hour and what is playing",
                Dials(lately=0.7),
                MappingProxyType({"habit": 0.4, "sequence": 0.4}),
            ),
        )
    }
)
BALANCED = PRESETS["balanced"]
