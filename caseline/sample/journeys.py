"""The way of a case through its statuses, from New to the one that its own row names."""

from itertools import pairwise
from typing import Final, NamedTuple

from caseline.sample.chance import Stream

FIRST: Final = "New"
"""Every case begins so."""
_WORKING, _WAITING, _ESCALATED, _CLOSED = "Working", "Waiting on Customer", "Escalated", "Closed"
_GONE: Final = ("Assigned", "On Hold")  # statuses of former years: histories still name them, no case is in them
_TO_THE_END: Final[tuple[tuple[str, ...], ...]] = (
    *((_WORKING,),) * 8,
    *((_WORKING, _WAITING),) * 4,
    *((_WORKING, _WAITING, _WORKING),) * 4,
    (_WORKING, _WAITING, _WORKING, _WAITING, _WORKING),
    *((_WORKING, _ESCALATED),) * 2,
    (_ESCALATED, _WORKING, _WAITING),
    *((_WORKING, _CLOSED, _WORKING),) * 2,
    (_WORKING, _WAITING, "Closed - No Response", _WORKING),
    (_WAITING,),
    *((),) * 2,
)
"""Stations between New and a closed status; reopened cases are closed twice."""
_SO_FAR: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    FIRST: (*((),) * 9, (_WORKING,)),
    _WORKING: (*((),) * 6, (_WORKING, _WAITING), (_WAITING,), (_WORKING, _CLOSED), (_ESCALATED,)),
    _ESCALATED: ((), (_WORKING,), (_WORKING,), (_WORKING, _WAITING)),
    _WAITING: ((_WORKING,), (_WORKING,), (), (_ESCALATED, _WORKING)),
}
"""Stations of open cases between New and the status of now."""


class Step(NamedTuple):
    """A change of the status."""

    at: int
    old: str
    new: str


def journey(status: str, stream: Stream, *, begun: int, ended: int, closed: bool) -> list[Step]:
    """Changes in their order from New to `status`; of a closed case the last one is at `ended`."""
    stations = list(stream.pick(_TO_THE_END if closed else _SO_FAR[status]))
    if stream.chance(0.01):
        stations.insert(0, stream.pick(_GONE))
    if not stations and status == FIRST:
        return []
    way = (FIRST, *stations, status)
    moments = _moments(len(way) - 1, stream, begun=begun, ended=ended)
    if closed:
        moments[-1] = ended
    return [Step(at, old, new) for at, (old, new) in zip(moments, pairwise(way), strict=True)]


def _moments(number: int, stream: Stream, *, begun: int, ended: int) -> list[int]:
    """So many moments in their order; now and then a rule of the help desk makes two changes in one second."""
    found = sorted(stream.random() for _ in range(number))
    if number > 1 and stream.chance(0.02):
        found = [found[0], *found[:-1]]
    return [begun + int(share * (ended - begun)) for share in found]
