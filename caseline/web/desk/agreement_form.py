"""The form in which agreements are made and changed; of two who edit the second sees the difference."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from caseline.actions import keep_agreements, see_agreements, see_clients
from caseline.actions.editing import Fault, Faulty, Overtaken
from caseline.actions.keep_agreements import Wish
from caseline.crm.agreements import Agreement
from caseline.crm.clients import Entity
from caseline.crm.vocabulary import AgreementStatus
from caseline.web.desk import agreement_words, client_words
from caseline.web.desk.agreement_pages import HOME
from caseline.web.desk.visit import Visit

_CLIENTS: Final = {"company_id": Entity.COMPANY, "contact_id": Entity.CONTACT}
_DAYS: Final = ("started_on", "finished_on")
NAMES: Final = ("number", *_CLIENTS, "service_id", "division_id", "manager_id", "status", *_DAYS)
_LONGEST: Final = 1_100


def form(visit: Visit) -> Response:
    """The empty form, or that of an agreement."""
    one = _one(visit)
    if one is not None:
        return _page(visit, one, values(visit, one))
    asked = {"company_id": visit.number("company"), "contact_id": visit.number("contact")}
    given = {name: _named(visit, _CLIENTS[name], number) for name, number in asked.items()}
    own = visit.viewer.person_id
    return _page(visit, None, {**given, "manager_id": "" if own is None else str(own)})


def written(visit: Visit) -> Response:
    """Make an agreement, or change one."""
    one = _one(visit)
    typed = {name: visit.text(name).strip()[:_LONGEST] for name in NAMES}
    try:
        wish = _wish(visit, typed)
        if one is None:
            number = keep_agreements.make(visit.house, visit.viewer, wish, now=visit.now)
        else:
            number, seen = one.id, visit.number("version") or 0
            keep_agreements.change(visit.house, visit.viewer, number, wish, seen=seen, now=visit.now)
    except Faulty as error:
        return _page(visit, one, typed, faults=error.faults)
    except Overtaken:
        return _page(visit, _one(visit), typed, theirs=True)
    return visit.go(f"{HOME}/{number}", notice="saved")


def values(visit: Visit, one: Agreement) -> dict[str, str]:
    """What the form holds of an agreement."""
    found = {name: getattr(one, name) for name in NAMES}
    shown = {name: "" if value is None else str(value) for name, value in found.items()}
    return {**shown, **{name: _named(visit, entity, found[name]) for name, entity in _CLIENTS.items()}}


def _one(visit: Visit) -> Agreement | None:
    number = visit.request.path_params.get("id")
    return None if number is None else see_agreements.shown(visit.house, visit.viewer, number).agreement


def _named(visit: Visit, entity: Entity, number: int | None) -> str:
    name = "" if number is None else see_clients.name(visit.house, entity, number)
    return client_words.numbered(name, number) if name and number is not None else ""


def _wish(visit: Visit, typed: Mapping[str, str]) -> Wish:
    """What somebody wants; raises `Faulty` for what is no date or no status."""
    faults: list[Fault] = []
    started, finished = (_day(name, typed[name], faults) for name in _DAYS)
    if typed["status"] not in set(AgreementStatus):
        faults.append(Fault("status", "there is no such status: choose again", "такого статуса нет: выберите снова"))
    if faults:
        raise Faulty(*faults)
    company, contact = (client_words.meant(visit, entity, typed[name]) for name, entity in _CLIENTS.items())
    return Wish(
        number=typed["number"],
        company_id=company,
        contact_id=contact,
        service_id=visit.number("service_id"),
        division_id=visit.number("division_id"),
        manager_id=visit.number("manager_id"),
        status=AgreementStatus(typed["status"]),
        started_on=started,
        finished_on=finished,
    )


def _day(name: str, text: str, faults: list[Fault]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(Fault(name, "is no date: write it as 2026-12-31", "это не дата: укажите в виде 2026-12-31"))
        return None


def _page(
    visit: Visit,
    one: Agreement | None,
    given: Mapping[str, Any],
    *,
    faults: Sequence[Fault] = (),
    theirs: bool = False,
) -> Response:
    return visit.page(
        "agreements/form.html",
        status=409 if theirs else 422 if faults else 200,
        one=one,
        # Who was overtaken saves over what he has been shown; who made a slip has seen no newer one.
        version=visit.text("version") if faults else one.version if one else "",
        given={name: given.get(name) or "" for name in NAMES},
        theirs=_differing(visit, one, given) if theirs and one else {},
        overtaken=theirs,
        faults={fault.field: fault.said(visit.texts.language) for fault in faults},
        offered=see_agreements.offered(visit.house),
        statuses=agreement_words.STATUSES,
    )


def _differing(visit: Visit, one: Agreement, given: Mapping[str, Any]) -> dict[str, str]:
    """What somebody else has written meanwhile, by field, where it is something else."""
    shown = {"service_id": one.service, "division_id": one.division, "manager_id": one.manager}
    shown["status"] = visit.texts.say(agreement_words.STATUSES[one.status])
    now = values(visit, one)
    return {name: shown.get(name, now[name]) or "–" for name in NAMES if now[name] != given.get(name, "")}
