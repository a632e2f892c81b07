"""Lists of companies and contacts, part by part."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import Field

from caseline.actions import see_clients
from caseline.crm.clients import Asked, Entity
from caseline.listing import wanted
from caseline.web.api.endpoint import GREATEST, Call, Key, Model, Page, Text
from caseline.web.api.problems import Wrong, wrong_fields
from caseline.web.api.request_shapes import Named

MANY: Final = {Entity.COMPANY: "companies", Entity.CONTACT: "contacts"}
_NO_PLACE: Final = "that is no place in this list: send `next` of the part before"


class ListQuery(Page):
    """Which ones."""

    q: Annotated[Text, Field(max_length=500, description="Part of a name, a mail address, a phone, a tax number")] = ""


class ContactQuery(ListQuery):
    """Which contacts."""

    company: Key | None = None


class Line(Model):
    """A company or a contact in a list."""

    id: int
    name: str
    email: str | None
    phone: str | None
    tax_number: str | None
    company: Named | None
    title: str | None


class Lines(Model):
    """A part of a list, by name."""

    found: list[Line]
    next: str | None
    """Where the list goes on."""


def listed(entity: Entity) -> Callable[[Call], Lines]:
    """Lists clients of a kind."""

    def handle(call: Call) -> Lines:
        query = call.query
        asked = Asked(
            text=query.q.strip(),
            company_id=getattr(query, "company", None),
            after=_place(query.after) if query.after else None,
            most=query.limit,
        )
        page = see_clients.listed(call.house, call.viewer, entity, asked)
        return Lines(
            found=[
                Line(
                    id=one.id,
                    name=one.name,
                    email=one.email,
                    phone=one.phone,
                    tax_number=one.tax_number,
                    company=None if one.company_id is None else Named(id=one.company_id, name=one.company),
                    title=one.title,
                )
                for one in page.lines
            ],
            next=None if page.after is None else _told(page.after),
        )

    return called(handle, f"list_of_{MANY[entity]}")


def _told(place: tuple[str, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode()


def _place(text: str) -> tuple[str, int]:
    try:
        key, number = json.loads(base64.urlsafe_b64decode(text))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        key = number = None
    if not isinstance(key, str) or wanted.bad(key) or type(number) is not int or not 0 <= number <= GREATEST:
        raise wrong_fields([Wrong("after", _NO_PLACE)])
    return key, number


def called(handle: Callable[[Call], Any], name: str) -> Callable[[Call], Any]:
    """Give a handler its name in the document."""
    handle.__name__ = name
    return handle
