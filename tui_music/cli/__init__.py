"""The command line. ``tui-music`` alone opens the program, ``tui-music PATH…`` imports and opens, the rest answers.

Nothing heavy is imported here: each command imports what it needs, so that ``--help`` and the first paint stay quick.
"""

from tui_music.cli import community, history, network, proof, recommending, services, tracks  # noqa: F401 - their commands
from tui_music.cli.base import app

__all__ = ["app"]
