"""Covers beside the albums of an artist: looked for at rest, and never in the way."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual.pilot import Pilot

from tests.exports import imported, row, write
from tests.services.asking import ROOT
from tests.services.faults import FAULTS
from tests.services.server import Answer, Script, Server
from tests.services.world import jpeg, mbid
from tests.tui.conftest import DAY, Started, settled, text_of
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.tui import covering
from tui_music.tui.covering import NO_COVER, decoded
from tui_music.tui.widgets import cover as covers
from tui_music.tui.widgets.cover import HEIGHT, WIDTH, Cover
from tui_music.tui.widgets.table import Table

pytestmark = pytest.mark.usefixtures("no_gaps", "albums")
#: By hours; the second one is what names can be.
ALBUMS = ("Low Tide", "[/red]\x1b[2J 東ノ宮 and much more than fits", "Nobody's", "Fourth")
ROOMY = (120, 36)


@pytest.fixture(autouse=True)
def colourful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with all colours, and a cursor that rests when a test says so, however long its keys take."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr(covers, "REST", 3600.0)


@pytest.fixture
def albums(settings: Settings) -> None:
    """An artist of four albums, and another one."""
    rows = [
        row(DAY * day + 3600 * at, f"{title} {day}", "Ilse Morn", 200_000 - at, master_metadata_album_album_name=title)
        for at, title in enumerate(ALBUMS)
        for day in range(20 - at)
    ]
    rows += [row(DAY * day + 100_000, "Song", "Tomo Vale", 100_000) for day in range(3)]
    settings.data_dir.mkdir(parents=True)
    export = write(settings.data_dir / "Streaming_History_Audio_2021.json", rows)
    imported(Library(settings.library_file), export, listener="mira")


def cover_of(pilot: Pilot[Any]) -> Cover:
    return pilot.app.screen.query_one(Cover)


async def rested(pilot: Pilot[Any]) -> None:
    """The cursor has rested, and whatever comes of it is drawn."""
    cover = cover_of(pilot)
    cover._rested()
    await settled(pilot)
    await until(pilot, lambda: not cover._fetching and cover._shown == cover._wanted)


async def until(pilot: Pilot[Any], done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        await pilot.pause(0.05)
    raise AssertionError(said(pilot))


async def by_album(pilot: Pilot[Any], *keys: str) -> None:
    """The albums of the first artist; then more keys."""
    for key in ("2", "enter", "b", *keys):
        await pilot.press(key)
        await settled(pilot)


def said(pilot: Pilot[Any]) -> str:
    cover = cover_of(pilot)
    return "\n".join(cover.render_line(y).text for y in range(HEIGHT + 1))


class TestThePicture:
    async def test_two_pixels_a_cell_in_its_colours(self, started: Started, online: Settings, server: Server) -> None:
        async with started(ROOMY, online) as pilot:
            await by_album(pilot)
            await rested(pilot)
            assert said(pilot).splitlines() == ["▀" * WIDTH + " "] * HEIGHT + [f"{'Low Tide':{WIDTH + 1}}"]
            with Image.open(BytesIO(jpeg(mbid("Ilse Morn Low Tide")))) as image:
                upper, lower = (image.getpixel((30, y)) for y in (5, 55))
            cover = cover_of(pilot)
            for y, colour in ((0, upper), (HEIGHT - 1, lower)):
                style = next(iter(cover.render_line(y))).style
                assert style is not None
                assert style.color is not None
                assert style.bgcolor is not None
                assert tuple(style.color.get_truecolor()) == tuple(style.bgcolor.get_truecolor()) == colour
            assert [arrived.args for arrived in server.calls] == [
                ("Ilse Morn", "Low Tide"),
                (mbid("Ilse Morn Low Tide"),),
            ]

    async def test_when_the_cursor_rests_a_moment(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with started(ROOMY, online) as pilot:
            await by_album(pilot, "j", "k", "j")
            await settled(pilot)
            assert server.count() == 0
            monkeypatch.setattr(covers, "REST", 0.01)
            await pilot.press("j")
            await until(pilot, lambda: "▀" in said(pilot))
            assert [arrived.args[-1] for arrived in server.calls][:1] == [ALBUMS[1]]

    async def test_of_the_album_the_cursor_came_to_rest_on(
        self, started: Started, online: Settings, server: Server
    ) -> None:
        async with started(ROOMY, online) as pilot:
            await by_album(pilot, "j")
            await rested(pilot)
            before = server.count()
            await pilot.press("j", "j", "j", "k", "k")
            await rested(pilot)
            assert [arrived.args[-1] for arrived in server.calls[before:]][:1] == [ALBUMS[1]]
            assert server.count() == before + 2, "no call for what the cursor only went over"
            assert "東ノ宮" in said(pilot)
            assert "\x1b" not in said(pilot)
            await pilot.press("k")
            await rested(pilot)
            assert "Low Tide" in said(pilot)
            assert server.count() == before + 2, "kept"

    async def test_it_stays_until_there_is_another(self, started: Started, online: Settings) -> None:
        """So that a cursor key paints no cell of it."""
        async with started(ROOMY, online) as pilot:
            await by_album(pilot, "j")
            await rested(pilot)
            before = said(pilot)
            await pilot.press("j")
            assert said(pilot) == before
            await pilot.press("k")
            await rested(pilot)
            assert said(pilot) == before
            await pilot.press("g", "G")
            assert cover_of(pilot).display, "also on lines of other artists, where the list keeps its width"

    async def test_kept_ones_need_no_network(self, started: Started, online: Settings, server: Server) -> None:
        for offline in (False, True):
            async with started(ROOMY, online, offline=offline) as pilot:
                await by_album(pilot, "j")
                await rested(pilot)
                assert "▀" in said(pilot)
        assert server.count() == 2

    async def test_none_is_waited_for_to_show_another(self, started: Started, online: Settings, server: Server) -> None:
        gate = threading.Event()

        def held(_: object) -> bytes:
            gate.wait(10)
            return jpeg("late")

        server.script("coverart", "cover", (mbid("Ilse Morn Fourth"),), held)
        async with started(ROOMY, online) as pilot:
            await by_album(pilot, "j")
            await rested(pilot)
            kept = said(pilot)
            await pilot.press("j", "j", "j")
            cover_of(pilot)._rested()
            await until(pilot, lambda: server.count("coverart") == 2)
            assert "looking" in said(pilot)
            assert "Fourth" in said(pilot)
            await pilot.press("g", "j")
            cover_of(pilot)._rested()
            await until(pilot, lambda: said(pilot) == kept)
            gate.set()
            await rested(pilot)
            assert said(pilot) == kept


class TestThePlaceholder:
    async def said_of(self, started: Started, given: Settings, **more: Any) -> str:
        async with started(ROOMY, given, **more) as pilot:
            await by_album(pilot)
            await rested(pilot)
            await pilot.press("down")
            assert pilot.app.screen.query_one(Table).cursor == 4, "the list goes on"
            return said(pilot)

    async def test_offline(self, started: Started, online: Settings, server: Server) -> None:
        assert "offline" in await self.said_of(started, online, offline=True)
        assert server.count() == 0

    @pytest.mark.parametrize("fault", ["HTTP 404", "HTTP 503", "login page", "reset", "200 MB", "wrong types"])
    async def test_a_service_in_trouble(self, started: Started, online: Settings, server: Server, fault: str) -> None:
        assert fault in FAULTS
        server.fault = fault
        assert "no answer" in await self.said_of(started, online)

    async def test_nobody_knows_the_album(self, started: Started, online: Settings, server: Server) -> None:
        server.script("musicbrainz", "mb_album", None, b'{"release-groups":[]}')
        assert "no cover known" in await self.said_of(started, online)
        assert server.count() == 1

    @pytest.mark.parametrize("wrong", ["10 MB", "a PNG", "cut off", "cut within", "a bomb"])
    async def test_hostile_pictures(self, started: Started, online: Settings, server: Server, wrong: str) -> None:
        server.script("coverart", "cover", None, HOSTILE[wrong]())
        assert ("no answer" if wrong in ("10 MB", "a PNG", "cut off") else "no cover") in await self.said_of(
            started, online
        )


def _claiming(width: int, height: int, image: bytes = b"") -> bytes:
    """A small JPEG that claims to be of another size."""
    image = image or jpeg("small")
    at = image.index(b"\xff\xc0") + 5
    return image[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + image[at + 4 :]


def _png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (30_000, 3_000)).save(file, "PNG")
    return file.getvalue()


HOSTILE: dict[str, Callable[[], Script]] = {
    "10 MB": lambda: b"\xff\xd8\xff" + bytes(10_000_000) + b"\xff\xd9",
    "a PNG": _png,
    "cut off": lambda: jpeg("x", 250)[:-300],
    "cut within": lambda: Answer(jpeg("x", 250)[:400] + b"\xff\xd9"),
    "a bomb": lambda: _claiming(65_500, 65_500),
}


class TestDecoding:
    def test_any_kind_of_jpeg_and_any_shape(self) -> None:
        for mode in ("RGB", "L", "CMYK"):
            for size in ((250, 250), (250, 3), (1, 250)):
                file = BytesIO()
                Image.new(mode, size).save(file, "JPEG", progressive=mode == "RGB")
                assert len(decoded(file.getvalue(), 20, 20).colours) == 20 * 20 * 3

    @pytest.mark.parametrize(
        "image",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(b"\xff\xd8\xff\xd9", id="nothing but a frame"),
            pytest.param(b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 100 + b"\xff\xd9", id="a field longer than the file"),
            pytest.param(_claiming(0, 0), id="no size"),
            pytest.param(_claiming(1_001, 10), id="too wide"),
            pytest.param(_claiming(65_500, 65_500), id="a bomb"),
            pytest.param(jpeg("x")[:-2] + b"\xff\xda" * 1_000 + b"\xff\xd9", id="a thousand passes"),
            pytest.param(bytes(range(256)) * 50, id="noise"),
        ],
    )
    def test_what_is_no_picture(self, image: bytes) -> None:
        assert decoded(image, 20, 20) == NO_COVER

    def test_no_byte_of_a_picture_is_trusted(self) -> None:
        good = jpeg("x")
        for at in range(0, len(good), 3):
            for value in (0, 0x7F, 0xFF):
                found = decoded(good[:at] + bytes([value]) + good[at + 1 :], 20, 20)
                assert len(found.colours) in (0, 20 * 20 * 3)

    def test_what_is_bounded(self) -> None:
        assert covering.LARGEST >= 250
        assert decoded(jpeg("x", covering.LARGEST), 20, 20).colours


class TestNoCover:
    @pytest.mark.parametrize("size", [(119, 36), (120, 19), (80, 24), (40, 10)])
    async def test_without_room(
        self, started: Started, online: Settings, server: Server, size: tuple[int, int]
    ) -> None:
        async with started(size, online) as pilot:
            await by_album(pilot, "j")
            cover_of(pilot)._rested()
            await settled(pilot)
            assert not cover_of(pilot).display
            assert pilot.app.screen.query_one(Table).size.width == size[0]
        assert server.count() == 0

    async def test_room_can_come_and_go(self, started: Started, online: Settings) -> None:
        async with started((80, 24), online) as pilot:
            await by_album(pilot)
            await pilot.resize_terminal(*ROOMY)
            await rested(pilot)
            assert "▀" in text_of(pilot)
            await pilot.resize_terminal(80, 24)
            await settled(pilot)
            assert "▀" not in text_of(pilot)

    async def test_songs_have_none(self, started: Started, online: Settings) -> None:
        async with started(ROOMY, online) as pilot:
            await by_album(pilot)
            await rested(pilot)
            await pilot.press("b")
            await settled(pilot)
            assert not cover_of(pilot).display
            await pilot.press("b", "escape")
            await settled(pilot)
            assert not cover_of(pilot).display

    @pytest.mark.parametrize("why", ["16 colours", "no colours", "not wanted"])
    async def test_where_there_can_be_none(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch, why: str
    ) -> None:
        if why == "no colours":
            monkeypatch.setenv("NO_COLOR", "1")
        if why == "16 colours":
            monkeypatch.setenv("COLORTERM", "")
            monkeypatch.setenv("TERM", "xterm")
        given = server.settings(online.data_dir, art=why != "not wanted")
        async with started(ROOMY, given) as pilot:
            await by_album(pilot, "j")
            cover_of(pilot)._rested()
            await settled(pilot)
            assert not cover_of(pilot).display
        assert server.count() == 0


_BLOCKED = """
import asyncio, sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "PIL":
            raise ModuleNotFoundError(name)

import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "PIL" else found(name, package)
sys.meta_path.insert(0, Missing())

from tui_music.settings import load
from tui_music.tui.app import TuiMusic

async def main():
    app = TuiMusic(load())
    async with app.run_test(size=(120, 36)) as pilot:
        for key in ("2", "enter", "b", "j"):
            await pilot.press(key)
            await pilot.pause(0.5)
        cover = app.screen.query_one("#cover")
        print(app.screen.opened.inside.what, cover.display, cover._wanted, "PIL" in sys.modules)

asyncio.run(main())
"""


def test_without_pillow_nothing_is_asked_and_nothing_breaks(settings: Settings, server: Server) -> None:
    urls = "".join(f'{name} = "{url}"\n' for name, url in server.urls().items())
    Path(settings.config_file).write_text(urls)
    done = subprocess.run([sys.executable, "-c", _BLOCKED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["albums", "False", "None", "False"], done.stderr
    assert server.count() == 0


def test_pillow_is_imported_for_a_cover_and_not_before() -> None:
    code = "import tui_music.tui.artists_screen, tui_music.services.gateway, tui_music.services.coverart, sys\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print('PIL' in sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
