"""The network of artists on the command line, under the keys the README documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui_music.engine.collaboration import Collaboration
from tui_music.engine.network import PERCENTILES, Community, Member, Network, Shape
from tui_music.text import shown


def network(found: Network, threshold: float, pairs: Sequence[Collaboration], n: int) -> dict[str, Any]:
    """The shape of a network; its communities, its ``n`` most central and most bridging artists, and ``n`` pairs."""
    shape = found.shape()
    return {
        "threshold": threshold,
        "artists": shape.artists,
        "links": shape.links,
        "density": round(shape.density, 6),
        "clustering": round(shape.clustering, 6),
        "modularity": round(shape.modularity, 6),
        "similarity": _similarity(shape),
        "communities": [_community(found, each) for each in found.communities()],
        "central": [_member(each) for each in found.central(n)],
        "bridges": [_member(each) for each in found.bridges(n)],
        "collaborations": [
            {"artist": pair.artist, "guest": pair.guest, "songs": pair.songs, "plays": pair.plays} for pair in pairs[:n]
        ],
    }


def lines(answer: dict[str, Any], n: int) -> list[str]:
    """The same for people."""
    if not answer["artists"]:
        said = ["Nobody in this history is known to be like anybody yet: tui-music warm asks the services."]
        return said + _pairs(answer)
    similarity = answer["similarity"]
    spread = ", ".join(f"{percent} % below {similarity[f'p{percent}']:.2f}" for percent in PERCENTILES)
    said = [
        f"{answer['artists']:,} artists, {answer['links']:,} links of a similarity of {answer['threshold']:g} or more",
        f"similarity {similarity['mean']:.2f} on average (± {similarity['deviation']:.2f}): {spread}",
        " · ".join(f"{what} {answer[what]:.2f}" for what in ("density", "clustering", "modularity")),
        "",
        f"{len(answer['communities']):,} communities, by their artists in the middle",
    ]
    for each in answer["communities"][:n]:
        names = " · ".join(shown(name) for name in each["central"][:4])
        said.append(f"  {each['artists']:>5,} artists  density {each['density']:.2f}  {names}")
    said += ["", "In the middle: like many, and much"]
    said += [
        f"  {each['strength']:>8.2f}  {shown(each['artist'])}, like {each['links']:,}" for each in answer["central"]
    ]
    said += ["", "Bridges: like artists of other communities"]
    said += [
        f"  {each['outside']:>8.2f}  {shown(each['artist'])}, participation {each['participation']:.2f}"
        for each in answer["bridges"]
    ]
    return said + _pairs(answer)


def _pairs(answer: dict[str, Any]) -> list[str]:
    if not answer["collaborations"]:
        return []
    return [
        "",
        "Credited together (on so many songs)",
        *(
            f"  {pair['plays']:>5,} plays  {shown(pair['artist'])} with {shown(pair['guest'])} ({pair['songs']:,})"
            for pair in answer["collaborations"]
        ),
    ]


def _similarity(shape: Shape) -> dict[str, float]:
    spread = {f"p{percent}": round(at, 6) for percent, at in zip(PERCENTILES, shape.percentiles, strict=True)}
    return {"mean": round(shape.similarity, 6), "deviation": round(shape.deviation, 6)} | spread


def _community(found: Network, community: Community) -> dict[str, Any]:
    return {
        "number": community.number,
        "artists": community.artists,
        "density": round(community.density, 6),
        "clustering": round(found.clustering(community.number), 6),
        "central": [each.name for each in community.central],
        "next_to": [
            {"number": number, "similarity": round(similarity, 6)}
            for number, similarity in found.next_to(community.number, 3)
        ],
    }


def _member(each: Member) -> dict[str, Any]:
    return {
        "artist": each.name,
        "community": each.community,
        "links": each.links,
        "strength": round(each.strength, 6),
        "outside": round(each.outside, 6),
        "participation": round(each.participation, 6),
        "plays": each.plays,
    }
