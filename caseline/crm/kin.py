"""What a request has to do with other requests."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kin:
    """Links and merges of a request, the oldest first."""

    links: tuple[tuple[int, int, str], ...]
    """(request, other, kind) from and to it."""
    merges: Mapping[int, int]
    """Into which request it is merged, and that one, and so on; empty: it stands by itself."""
    merged: tuple[int, ...]
    """Requests that go on in it by a merge of their own."""
