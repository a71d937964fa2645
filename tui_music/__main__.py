"""``python -m tui_music``."""

from tui_music.cli import main

if __name__ == "__main__":
    main()
