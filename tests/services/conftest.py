"""A server that plays the services, and services that ask it and lose patience soon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.asking import KEY, hasty
from tests.services.server import Server
from tui_music.services.gateway import Services


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a key to Last.fm."""
    monkeypatch.setenv("LASTFM_API_KEY", KEY)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def services(server: Server, tmp_path: Path) -> Iterator[Services]:
    with hasty(server, tmp_path) as services:
        yield services
