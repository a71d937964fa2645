"""Running ``tui-music``, in this process or in one of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from tui_music.__main__ import main

#: A name that would drive a terminal, if anybody let it.
HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b2J\u202eevil\r\nline\x00"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def csv(self) -> list[dict[str, str]]:
        assert self.code == 0, self.err
        return list(csv.DictReader(io.StringIO(self.out)))


Run = Callable[..., Done]


def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs ``tui-music`` with these arguments, in this process."""

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["tui-music", *map(str, arguments)])
        mask = os.umask(0o077)
        capsys.readouterr()
        try:
            main()
            code: object = 0
        except SystemExit as end:
            code = end.code or 0
        finally:
            os.umask(mask)
        out, err = capsys.readouterr()
        assert isinstance(code, int)
        assert "Traceback" not in err
        return Done(code, out, err)

    return run


def apart(*arguments: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """``tui-music`` with these arguments, in a process of its own."""
    command = [sys.executable, "-m", "tui_music", *map(str, arguments)]
    done = subprocess.run(command, check=False, **({"capture_output": True} | more))
    return cast("subprocess.CompletedProcess[bytes]", done)
