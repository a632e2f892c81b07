"""Agreements: the list and the card."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from caseline.actions import choose_address, see_agreements
from caseline.crm.agreements import Asked
from caseline.crm.vocabulary import AgreementStatus
from caseline.feedback.question_book import MOST_COUNTED
from caseline.people.rights import Right
from caseline.web.desk import agreement_words, asking_words
from caseline.web.desk.visit import Visit

HOME: Final = "/agreements"
_FILTERS: Final = ("service", "division", "manager")
_LONGEST: Final = 200


def listed(visit: Visit) -> Response:
    """The list, the newest first."""
    status = visit.text("status")
    chosen = {name: visit.number(name) for name in _FILTERS}
    asked = Asked(
        text=visit.text("q").strip()[:_LONGEST],
        status=AgreementStatus(status) if status in set(AgreementStatus) else None,
        service_id=chosen["service"],
        division_id=chosen["division"],
        manager_id=chosen["manager"],
        before=visit.number("before"),
        after=visit.number("after"),
    )
    page = see_agreements.listed(visit.house, visit.viewer, asked)
    given: dict[str, Any] = {"q": asked.text, "status": asked.status and asked.status.value, **chosen}
    kept = {name: value for name, value in given.items() if value}
    return visit.page(
        "agreements/list.html",
        page=page,
        asked=asked,
        offered=see_agreements.offered(visit.house),
        filtered=bool(kept),
        newer=_way(kept, "after", page.after),
        older=_way(kept, "before", page.before),
        questions=choose_address.count(visit.house, visit.viewer, now=visit.now),
        most_counted=MOST_COUNTED,
        words=agreement_words,
        works=visit.may(Right.WORK_REQUESTS),
    )


def shown(visit: Visit) -> Response:
    """The card."""
    found = see_agreements.shown(visit.house, visit.viewer, visit.request.path_params["id"])
    return visit.page(
        "agreements/card.html",
        one=found.agreement,
        asks=found.asks,
        words=agreement_words,
        ask_words=asking_words,
        works=visit.may(Right.WORK_REQUESTS),
    )


def _way(kept: Mapping[str, Any], name: str, place: int | None) -> str:
    return "" if place is None else f"{HOME}?{urlencode({**kept, name: place})}"
