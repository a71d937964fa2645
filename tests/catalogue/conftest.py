from __future__ import annotations

import pytest

from tests.bench.tracks import table
from tests.catalogue.invented import built
from tui_music.catalogue.catalogue import Catalogue


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Three thousand invented tracks. Read-only."""
    folder = tmp_path_factory.mktemp("invented")
    return built(folder / "catalogue", table(folder / "tracks.csv", 3_000), clusters=None)
