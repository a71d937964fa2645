"""What was asked on the screen Proof, and what each recommender goes by, in a sentence."""

from __future__ import annotations

#: What is tested on one's own history, by the name it has there.
OWN = {
    "blend": "all signals, each by the weight it earned before the test",
    "decay": "plays count, less the older they are, by halves",
    "base-level": "plays count, less by a power of their age",
    "habit": "what is usual at this hour and day of the week",
    "sequence": "what tends to come after the artist before",
    "rediscovery": "much played once, and not for long",
    "rising": "played more and more of late",
    "similar": "similar to artists of yours, as services tell",
    "second-hand": "two steps away: like those that your artists are like",
    "tags": "tags in common with what you play",
    "popularity": "what many people play",
    "company": "played by listeners who share your artists",
    "sound": "tracks that sound like those you play",
}
OWN_BASELINES = {
    "play count": "what was played most often, ever",
    "hours": "what was played longest, ever",
    "last 90 days": "what was played most often in the last 90 days",
    "most recently played": "what was played last comes first",
    "decay": "each play counts half as much every {half_life:g} days",
    "ACT-R": "each play counts by its age in days to the power of −{rate:g}",
}
#: What is compared on many listeners. "system 0" to "system 4" are the five that this program replaces.
MANY = {
    "blend": "EASE, iALS and tags on one scale, added up",
    "blend and friends": "the blend, and what friends play",
    "RRF(60) of the blend's parts": "the same joined by their ranks alone",
    "EASE": "a linear model between artists in closed form (Steck 2019)",
    "EASE with tags": "EASE that learns of tags as well",
    "item-kNN": "artists with the same listeners as one's own",
    "PureSVD": "factors of who plays whom (Cremonesi and others 2010)",
    "NMF": "factors that are never negative",
    "tags": "artists with the tags of one's own",
    "popularity": "the artists with the most listeners, the same for all",
    "random": "any artist is as good as another",
    "system 0: similar artists": "from one's own library less that library: nobody",
    "system 3: SVD of raw counts": "factors of plays: who plays most decides",
    "system 3: 1/rank of kNN and SVD": "whoever is first in either comes first",
    "system 4: SVD of ones": "every rating is 1: the order of the file",
    "system 4: TF-IDF of names": "names with the same words in them",
}

#: What was to be found, of one's own history by part, of many listeners' by protocol.
PARTS = {
    "all": "whoever came, heard before or not",
    "repeat": "of those that came, artists heard before",
    "discovery": "of those that came, artists never heard before",
}
PROTOCOLS = {
    "held-out-items": "a tenth of everybody's artists was hidden, to be found",
    "new-listener": "nothing was learnt from these listeners; a fifth of their artists was hidden, to be found",
    "time": "artists that were new in the last fifth of all plays",
    "time, again": "artists played before that were played again in the last fifth of all plays",
}
