"""Your listening history in the terminal."""

__version__ = "0.1.0"
