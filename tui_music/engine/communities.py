"""Groups of artists that are like one another more than like the rest."""

from __future__ import annotations

import numpy as np

from tui_music.engine.knowledge import Knowledge
from tui_music.library.history import Int32


def communities(knowledge: Knowledge) -> Int32:
    """The community of each artist by Louvain's method (Blondel et al. 2008) on the graph of similarity; −1 for none.

    Numbered by size, the largest 0. Takes a second for 20,000 artists, so it is for the training process.
    """
    from scipy.sparse import csr_matrix
    from sknetwork.clustering import Louvain

    graph = knowledge.graph
    found = np.full(len(knowledge), -1, np.int32)
    if graph.nnz:
        joined = np.diff(graph.indptr) > 0
        louvain = Louvain(shuffle_nodes=False, sort_clusters=True, random_state=0)
        found[joined] = louvain.fit_predict(csr_matrix(graph))[joined]
    return found
