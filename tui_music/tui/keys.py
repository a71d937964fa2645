"""The one key map: what can be done, with which keys, under which name. Footer, help, palette and settings read it.

A widget that acts declares ``BINDINGS = bindings("range", "measure")`` and has ``action_range`` and ``action_measure``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType, Keymap
from textual.keys import _character_to_key

from tui_music.errors import BadSetting

#: Where actions can be met together; ``EVERYWHERE`` meets all the others.
EVERYWHERE = "Everywhere"
SCOPE = "What is counted"
LISTS = "In lists"
TRIAGE = "Deciding"
LIBRARY = "Library"
ARTISTS = "Artists"
TIERS = "Tiers"
DISCOVER = "Discover"
TRAIL = "Trail"
TRACKS = "Tracks"
PROOF = "Proof"
PEOPLE = "Listeners"
PLAYS = "Plays"
SOURCES = "Sources"
WELCOME = "First run"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does. ``call`` is the Textual action; ``help`` one sentence without a full stop."""

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    call: str = ""


_ACTIONS = (
    Action("library", ("1",), "library", "your listening at a glance", EVERYWHERE, "app.go('library')"),
    Action("artists", ("2",), "artists", "find an artist, open their songs", EVERYWHERE, "app.go('artists')"),
    Action("tiers", ("3",), "tiers", "a range of ranks and what it adds up to", EVERYWHERE, "app.go('tiers')"),
    Action("discover", ("4",), "discover", "what to play again, and what is new", EVERYWHERE, "app.go('discover')"),
    Action("walk", ("5",), "trail", "from artist to artist that are alike", EVERYWHERE, "app.go('trail')"),
    Action("tracks", ("7",), "tracks", "tracks that sound and read alike; playlists", EVERYWHERE, "app.go('tracks')"),
    Action("proof", ("8",), "proof", "which recommender would have been right", EVERYWHERE, "app.go('proof')"),
    Action("sources", ("9",), "sources", "imports, services, fetching ahead", EVERYWHERE, "app.go('sources')"),
    Action("help", ("?", "f1"), "help", "the keys for where you are", EVERYWHERE, "app.help"),
    Action("palette", ("ctrl+p",), "palette", "every action and every artist, by name", EVERYWHERE, "app.palette"),
    Action("settings", (",",), "settings", "time zone, threshold, theme, mouse, keys", EVERYWHERE, "app.settings"),
    Action("back", ("escape",), "back", "back to where you came from", EVERYWHERE, "back"),
    Action("quit", ("q", "ctrl+q"), "quit", "leave the program", EVERYWHERE, "app.leave"),
    Action("online", ("O",), "on/offline", "ask music services, or nobody", EVERYWHERE, "app.online"),
    Action("suspend", ("ctrl+z",), "suspend", "to the shell; fg brings you back", EVERYWHERE, "app.suspend_process"),
    Action("range", ("r",), "range", "choose the dates", SCOPE),
    Action("measure", ("v",), "hours/plays", "compare by hours, plays or engagement", SCOPE),
    Action("kind", ("K",), "kind", "music, podcasts, audiobooks or video", SCOPE),
    Action("threshold", ("T",), "threshold", "how long a play must be to count", SCOPE),
    Action("zone", ("Z",), "time zone", "the clock that days and hours are told by", SCOPE),
    Action("listener", ("L",), "listener", "whose plays these are", SCOPE),
    Action("down", ("j", "down"), "down", "next row", LISTS),
    Action("up", ("k", "up"), "up", "row before", LISTS),
    Action("left", ("h", "left"), "left", "left, or close", LISTS),
    Action("right", ("l", "right"), "right", "right, or open", LISTS),
    Action("first", ("g", "home"), "first", "first row", LISTS),
    Action("last", ("G", "end"), "last", "last row", LISTS),
    Action("page-down", ("pagedown", "ctrl+f"), "page down", "a page on", LISTS),
    Action("page-up", ("pageup", "ctrl+b"), "page up", "a page back", LISTS),
    Action("search", ("/",), "search", "search this list", LISTS),
    Action("next-match", ("n",), "next match", "next match of the search", LISTS),
    Action("previous-match", ("N",), "match before", "the match before it", LISTS),
    Action("open", ("enter",), "open", "open what is selected", LISTS),
    Action("plays", ("p",), "plays", "the plays behind what is selected", LISTS),
    Action("trail", ("m",), "more like this", "the trail of artists like the one selected", LISTS),
    Action("link", ("o",), "link", "the page of what is selected, as a link", LISTS),
    Action("copy", ("y",), "copy", "copy the name or row", LISTS),
    Action("export", ("x",), "export", "write what is shown to a file", LISTS),
    Action("panel", ("tab",), "next panel", "move to the next panel", LISTS),
    Action("previous-panel", ("shift+tab",), "panel before", "move to the panel before", LISTS),
    Action("yes", ("+",), "yes", "more of this: it counts for what is recommended", TRIAGE),
    Action("later", ("space",), "later", "into the crate, for later", TRIAGE),
    Action("known", ("=",), "known", "known already: no discovery, but fine to play again", TRIAGE),
    Action("never", ("-",), "never", "never again: shown nowhere", TRIAGE),
    Action("undo", ("u",), "undo", "take the last decision back", TRIAGE),
    Action("type", ("t",), "artists/songs/albums", "artists, songs or albums", LIBRARY),
    Action("facts", ("f",), "facts", "every statistic, what it means, and the years", LIBRARY),
    Action("new-artists", ("d",), "new artists", "the chart of listening, or of artists never heard before", LIBRARY),
    Action("sort", ("s",), "sort", "sort the list another way", ARTISTS),
    Action("by-album", ("b",), "by album", "songs by album", ARTISTS),
    Action("tier-start-down", ("left", "h"), "start", "start one rank earlier", TIERS),
    Action("tier-start-up", ("right", "l"), "start", "start one rank later", TIERS),
    Action("tier-end-down", ("shift+left", "<"), "end", "end one rank earlier", TIERS),
    Action("tier-end-up", ("shift+right", ">"), "end", "end one rank later", TIERS),
    Action("tier-before", ("[",), "tier before", "as many ranks, right before these", TIERS),
    Action("tier-after", ("]",), "next tier", "as many ranks, right after these", TIERS),
    Action("tier-presets", ("t",), "presets", "choose a usual tier", TIERS),
    Action("tier-type", ("e",), "type ranks", "type the first and the last rank", TIERS),
    Action("discover-tier", ("d",), "discover", "recommendations from exactly these artists", TIERS),
    Action("dial-down", ("left", "h"), "dial", "turn the dial to the left", DISCOVER),
    Action("dial-up", ("right", "l"), "dial", "turn the dial to the right", DISCOVER),
    Action("next-dial", ("d",), "next dial", "turn another dial", DISCOVER),
    Action("preset", ("t",), "preset", "balanced, comfort, adventure, obscure, right now", DISCOVER),
    Action("when", ("w",), "when", "the time of week to recommend for", DISCOVER),
    Action("diversity", ("D",), "diversity", "how unlike one another they are: usual, strong, off", DISCOVER),
    Action("grid", ("f",), "from tier", "choose a tier and how well it is known", DISCOVER),
    Action("crate", ("c",), "crate", "what you kept for later", DISCOVER),
    Action("path", ("f",), "path to", "the way to another artist, over who is like whom", TRAIL),
    Action("branches", ("b",), "branches", "every way taken, to go on from any place of it", TRAIL),
    Action("songs", ("t",), "songs", "songs to start with, or artists again", TRAIL),
    Action("also", ("a",), "also like", "one more artist to be like", TRAIL),
    Action("community", ("c",), "community", "the community of an artist, and what is next to it", TRAIL),
    Action("view", ("t",), "views", "similar tracks, clusters, charts, the playlist", TRACKS),
    Action("text-more", ("left", "h"), "more by text", "more by artist, genre and year", TRACKS),
    Action("sound-more", ("right", "l"), "more by sound", "more by how tracks sound", TRACKS),
    Action("filter", ("f",), "filter", "only some: genre, years, tempo, mood, popularity, never heard", TRACKS),
    Action("one-more", ("a",), "also like", "one more track to be like", TRACKS),
    Action("playlist", ("c",), "playlist", "a playlist that begins with these tracks and flows", TRACKS),
    Action("playlist-add", ("b",), "onto playlist", "put the track selected on the playlist", TRACKS),
    Action("playlist-size", ("e",), "size", "type how many tracks the playlist has", TRACKS),
    Action("shorter", ("[",), "shorter", "five tracks fewer on the playlist", TRACKS),
    Action("longer", ("]",), "longer", "five tracks more on the playlist", TRACKS),
    Action("drop", ("d",), "drop", "take the track off the playlist", TRACKS),
    Action("row-up", ("<",), "move up", "move the track up the playlist", TRACKS),
    Action("row-down", (">",), "move down", "move the track down the playlist", TRACKS),
    Action("build-catalogue", ("i",), "build", "build the catalogue from public tables of tracks", TRACKS),
    Action("judge", ("c",), "many listeners", "tested on your own history, or on many listeners", PROOF),
    Action("task", ("t",), "task", "what is to be foreseen: next session, 90 days, what was hidden", PROOF),
    Action("part-before", ("left", "h"), "part", "all that came, repeats, discoveries", PROOF),
    Action("part-after", ("right", "l"), "part", "all that came, repeats, discoveries", PROOF),
    Action("prove", ("a",), "run again", "test every recommender again, in a process of its own", PROOF),
    Action("whose-charts", ("c",), "whose charts", "charts of the library's listeners, or of the community", PEOPLE),
    Action("counted", ("c",), "counted only", "counted plays, or all of them", PLAYS),
    Action("import", ("i",), "import", "import files from here", SOURCES),
    Action("fetch", ("w",), "fetch ahead", "what recommendations will need, for a time without network", SOURCES),
    Action("budget", ("b",), "budget", "how many calls to make, and for which ranks", SOURCES),
    Action("key", ("a",), "key", "enter your key to Last.fm", SOURCES),
    Action("forget-key", ("F",), "forget key", "remove the key to Last.fm from this computer", SOURCES),
    Action("demo", ("d",), "demo", "look around with an invented listener", WELCOME),
)

#: Every action by id, in the order in which help lists them.
ACTIONS: dict[str, Action] = {action.id: action for action in _ACTIONS}
GROUPS = tuple(dict.fromkeys(action.group for action in _ACTIONS))

_NAMES = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "left": "←", "right": "→", "up": "↑", "down": "↓"}


def bindings(*ids: str) -> list[BindingType]:
    """Bindings for a ``BINDINGS`` list; the action is ``action_<id>`` unless the key map names another."""
    return [
        Binding(
            ",".join(_key(key) for key in action.keys),
            action.call or action.id.replace("-", "_"),
            action.label,
            show=False,
            id=action.id,
        )
        for action in (ACTIONS[name] for name in ids)
    ]


def keymap(chosen: Mapping[str, tuple[str, ...]]) -> Keymap:
    """The person's own keys in the form ``App.set_keymap`` takes.

    Raises :class:`BadSetting` for an action that does not exist, no key, or a key that would do two
    things in one place.
    """
    unknown = sorted(set(chosen) - set(ACTIONS))
    if unknown:
        raise BadSetting(f"keys: there is no action {unknown[0]!r}. Actions: {', '.join(ACTIONS)}.")
    taken: dict[str, list[Action]] = {}
    for action in _ACTIONS:
        keys = chosen.get(action.id, action.keys)
        if not keys or not all(keys):
            raise BadSetting(f"keys: {action.id} needs at least one key.")
        for key in keys:
            if not key.isprintable():
                raise BadSetting(f"keys: {key!r} for {action.id} is no key.")
            taken.setdefault(_key(key), []).append(action)
    for key, actions in taken.items():
        for action in actions:
            others = (each for each in actions if each is not action and each.id in chosen and _meet(each, action))
            other = next((each for each in others if not (_usual(key, each) and _usual(key, action))), None)
            if other:
                raise BadSetting(f"keys: {shown_key(key)} is set for {other.id}, but {action.id} has it.")
    return {action: ",".join(_key(key) for key in keys) for action, keys in chosen.items()}


def keys_of(action: str, chosen: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The keys of an action as they are written on screen."""
    return tuple(shown_key(key) for key in chosen.get(action, ACTIONS[action].keys))


def shown_key(key: str) -> str:
    """``?`` for ``question_mark``, ``esc`` for ``escape``."""
    return _NAMES.get(key) or _CHARACTERS.get(key, key)


def _meet(one: Action, other: Action) -> bool:
    shared = {EVERYWHERE, SCOPE, LISTS, TRIAGE}
    return one.group == other.group or one.group in shared or other.group in shared


def _usual(key: str, action: Action) -> bool:
    """Where two actions meet that both have a key from the beginning, that is meant."""
    return key in map(_key, action.keys)


def _key(key: str) -> str:
    """Textual's name of a key; characters may stand for themselves."""
    return _character_to_key(key) if len(key) == 1 else key


_CHARACTERS = {_character_to_key(char): char for char in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}
