"""Invented names. Proper names are built from syllables, so that they belong to nobody."""

from __future__ import annotations

import random

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_HEADS = (
    "Al Bren Cor Dal Ek Fen Gar Hol Is Jor Kel Lun Mor Nes Or Pel Quil Ras Sol Tor Ul Vel Wes Yar Zel "
    "Thra Bryl Oske Vind Skar Plo Ebr Hev Nol Ruv"
).split()
_TAILS = (
    "davik vemar moril rineth skane thalon lunde mirsk gardy wickel holmer nessar sundal fellow bekken varo".split()
)
FIRST_NAMES = (
    "Aune Bodil Ciska Dorit Eamon Fenna Gisli Hedvig Ivar Jolan Katrijn Liesl Maren Nuno Odile Piet Runa Sander "
    "Tove Ulrik Vesna Willem Ysolde Zora Anselm Brita Cato Dunja Eskil Frauke"
).split()

#: Names that are trouble for a program, and the genre they play.
ODD_ARTISTS = (
    ("مصباح الفيروز", "jazz"),  # right to left
    ("ענני נחושת", "indie folk"),
    ("[/red]", "techno"),
    ("🌒 Moonlog", "ambient"),
    ("雨粒測候所", "ambient"),
    ("Zo\u0335\u0301e\u0336\u0308\u0323 Ha\u0322l\u0335o\u0308\u0301\u0323w", "slowcore"),  # combining marks
    ("Red\x1b[31mshift Parade", "krautrock"),  # the start of a terminal escape sequence
    ("Ночной Ларь", "post-rock"),
    ("Sörvik, Åsund & Þorn", "choral"),  # one artist, never three
    ("[bold]Kestrel Lane[/bold]", "hip hop"),
    ("밤기차 우산", "city pop"),
    ("Moss/Fern/Loam", "indie folk"),
    ("Family 👩‍👩‍👧‍👦 Dinner", "soul"),
    ("\u202eEvoli Sounds", "techno"),  # a right-to-left override
)

#: How many of the following she would love.
KINDRED = 3
#: Artists never played, and their genre. Behind the kindred, names that are trouble: for a terminal, for markup, for a
#: playlist, a table, a path, or for whoever folds names to compare them.
STRANGERS = (
    ("Lantern Year", "dream pop"),
    ("Moth & Mirror", "dream pop"),
    ("Coastal Error", "dream pop"),
    ("[/", "post-rock"),
    ("[Ferrous]", "techno"),
    ("[@click=app.quit]Free Tickets[/]", "soul"),
    ("\x1b]0;owned\x07Static Vicar", "krautrock"),
    ("\x9b2JNull Session", "techno"),
    ("Tab\tand\r\nReturn", "jazz"),
    ("\u202eedis B\u2066", "ambient"),  # an override and an isolate that never ends
    ('=HYPERLINK("http://invented.example";"Free Jazz Inc")', "jazz"),
    ("+49 Nachtlinie", "krautrock"),
    ("@Emberline", "dream pop"),
    ("-Minus Kestrel", "hip hop"),
    ("#EXTM3U Orchestra", "choral"),
    ("../../Ortolan", "slowcore"),
    ('Comma, "Quote" & Sons', "indie folk"),
    ("NULL", "ambient"),
    ("NaN & the Nines", "soul"),
    ("1e400", "techno"),
    ("¿¡…!?", "post-rock"),  # nothing but punctuation
    ("♄♄♄", "krautrock"),
    ("Ō", "choral"),
    ("夜霧郵便局", "city pop"),
    ("ネオン踏切", "city pop"),
    ("ﾊﾝｶｸ灯", "city pop"),  # halfwidth
    ("달무리 세탁소", "city pop"),
    ("นกกระดาษกลางคืน", "dream pop"),  # marks above and below
    ("रात की नाव", "indie folk"),
    ("مقهى المدّ", "jazz"),
    ("דואר הצפון", "slowcore"),
    ("Тихий Трамвай", "post-rock"),
    ("👩🏽‍🚀 & 🦊🦊", "ambient"),  # joined and coloured
    ("Z\u0351\u0343\u0342a\u0316\u0317\u0318\u0319l\u031a\u031b\u0301g\u0302\u0303o\u0304v", "post-rock"),
    ("Weather" * 42, "ambient"),
)

#: How services spell artists that the listener's export spells otherwise; both are one artist.
SPELLINGS = {
    "Vesper & the Lamps": "Vesper & The Lamps",
    "Kassia Rue": "KASSIA RUE",
    "Halden Choir": "Hålden Choir",
    "Sörvik, Åsund & Þorn": "Sorvik, Asund & Thorn",
    "Nine Fathoms": "Ｎｉｎｅ Ｆａｔｈｏｍｓ",
    "Moss/Fern/Loam": "Moss / Fern / Loam",
}

#: Words for the titles of artists who do not sing in English: the words, and what goes between two of them.
WORDS = {
    "東ノ宮": ("夜 灯台 雨 電車 海 夏 月 水色 路地 砂 鏡 手紙 朝 駅 風 花火 坂道 硝子 約束 午後".split(), "の"),
    "雨粒測候所": ("観測 気圧 霧 霙 前線 露 雲量 湿度 降水 北西 風向 氷点".split(), "と"),
    "مصباح الفيروز": ("نافذة ليل مطر طريق بحر ظل قمر صدى جسر رمل".split(), " "),
    "ענני נחושת": ("חלון לילה גשם דרך ים צל ירח הד גשר חול".split(), " "),
    "夜霧郵便局": ("切手 霧 消印 夜道 返事 街灯 小包 窓口 宛先 余白".split(), "と"),
    "달무리 세탁소": ("달 빨래 거품 새벽 동전 단추 골목 그늘".split(), "와 "),
    "Тихий Трамвай": ("рельсы вечер звонок билет окно снег парк мост".split(), " и "),
    "Ночной Ларь": ("окно дождь дорога море тень луна эхо мост песок снег".split(), " и "),
    "밤기차 우산": ("밤 비 바다 그림자 달 메아리 다리 모래 창문 기차".split(), "의 "),
}

#: Songs known by name; the first is the artist's most liked.
SIGNATURE_SONGS = {
    "Vesper & the Lamps": (
        "Slow Harbour",
        "Paper Lanterns (feat. Ola Brandt)",
        "Heaven [Remix]",
        "Heaven",
        "[untitled]",
    ),
    "Halden Choir": ("Winter Ferry", "Psalm for the Tram Drivers", "Ember Days"),
    "Nine Fathoms": ("Low Tide", "The Cartographer's Long Apology, in Four Movements for Two Drummers"),
    "Ola Brandt": ("Rye and Salt", "Letter from Halden (feat. Vesper & the Lamps)"),
    "The [untitled]": ("[link=https://example.org]Loop[/link]", "Loop [Remastered]", "[@click=app.quit]Out[/]"),
    "Kassia Rue": ("Kerosene Sunday", "Hold the Line, Operator"),
    "[/red]": ("[/]", "Track [/b]", "}{ {0} %s"),
    "🌒 Moonlog": ("🦊🦊🦊", "☕️ before 🌅", "Night 🇩🇪 Bus"),
    "Red\x1b[31mshift Parade": ("Doppler\x1b]0;owned\x07", "Tab\there", "Line\nbreak"),
    "Sörvik, Åsund & Þorn": ("Cafe\u0301", "Café"),  # one name, written in two ways
    "Moss/Fern/Loam": ("A " + "very " * 70 + "long walk",),
    "Lantern Year": ("Low Tide", "Ember Days", "Winter Ferry"),
    "[/": ("[/]", "]"),
    "#EXTM3U Orchestra": ("#EXTINF:-1,Halden", "file:///etc/hostname"),
    "Tab\tand\r\nReturn": ("Carriage\r\nReturn", "@SUM(1+1)*2"),
}

_ADJECTIVES = (
    "Slow Paper Hollow Amber Distant Second Quiet Borrowed Copper Late Salt Winter Electric Northern Velvet Broken "
    "Small Golden Restless Silver Narrow Open Crooked Gentle Static Plain Burning Half Empty Tidal Violet Wooden"
).split()
_NOUNS = (
    "Harbour Lantern Tide Ember Ferry Window Orchard Signal River Garden Station Mirror Letter Engine Meadow Ladder "
    "Kitchen Island Thread Bell Causeway Hour Road Feather Staircase Weather Atlas Compass Candle Rooftop Cinema "
    "Platform Archive Sparrow Field Anchor Satellite Balcony Thunder Pavement Lighthouse Postcard Ribbon Parade Kite"
).split()
_VERBS = "Hold Carry Follow Leave Count Remember Borrow Cross Forget Paint Wake Bury Answer Fold Trade Chase".split()
_PLACES = "Halden Orvik Brennmoor Vellis Tarnhaven Quillside Eskmouth Solgard".split()
_FLAVOURS = {
    "choral": ("Kyrie in {}", "Psalm for the {n}", "Nunc Dimittis of the {a} {n}", "O {a} {n}"),
    "techno": ("{n}.{d}", "{a} {n} ({p} Mix)", "{d}_{n}", "{n} 1{d}"),
    "ambient": ("{n}, {d} a.m.", "{a} {n} (Part {d})", "After the {n}", "{p}"),
    "jazz": ("Blues for {p}", "{n} in {d}", "{a} {n}", "The {n} Turnaround"),
}
_COMMON = ("{a} {n}", "{a} {n}", "{v} the {n}", "{n} & {n2}", "{n} of {p}", "{v} Me, {p}", "{n}", "The {a} {n}")
_BANDS = ("{} {n}", "{n} of {}", "{} & the {n}s", "{p} {n} Club", "{person} of {p}", "{} and {person}", "{n2} {n} {p}")
_SUFFIXES = (
    " [Remix]",
    " [Remastered]",
    " - Live in {p}",
    " (Acoustic)",
    " (Demo)",
    " - {p} Session",
    " (feat. {person})",
    " - 20{d}{d} Remaster",
)


def proper(rng: random.Random) -> str:
    return rng.choice(_HEADS) + rng.choice(_TAILS)


def band(rng: random.Random) -> str:
    """What else a band may be called, besides what is usual in its genre."""
    return rng.choice(_BANDS).format(
        proper(rng), n=rng.choice(_NOUNS), n2=rng.choice(_NOUNS), p=rng.choice(_PLACES), person=rng.choice(FIRST_NAMES)
    )


def title(rng: random.Random, genre: str, *, plain: bool = False) -> str:
    """A song's title; a ``plain`` one (an album's) has no remix or guest behind it."""
    pattern = rng.choice(_FLAVOURS.get(genre, _COMMON) if rng.random() < 0.6 else _COMMON)
    if not plain and rng.random() < 0.12:
        pattern += rng.choice(_SUFFIXES)
    return pattern.format(
        rng.choice(_PLACES),
        a=rng.choice(_ADJECTIVES),
        n=rng.choice(_NOUNS),
        n2=rng.choice(_NOUNS),
        v=rng.choice(_VERBS),
        p=rng.choice(_PLACES),
        d=rng.randint(1, 9),
        person=f"{rng.choice(FIRST_NAMES)} {proper(rng)}",
    )


def joined(rng: random.Random, words: tuple[list[str], str]) -> str:
    vocabulary, between = words
    return between.join(rng.sample(vocabulary, rng.choice((1, 2, 2))))


def roman(number: int) -> str:
    """A Roman numeral, for sequels."""
    text = ""
    for value, sign in ((100, "C"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (number // value)
        number %= value
    return text
