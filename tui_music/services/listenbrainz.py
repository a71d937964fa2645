"""ListenBrainz: which artists are listened to together, and how much everybody listens. No key is needed."""

from __future__ import annotations

from collections.abc import Sequence

import httpx2
import msgspec

from tui_music.errors import ServiceUnavailable
from tui_music.services.reading import best_is_one, count_of, decoded, mbid_of, name_of, number_of
from tui_music.services.replies import Popularity, Similar, SimilarArtists
from tui_music.services.transport import Wire

NAME = "ListenBrainz"
#: The data set that ListenBrainz's own pages use.
ALGORITHM = "session_based_days_7500_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30"
#: Most ids in one question.
MOST = 1000


class _Similar(msgspec.Struct):
    artist_mbid: str | None
    name: str | None
    score: float | None


class _Counted(msgspec.Struct):
    artist_mbid: str
    total_listen_count: float | None = None
    total_user_count: float | None = None


def bases(url: str) -> list[str]:
    """The hosts of ListenBrainz: the service, and the one that serves its data sets."""
    return [url, url.replace("://api.", "://labs.api.", 1)]


class ListenBrainz:
    """Questions to ListenBrainz, by MusicBrainz ids. Raises :class:`~tui_music.errors.ServiceError`."""

    def __init__(self, wire: Wire) -> None:
        self._client = httpx2.Client(transport=wire, trust_env=False)
        self._base, self._labs = (str(base).rstrip("/") for base in wire.bases)

    def lb_similar(self, mbid: str, limit: int) -> SimilarArtists:
        """Artists in the same sessions, the most frequent with match 1. The reply names ``mbid``, not the artist."""
        reply = self._client.get(
            f"{self._labs}/similar-artists/json", params={"artist_mbids": mbid, "algorithm": ALGORITHM}
        )
        rows = decoded(_accepted(reply), list[_Similar], NAME)
        found = (
            Similar(name_of(row.name), number_of(row.score) or 0.0, mbid_of(row.artist_mbid))
            for row in rows
            if mbid_of(row.artist_mbid) != mbid
        )
        return SimilarArtists(mbid, best_is_one(found, limit))

    def lb_popularity(self, mbids: Sequence[str]) -> tuple[Popularity, ...]:
        """Listeners and plays of at most :data:`MOST` artists, in the order of their ids."""
        reply = self._client.post(f"{self._base}/1/popularity/artist", json={"artist_mbids": list(mbids)})
        rows = {mbid_of(row.artist_mbid): row for row in decoded(_accepted(reply), list[_Counted], NAME)}
        return tuple(
            Popularity(mbid, count_of(rows[mbid].total_user_count), count_of(rows[mbid].total_listen_count))
            for mbid in sorted(mbids)
            if mbid in rows
        )


def _accepted(reply: httpx2.Response) -> bytes:
    if reply.status_code != 200:
        raise ServiceUnavailable(f"{NAME} did not accept the question (HTTP {reply.status_code}).")
    return reply.content
