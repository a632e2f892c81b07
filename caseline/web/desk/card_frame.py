"""What all pages of the card share: the page itself, who asks, how a deed is answered and a refusal is said."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.responses import Response

from caseline.actions import see_request, show_request
from caseline.actions.see_request import CardSight
from caseline.actions.work_request import Asker, Faulty
from caseline.crm.cards import Refused
from caseline.crm.field_faults import Unsaved
from caseline.crm.field_values import Reader
from caseline.crm.refusals import Told
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Attachment
from caseline.timing import wording
from caseline.timing.vocabulary import Language
from caseline.web.desk import (
    bonus_panel,
    card_words,
    feedback_report_words,
    option_list,
    product_pages,
    refusal_words,
    request_words,
    timeline_entries,
)
from caseline.web.desk.event_words import Names
from caseline.web.desk.timeline_entries import Around
from caseline.web.desk.visit import Visit
from caseline.web.language import later

MOST_BYTES: Final = 25_000_000
"""Of the files of one message."""
FORM_BYTES: Final = MOST_BYTES + 2_000_000
MOST_FILES: Final = 20
FAULTS: Final = {
    "empty": later("There is no text yet: write something."),
    "untold": later("An assignment needs a title and a text: say what is to be done."),
    "nobody": later("Say who is to do it: a colleague, or somebody outside."),
    "no_address": later("The contact of this request has no mail address: give it one on its card."),
    "no_mail": later(
        "Letters cannot leave yet: nobody has said our own mail address (CASELINE_MAIL_ADDRESS). Ask an administrator."
    ),
    "merged": later("This request goes on in request %(into)s: work there, or take the merge back."),
    "no_group": later("The request has no group: choose one first."),
    "closed": later("The request is closed: reopen it first."),
    "nobody_there": later("Nobody of the group is there: choose somebody by hand."),
    "no_person": later("Your login belongs to no person of the house: an administrator can name one in the settings."),
    "none_chosen": later("No message is chosen: tick those that make the new request."),
    "unknown": later("There is no request of this number: check it in the list of requests."),
    "several": later("Several requests have this number: write one of these instead: %(ids)s."),
    "same": later("A request cannot be merged with itself: name another."),
    "subject": later("Subject: say in a few words what it is about."),
    "long": later("Subject: it has more than 500 characters; say the rest in the description."),
    "company": later("Company: there is none of this number; look it up in the list of companies."),
    "contact": later("Contact: there is none of this name; check it, or tick that it is a new one."),
    "contacts": later("Contact: several have this name; write one of these instead: %(ids)s."),
    "files": later("Files: together they are larger than %(megabytes)s MB; leave some out."),
    "hours": later("Hours: write a whole number from 1 to 10,000, or nothing."),
    "unsaved": later("Nothing was saved yet: look at the fields that are marked."),
    "overtaken": later(
        "Somebody else has changed this request while you typed. Look at the differences, then save again."
    ),
    "changed": later("Somebody has changed this request meanwhile. Look at it as it is now, then decide again."),
}
"""Why something was not done, and what helps."""


ELSEWHERE: Final = frozenset(
    {
        *("number", "subject", "description", "stage", "category", "assignee", "group", "company", "contact"),
        *("channel", "created_at", "closed_at", "modified_at"),
    }
)
"""Fields that the card shows in places of their own; in the form they stand with the others."""


def asker(visit: Visit, *, once: bool = False) -> Asker:
    """Whoever asks; `once`: a form that is sent twice, by a double click, is done once."""
    return Asker(visit.viewer, visit.now, _digest(visit) if once else None)


def _digest(visit: Visit) -> bytes:
    """By what a form is known again: who sent what where, in a page that was made once."""
    found = hashlib.sha256(f"{visit.login.id} {visit.request.url.path}".encode())
    for name, value in visit.form.multi_items():
        if name == "form_token":  # another session of the same person sends the same form
            continue
        told = value if isinstance(value, str) else f"{value.filename} {_content(value)}"
        found.update(f"\0{name}={told}".encode(errors="replace"))
    return found.digest()


def _content(upload: UploadFile) -> str:
    upload.file.seek(0)
    found = hashlib.sha256(upload.file.read()).hexdigest()
    upload.file.seek(0)
    return found


def files(visit: Visit) -> list[Attachment]:
    """Files of the form; raises `Faulty` when they are too large."""
    found = [one for one in visit.form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    if sum(one.size or 0 for one in found) > MOST_BYTES:
        raise Faulty("files", "the files are too large", megabytes=MOST_BYTES // 1_000_000)
    return [
        Attachment(card_words.file_name(one.filename or ""), card_words.content_type(one.content_type), one.file.read())
        for one in found
    ]


def number(visit: Visit) -> int:
    """The request that the address names."""
    found: int = visit.request.path_params["number"]
    return found


def done(visit: Visit, record_id: int, notice: str, *, mark: str = "") -> Response:
    """Go on to the card, at the line that is new; a script is told to go there."""
    query = {"notice": notice, **({"at": mark} if mark else {})}
    return away(visit, f"/requests/{record_id}?{urlencode(query)}{f'#{mark}' if mark else ''}")


def away(visit: Visit, address: str) -> Response:
    """Go on to another page, by a script or without."""
    if visit.piece:
        return Response(status_code=204, headers={"HX-Redirect": address})
    return visit.go(address)


def said(visit: Visit, error: Exception) -> str:
    """A refusal in the language of the page."""
    if isinstance(error, Unsaved):
        return "; ".join(error.said(visit.texts.language))
    if isinstance(error, Faulty) and error.code in FAULTS:
        return visit.texts.say(FAULTS[error.code], **error.data)
    if isinstance(error, Told):
        return refusal_words.said(visit.texts, error)
    return visit.texts.say("That was not done: %(reason)s", reason=refusal_words.said(visit.texts, error))


def refused(visit: Visit, error: Refused | OutboxFault, *, editor: str = "") -> Response:
    """Say why something was not done, where it was asked for; what is typed stays."""
    words = said(visit, error)
    if visit.piece:
        return visit.page("requests/fault.html", status=422, words=words)
    return page(visit, number(visit), status=422, problem=words, editor=editor)


def overtaken(visit: Visit) -> Response:
    """Say that somebody else was first, on the card as it is now."""
    return page(visit, number(visit), status=409, problem=visit.texts.say(FAULTS["changed"]))


def page(visit: Visit, record_id: int, *, status: int = 200, problem: str = "", editor: str = "") -> Response:
    """The card. Raises `Absent`."""
    told, start = Reader(zone=visit.login.zone, language=visit.texts.language), visit.number("from")
    found = see_request.show(visit.house, visit.viewer, record_id, reader=told, start=start, now=visit.now)
    form = found.form
    labels = {one.key: one.label(told.language) for part in form.sections for one in part.controls}
    given = {**_given(visit, found, labels), **shared(visit), "form": form, "ways": {one.code for one in form.stages}}
    return visit.page("requests/card.html", status=status, problem=problem, editor=editor, **given)


def shared(visit: Visit) -> dict[str, Any]:
    """What every template of the card asks for."""
    return {
        "once": secrets.token_urlsafe(12),
        "words": card_words,
        "feedback_words": feedback_report_words,
        "coded": request_words.code,
        "picture": timeline_entries.picture,
        "LETTER_STATES": timeline_entries.LETTER_STATES,
        "WITHDRAWN": timeline_entries.WITHDRAWN,
        "most_bytes": MOST_BYTES,
        "no_letters": no_letters(visit),
        "typed": visit.text,
        "elsewhere": ELSEWHERE,
        "options": option_list.drawn,
        "speaks": visit.texts.language,
        "bonus_kinds": bonus_panel.KINDS,
    }


def no_letters(visit: Visit) -> str:
    """Why no letter can leave at all, with the remedy; empty where letters can."""
    return visit.texts.say(FAULTS["no_mail"]) if visit.house.settings.mail_address is None else ""


def _given(visit: Visit, found: CardSight, fields: Mapping[str, str]) -> dict[str, Any]:
    sight, texts = found.sight, visit.texts
    names = Names(
        {one.code: one.label for one in found.stages},
        {one.code: one.label for one in found.categories},
        {one.id: one.title for one in sight.assignments},
        fields,
    )
    around = Around(found.window.messages, sight.letters, names)
    opening = timeline_entries.entries(texts, [found.window.opening] if found.window.opening else [], around)
    return {
        "found": found,
        "card": found.card,
        "sight": sight,
        "names": names,
        "opening": opening,
        "entries": timeline_entries.entries(texts, found.window.lines, around),
        "due": card_words.due(texts, sight, now=visit.now),
        "explained": wording.sentence(sight.told, Language(texts.language)) if sight.told else "",
        "doubt": sight.doubt.text(Language(texts.language)) if sight.doubt else "",
        "spent": card_words.spent(sight, names.stages),
        "overdue": show_request.overdue(found.card, now=visit.now),
        "category": names.categories.get(found.card.category or "", found.card.category),
        "team": _team(found),
        "groups": [(one.id, one.name) for one in found.groups],
        "topics": [
            (one.code, f"{one.label} ({texts.say('%(num)s h', num=texts.number(one.hours))})")
            for one in found.categories
            if one.active or one.code == found.card.category
        ],
        **product_pages.panel(visit, found.choice),
    }


def _team(found: CardSight) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Colleagues of the request's own group, and all others, as (id, name)."""
    mine: list[tuple[int, str]] = []
    others: list[tuple[int, str]] = []
    for one in found.colleagues:
        (mine if found.card.group_id in one.groups else others).append((one.id, one.name))
    return mine, others
