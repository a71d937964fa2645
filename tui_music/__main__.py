"""Where the program begins: without words on the command line the screens, else :mod:`tui_music.cli`."""

from __future__ import annotations

import gc
import io
import os
import sys

from tui_music.errors import TuiMusicError


def main() -> None:
    """Run the program and exit: 0 done, 1 could not, 2 wrong use or an unfit terminal."""
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # where names cannot be encoded
    try:
        _run()
    except TuiMusicError as problem:
        from tui_music.text import shown

        print(f"tui-music: {shown(str(problem), 2000)}", file=sys.stderr)
        raise SystemExit(problem.exit_code) from None
    except OSError as problem:
        print(f"tui-music: {problem}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _run() -> None:
    if sys.argv[1:]:
        from tui_music.cli import app  # reading options takes 20 ms

        app(prog_name="tui-music")
    else:
        gc.disable()  # until the first paint
        from tui_music.settings import load
        from tui_music.tui.app import run

        raise SystemExit(run(load()))


if __name__ == "__main__":
    main()
