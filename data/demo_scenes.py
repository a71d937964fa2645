"""The scenes within the genres of the invented world, how near genres are, and the words that people tag them with."""

from __future__ import annotations

#: The tags of a genre, the most used first; then those of its four scenes, the largest scene first.
TAGS = {
    "dream pop": (
        "dream pop, shoegaze, indie, ethereal, alternative, female vocalists",
        "bedroom pop, lo-fi, hazy",
        "noise pop, nu gaze, reverb",
        "chamber pop, orchestral",
        "synthpop, new wave, electropop",
    ),
    "slowcore": (
        "slowcore, sadcore, indie rock, melancholic, alternative",
        "singer-songwriter, sad, acoustic",
        "ambient rock, drone, minimal",
        "alt-country, americana",
        "emo, midwest emo",
    ),
    "choral": (
        "choral, classical, a cappella, vocal, sacred",
        "contemporary classical, holy minimalism",
        "early music, renaissance, polyphony",
        "traditional, nordic",
        "medieval, chant",
    ),
    "ambient": (
        "ambient, electronic, atmospheric, instrumental, experimental",
        "modern classical, piano, neoclassical",
        "drone, dark ambient, noise",
        "field recordings, sound art",
        "new age, space ambient",
    ),
    "jazz": (
        "jazz, instrumental, contemporary jazz, improvisation",
        "nordic jazz, chamber jazz, piano",
        "hard bop, cool jazz",
        "spiritual jazz, free jazz, avant-garde",
        "jazz funk, fusion, groove",
    ),
    "city pop": (
        "city pop, japanese, j-pop, pop, 80s",
        "funk, disco, boogie",
        "aor, soft rock, yacht rock",
        "future funk, vaporwave",
        "kayokyoku, new music",
    ),
    "indie folk": (
        "indie folk, folk, singer-songwriter, acoustic, indie",
        "chamber folk, strings",
        "americana, alt-country",
        "freak folk, psychedelic folk",
        "fingerstyle, traditional folk",
    ),
    "krautrock": (
        "krautrock, psychedelic, experimental, rock, german",
        "motorik, space rock",
        "kosmische, berlin school, synth",
        "psychedelic rock, jam",
        "post-punk, art rock",
    ),
    "techno": (
        "techno, electronic, dance, minimal, house",
        "dub techno, minimal techno, deep",
        "detroit techno, electro",
        "acid, rave",
        "deep house, downtempo",
    ),
    "hip hop": (
        "hip-hop, rap, hip hop, beats",
        "jazz rap, conscious hip hop",
        "instrumental hip-hop, lo-fi, trip-hop",
        "boom bap, underground hip-hop",
        "trap, cloud rap",
    ),
    "post-rock": (
        "post-rock, instrumental, atmospheric, experimental, rock",
        "cinematic, epic, beautiful",
        "math rock, progressive",
        "post-metal, doom, sludge",
        "chamber, strings, minimal",
    ),
    "soul": (
        "soul, rnb, funk, female vocalists",
        "neo-soul, smooth, chill",
        "deep funk, groove",
        "northern soul, 60s",
        "gospel, blues",
    ),
}

#: What is said of anybody.
COMMON = (
    "seen live, favorites, beautiful, chill, mellow, melancholic, under 2000 listeners, 10s, 00s, 20s, male vocalists, "
    "awesome, spotify, german, norwegian, swedish, british, american, danish, icelandic, dutch, french, berlin, night, "
    "rainy day, good music, check out, love, underrated, my gang 09"
).split(", ")
#: What only one person says.
ODD_TAGS = ("[b]best[/b]", "\x1b[2J", "=1+1", "東京", "♥♥♥", "a tag that does not know when " + "to stop " * 20, "[/")

#: How near genres are, 0–1, each pair under the name that comes first; what is not listed is far.
NEAR = {
    "ambient": {"choral": 0.35, "jazz": 0.2, "krautrock": 0.35, "post-rock": 0.45, "techno": 0.4},
    "choral": {"indie folk": 0.15, "slowcore": 0.12},
    "city pop": {"dream pop": 0.25, "jazz": 0.25, "soul": 0.4},
    "dream pop": {"indie folk": 0.4, "post-rock": 0.4, "slowcore": 0.6},
    "hip hop": {"jazz": 0.3, "soul": 0.5, "techno": 0.15},
    "indie folk": {"slowcore": 0.5},
    "jazz": {"soul": 0.45},
    "krautrock": {"post-rock": 0.45, "techno": 0.4},
    "post-rock": {"slowcore": 0.45},
}
