"""Make every picture of this folder from the demo: ``python screenshots/make.py`` (a minute, no terminal)."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from tui_music.demo import prepare
from tui_music.settings import Settings, load
from tui_music.tui.app import TuiMusic

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Picture:
    """The keys that lead from the first screen to what the picture shows."""

    name: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (100, 30)
    first_run: bool = False


PICTURES = (
    Picture("library"),
    Picture("library-80x24", size=(80, 24)),
    Picture("library-wide", size=(160, 45)),
    Picture("facts", ("f",)),
    Picture("artists", ("2", "j", "enter")),
    Picture("search", ("2", "slash", *"vespre", "enter")),
    Picture("tiers", ("3", "t", "down", "down", "enter")),
    Picture("discover", ("4", "w", *"fri 21", "enter")),
    Picture("trail", ("5", "enter", "down", "enter")),
    Picture("tracks", ("7", "j", "enter")),
    Picture("clusters", ("7", "t", "j")),
    Picture("proof", ("8", "a", "j")),
    Picture("plays", ("2", "enter", "p")),
    Picture("sources", ("9",)),
    Picture("range", ("r",)),
    Picture("palette", ("ctrl+p", *"halden")),
    Picture("help", ("question_mark",)),
    Picture("settings", ("comma",)),
    Picture("first-run", first_run=True),
)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until threads are done and what they found is drawn."""
    for _ in range(3):
        await pilot.app.workers.wait_for_complete([worker for worker in pilot.app.workers if not worker.is_finished])
        await pilot.pause(0.05)


async def take(picture: Picture, settings: Settings) -> str:
    """The picture as SVG that needs nothing from the network."""
    app = TuiMusic(settings)
    async with app.run_test(size=picture.size) as pilot:
        await settled(pilot)
        for key in picture.keys:
            await pilot.press(key)
            await settled(pilot)
        svg = app.export_screenshot(title=f"tui-music · {picture.name}")
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo, empty = load(Path(folder, "home")).for_demo(), load(Path(folder, "empty"))
        prepare(demo)
        for picture in PICTURES:
            demo.state_file.unlink(missing_ok=True)
            svg = asyncio.run(take(picture, empty if picture.first_run else demo))
            HERE.joinpath(f"{picture.name}.svg").write_text(svg, encoding="utf-8")
            print(f"{picture.name}.svg")


if __name__ == "__main__":
    main()
