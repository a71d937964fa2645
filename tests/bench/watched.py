"""Run ``tui-music`` with a heart that beats every 10 ms in its event loop, and write down every beat that came late.

``python -m tests.bench.watched FILE words…``: FILE becomes a JSON list of [moment, lateness], in seconds, where moment
is ``time.perf_counter`` (one clock for all processes of a machine).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from textual.app import App

BEAT = 0.01
late: list[tuple[float, float]] = []


async def _beat() -> None:
    expected = time.perf_counter() + BEAT
    while True:
        await asyncio.sleep(BEAT)
        now = time.perf_counter()
        if now - expected > BEAT:
            late.append((now, now - expected))
        expected = now + BEAT


def write_down(out: Path) -> None:
    out.write_text(json.dumps(late))


def main() -> None:
    from tui_music.__main__ import main as program

    out, sys.argv[1:] = Path(sys.argv[1]), sys.argv[2:]
    run_async = App.run_async

    async def watched(self: App[Any], *args: Any, **options: Any) -> Any:
        heart = asyncio.create_task(_beat())
        try:
            return await run_async(self, *args, **options)
        finally:
            heart.cancel()
            write_down(out)

    App.run_async = watched  # type: ignore[method-assign]
    program()


if __name__ == "__main__":
    main()
