"""The command that answers about the network of a listener's artists."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_music.cli.base import Csv, Json, app, form, question, services_of


@app.command()
def network(
    ctx: typer.Context,
    threshold: Annotated[
        float, typer.Option("--threshold", metavar="S", min=0.0, max=1.0, help="Least similarity of a link, 0–1.")
    ] = 0.1,
    n: Annotated[int, typer.Option("-n", min=0, help="How many artists, communities and pairs.")] = 10,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Who is like whom among your artists: communities, bridges between them, and who plays with whom."""
    import numpy as np

    from tui_music import network_answers, printing
    from tui_music.engine.collaboration import collaborations
    from tui_music.engine.communities import communities
    from tui_music.engine.listening import listening
    from tui_music.engine.network import Network, among
    from tui_music.engine.opening import known

    how = form(as_json, as_csv)
    history, scope = question(ctx.obj, "all", "music")
    with services_of(ctx.obj) as services:
        knowledge = known(ctx.obj.settings, services.cache, history, scope.counted_ms)
    heard = listening(history, scope.zone, counted_ms=scope.counted_ms)
    graph = among(knowledge.graph, np.flatnonzero(heard.plays), threshold)
    plays = np.append(heard.plays, np.zeros(len(knowledge) - len(heard.plays), np.int64))
    found = Network(graph, knowledge.artists, plays, communities(graph, knowledge.artists))
    answer = network_answers.network(found, threshold, collaborations(heard), n)
    printing.print_object(answer, network_answers.lines(answer, n), how)
