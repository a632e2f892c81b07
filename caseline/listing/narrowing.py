"""What of a filter the vectors of the search know, so that a hit list holds what may fit only; pure."""

from collections.abc import Iterable
from datetime import datetime

from caseline.listing.hits import Narrow
from caseline.listing.kinds import Op
from caseline.listing.meaning import Comparison, Meant


def narrow(meant: Iterable[Meant]) -> Narrow:
    """The companies and the whole period that conditions ask for; the list asks for all of them exactly all the same.

    A period without an end is none: the newest are looked through first in any case.
    """
    companies: set[int] | None = None
    since: list[datetime] = []
    until: list[datetime] = []
    for one in meant:
        if not isinstance(one, Comparison):
            continue
        if one.field.key == "company" and one.op is Op.IN:
            asked = {value for value in one.values if isinstance(value, int)}
            companies = asked if companies is None else companies & asked
        instants = [value for value in one.values if isinstance(value, datetime)]
        if one.field.key == "created_at" and one.op is Op.FROM:
            since += instants
        elif one.field.key == "created_at" and one.op in {Op.BEFORE, Op.TO}:
            until += instants
    whole = bool(since and until)
    return Narrow(
        companies=tuple(sorted(companies or ())),
        since=max(since) if whole else None,
        until=min(until) if whole else None,
    )
