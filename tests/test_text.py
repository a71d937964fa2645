from __future__ import annotations

import copy
import unicodedata
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_music.text import LIMIT, Shown, cells, cut, fold, pad, shown

ODD = list(
    "\u200c\u200d\u0301\u0308\u3099\u20e3\ufe0f\u202e\u2066\u115f\u1160\u3164\uffa0\x1b\x9b\x85\t\ud800\ufdd0🏽🇮🇸👩❤か東가각क्षिสำ"
)
FOLDING = [
    "(feat. ",
    ")",
    "[",
    " ft. ",
    " ft ",
    "featuring ",
    "6 ",
    "a",
    "é",
    "!!",
    "&",
    "´",
    "½",
    "ﷺ",
    "ŉ",
    "İ",
    "ΐ",
    "ẞ",
]
anything = st.one_of(
    st.text(st.one_of(st.characters(), st.sampled_from(ODD)), max_size=40),
    st.lists(st.sampled_from(ODD + FOLDING), max_size=12).map("".join),
)


def quick(examples: int = 150) -> settings:
    return settings(max_examples=examples, deadline=None)


def assert_clean(text: str) -> None:
    """What a drawn name may hold, told by Unicode's categories alone."""
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        if char in "\u200c\u200d":
            assert not text[at - 1].isascii()
            assert not text[at + 1].isascii()
            continue
        assert kind not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, f"{char!a} in {text!a}"
        assert not 0xE0000 <= ord(char) <= 0xE0FFF
    marks = "".join("m" if unicodedata.category(char)[0] == "M" else "." for char in text)
    assert "mmmmm" not in marks


# Shown


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, *range(0x80, 0xA0)])
def test_every_control_character_is_replaced(code: int) -> None:
    expected = "a b" if chr(code) in "\t\n\v\f\r\x85" else "a\ufffdb"
    assert shown(f"a{chr(code)}b") == expected
    assert "\x1b" not in shown(f"\x1b]0;{chr(code)}\x07")


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("Sigur Rós ( ) [Remastered]", "Sigur Rós ( ) [Remastered]"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("\x1b]52;c;Zm9v\x07", "\ufffd]52;c;Zm9v\ufffd"),
        ("a\u2028b\u2029c\r\nd", "a b c  d"),
        ("\ud800\udfff\ufffe", "\ufffd\ufffd\ufffd"),
        ("a\u202eb\u2066c\u200ed\u061ce", "abcde"),  # direction
        ("a\u200bb\ufeffc\u00add\u2060e", "abcde"),  # invisible
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴"),  # tags
        ("❤\ufe0f 👍🏽", "❤ 👍"),  # terminals measure these differently
        ("a\u3164b\u115fc", "a b c"),
        ("a\u200db", "ab"),  # joiners join no ASCII
        ("\u200d東\u200d", "東"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("क्\u200dष", "क्\u200dष"),
        ("a" + "\u0301" * 9 + "b", "a" + "\u0301" * 4 + "b"),
        ("\u0301a", "\u00a0\u0301a"),
        ("שלום עולם", "שלום עולם"),
        ("", ""),
    ],
)
def test_shown(raw: str, safe: str) -> None:
    assert shown(raw) == safe


def test_long_names_end_in_an_ellipsis_between_characters() -> None:
    assert len(shown("x" * 1_000_000)) == LIMIT
    assert shown("abcdef", 4) == "abc…"
    assert shown("abcd", 4) == "abcd"
    assert shown("be\u0301d", 4) == "be\u0301d"
    assert shown("abe\u0301d", 4) == "ab…"
    assert shown("a👨\u200d👩\u200d👧bc", 5) == "a…"
    assert shown("abc", 1) == "…"
    assert shown("abc", 0) == ""


def test_only_shown_makes_shown() -> None:
    with pytest.raises(TypeError):
        Shown("\x1b[2J")
    name = shown("Sigur Rós")
    assert shown(name) is name
    assert type(name + "!") is str
    long = shown("y" * 900, 800)
    for made in (copy.copy(long), copy.deepcopy(long)):
        assert type(made) is Shown
        assert made == long


@quick()
@given(anything, st.integers(0, 12))
def test_shown_is_clean_and_shown_again_the_same(raw: str, limit: int) -> None:
    name = shown(raw)
    assert_clean(name)
    assert shown(str(name)) == name
    short = shown(raw, limit)
    assert len(short) <= limit
    assert shown(str(short), limit) == short


# Cells


@quick()
@given(anything, st.integers(-2, 14), st.sampled_from(("left", "right", "center")))
def test_cut_and_pad_fill_exactly_what_they_should(
    raw: str, width: int, align: Literal["left", "right", "center"]
) -> None:
    name = shown(raw)
    short, column = cut(name, width), pad(name, width, align)
    assert cells(short) <= max(width, 0)
    assert cells(column) == max(width, 0)
    assert type(short) is type(column) is Shown
    assert_clean(short)
    assert_clean(column)
    if short != name:
        assert short in {"", *(str(name[:end]) + "…" for end in range(len(name)))}
        assert not unicodedata.combining((name + " ")[max(len(short) - 1, 0)])


@pytest.mark.parametrize(
    ("name", "width", "expected"),
    [
        ("Radiohead", 5, "Radi…"),
        ("Radiohead", 9, "Radiohead"),
        ("東京事変", 6, "東京…"),
        ("東京事変", 5, "東京…"),
        ("東京事変", 4, "東…"),
        ("東京事変", 2, "…"),
        ("東京事変", 0, ""),
        ("ne\u0301e\u0301e", 3, "ne\u0301…"),
        ("🇮🇸🇮🇸🇮🇸", 4, "🇮🇸…"),
        ("🇮🇸🇮🇸🇮🇸", 5, "🇮🇸🇮🇸…"),
    ],
)
def test_cut_splits_no_character(name: str, width: int, expected: str) -> None:
    assert cut(shown(name), width) == expected


def test_pad_aligns() -> None:
    assert pad(shown("東"), 5) == "東   "
    assert pad(shown("東"), 5, "right") == "   東"
    assert pad(shown("東"), 5, "center") == " 東  "
    assert pad(shown("東京事"), 4) == "東… "


# Folding


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Björk", "bjork"),
        ("BJO\u0308RK", "bjork"),
        ("Łódź Ørsted Đà ßtraße Æther œuvre Þór ı", "lodz orsted da sstrasse aether oeuvre thor i"),
        ("İstanbul", "istanbul"),
        ("Ελλάς", "ελλασ"),
        ("Ёлка", "елка"),
        ("ガガ", "ガガ"),
        ("ｶﾞｶﾞ ＡＢＣ", "ガガ abc"),
        ("한국", "한국"),
        ("हिन्दी", "हिन्दी"),
        ("می\u200cخواهم", "میخواهم"),
        ("don’t don't don`t", "don t don t don t"),
        ("A—B – C-D  e", "a b c d e"),
        ("  Godspeed You!   Black Emperor ", "godspeed you black emperor"),
        ("R&B", "r&b"),
        ("A$AP + ♥", "a$ap + ♥"),
        ("!!!", "!!!"),
        ("( )", "( )"),
        ("…", "..."),
        ("“”", '""'),
        ("\x00", ""),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_fold(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Song (feat. X)", "song"),
        ("Song [ft. X & Y] - Live", "song live"),
        ("Song (feat. X [of Y])", "song"),
        ("Song Featuring X, Y", "song"),
        ("Song (Remix feat. X)", "song remix"),
        ("Song (feat. X", "song"),
        ("千本桜【feat.初音ミク】", "千本桜"),
        ("!!! (feat. X)", "!!!"),
        ("+ ft. X", "+"),
        ("6 ft. Under", "6 ft under"),
        ("Left Defeat", "left defeat"),
        ("Feat. X", "feat x"),
        ("(feat. X)", "feat x"),
        ("A ft", "a ft"),
    ],
)
def test_fold_drops_guests(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_fold_may_keep_guests() -> None:
    assert fold("Song (feat. Björk)", guests=True) == "song feat bjork"


@quick(300)
@given(anything)
def test_folding_again_changes_nothing(name: str) -> None:
    for guests in (False, True):
        folded = fold(name, guests=guests)
        assert fold(folded, guests=guests) == folded
        assert folded == " ".join(folded.split())
        folded.encode()


@pytest.mark.parametrize("part", ["(feat a[b]", "( feat ", " ft ", "[(", "\u0301", "\u200d東", "🇮🇸"])
def test_hostile_names_are_harmless(part: str) -> None:
    hostile = part * 10_000
    assert len(fold(hostile)) <= len(hostile)
    assert len(shown(hostile)) <= LIMIT


@pytest.mark.slow
@quick(20_000)
@given(anything, st.integers(0, 12))
def test_many_more_names(raw: str, width: int) -> None:
    test_shown_is_clean_and_shown_again_the_same.hypothesis.inner_test(raw, width)  # type: ignore[attr-defined]
    test_cut_and_pad_fill_exactly_what_they_should.hypothesis.inner_test(raw, width, "center")  # type: ignore[attr-defined]
    test_folding_again_changes_nothing.hypothesis.inner_test(raw)  # type: ignore[attr-defined]
