"""Questions to which address a letter shall go: the list, and the page on which one is answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from caseline.actions import choose_address
from caseline.actions.choose_address import Choice, Place
from caseline.actions.editing import Fault, Faulty
from caseline.web.desk import address_words, asking_words
from caseline.web.desk.visit import Visit, whole

HOME: Final = "/addresses"
_LONGEST: Final = 300
_TYPED: Final = "other"


def listed(visit: Visit) -> Response:
    """Those that wait for whoever looks, or all that he sees; those first that wait longest."""
    mine = visit.text("list") != "all" and visit.viewer.person_id is not None
    page = choose_address.listed(visit.house, visit.viewer, mine=mine, after=_place(visit.text("after")), now=visit.now)
    further = {"list": "mine" if mine else "all", "after": _mark(page.after)} if page.after else None
    return visit.page(
        "agreements/questions.html",
        page=page,
        mine=mine,
        further=f"{HOME}?{urlencode(further)}" if further else "",
        begun=bool(visit.text("after")),
    )


def shown(visit: Visit) -> Response:
    """A question with all addresses of the client."""
    return _page(visit)


def answered(visit: Visit) -> Response:
    """Take the address that was picked or typed."""
    typed = {name: visit.text(name).strip()[:_LONGEST] for name in ("pick", "typed", "keep_at")}
    address = typed["typed"] if typed["pick"] in {"", _TYPED} else typed["pick"]
    keep_at = typed["keep_at"] if address == typed["typed"] else ""
    try:
        choice = Choice(address=address, keep_at=keep_at)
        choose_address.choose(visit.house, visit.viewer, visit.request.path_params["id"], choice, now=visit.now)
    except Faulty as error:
        return _page(visit, typed, error.faults)
    return visit.go(f"{HOME}/{visit.request.path_params['id']}", notice="address_chosen")


def _page(visit: Visit, typed: Mapping[str, str] | None = None, faults: Sequence[Fault] = ()) -> Response:
    sight = choose_address.shown(visit.house, visit.viewer, visit.request.path_params["id"], now=visit.now)
    return visit.page(
        "agreements/question.html",
        status=422 if faults else 200,
        sight=sight,
        typed=typed or {"pick": "", "typed": "", "keep_at": ""},
        other=_TYPED,
        faults={fault.field: fault.said(visit.texts.language) for fault in faults},
        words=asking_words,
        addresses=address_words,
    )


def _mark(place: Place) -> str:
    return f"{place[1]}~{place[0].isoformat()}"


def _place(text: str) -> Place | None:
    """Where a page begins; None for what is no mark of ours: the list begins at its beginning then."""
    number, _, at = text.partition("~")
    found = whole(number)
    try:
        since = datetime.fromisoformat(at)
    except ValueError:
        return None
    return None if found is None or since.tzinfo is None else (since, found)
