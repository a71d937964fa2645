"""Lists of artists written for other programs: asked for are a format, and a file or the clipboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from tui_music.errors import ExportRefused
from tui_music.text import fold, shown
from tui_music.tui.listing import ListScreen
from tui_music.tui.prompt import Question
from tui_music.tui.widgets.figures import Figure, counted

if TYPE_CHECKING:
    from tui_music.export import Form, Row

_CLIPBOARD = "clipboard"


@dataclass(frozen=True, slots=True)
class Songlist:
    """A list that can be written: its name, and its rows, which are made in a thread."""

    name: str
    rows: Callable[[], list[Row]]


class SonglistScreen(ListScreen):
    """A screen whose list is one of artists or songs: ``x`` asks what to write it as, and where to."""

    @dataclass
    class Written(Message):
        """So many rows are in a file; or, without a ``path``, they are the text to be copied."""

        rows: int
        path: Path | None
        text: str

    def songlist(self) -> Songlist | None:
        """What ``x`` writes."""
        return None

    def action_export(self) -> None:
        found = self.songlist()
        if found is None:
            self.tell(Figure("There is no list here to export."))
            return
        from tui_music.export import Form

        def form_of(text: str) -> Form:
            if text.strip().lower() not in set(Form):
                raise ExportRefused(f"{text!r} is none of {', '.join(Form)}.")
            return Form(text.strip().lower())

        question = Question(Figure("export as"), form_of, tuple(Figure(form.value) for form in Form), Form.M3U8.value)
        self.ask(question, lambda form: self._ask_where(found, form))

    def _ask_where(self, found: Songlist, form: Form) -> None:
        stem = re.sub(r"[^\w.]+", "-", fold(found.name)).strip("-.")[:80] or "list"
        usual = f"{stem}{form.suffix}"

        def place_of(text: str) -> Path | None:
            if text.strip() == _CLIPBOARD:
                return None
            path = Path(text.strip() or usual).expanduser()
            if path.exists():
                raise ExportRefused(f"{path} is there already. Choose another name.")
            return path

        question = Question(Figure("to"), place_of, (shown(usual), Figure(_CLIPBOARD)), usual)

        def write(path: Path | None) -> None:
            self.write_songs(found, form, path)

        self.ask(question, write)

    @work(thread=True, exclusive=True, group="export", exit_on_error=False)
    def write_songs(self, found: Songlist, form: Form, path: Path | None) -> None:
        from tui_music.export import save, to_bytes

        rows = found.rows()
        data = to_bytes(rows, form, found.name)
        if get_current_worker().is_cancelled:
            return
        if path is not None:
            save(path, data)
        self.post_message(self.Written(len(rows), path, data.decode()))

    @on(Written)
    def _written(self, event: Written) -> None:
        event.stop()
        rows = counted(event.rows, "row")
        if event.path is None:
            self.music.copy_to_clipboard(event.text)
            self.tell(Figure(f"{rows} copied"))
        else:
            self.tell(shown(f"{rows} written to {event.path}"))
