"""What every test stands on: no test sees the person's own library, settings or terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Textual reads them when it is imported, and pictures must not depend on them (nor lose the folder they are kept in)
for name in list(os.environ):
    textual = name.startswith("TEXTUAL") and not name.startswith("TEXTUAL_SNAPSHOT")
    if textual or name in ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES"):
        del os.environ[name]

settings.register_profile("tui-music", deadline=None, print_blob=True)  # a busy machine is not a failure
settings.load_profile("tui-music")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two a core with ``-n auto``: half of the time tests wait, for screens to settle or for programs to answer."""
    return 2 * (os.cpu_count() or 1)


_REAL = os.environ.get("TUI_MUSIC_REAL_DATA", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if _REAL and Path(_REAL).is_dir():
        return
    missing = pytest.mark.skip(reason="TUI_MUSIC_REAL_DATA names no folder")
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(missing)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real exports that are not part of the project; for tests marked ``real_data``."""
    return Path(_REAL).absolute()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own for library, settings and cache, which ``TUI_MUSIC_HOME`` names; and no key."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TUI_MUSIC_HOME", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user-cache"))  # the limits of services are the user's
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)
    return folder
