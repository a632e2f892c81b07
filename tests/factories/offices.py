"""A house that asks its clients, with its desk beside it: colleagues sit at browsers, and one clock moves all of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from html import unescape
from typing import Any

import pytest
from lxml import html

from caseline.people import passwords
from caseline.people.rights import Role
from caseline.web.desk import gate
from tests.factories import pages
from tests.factories.pages import PASSWORD, Browser
from tests.factories.rounds import Rounds, rounds


@dataclass
class Office:
    """The house and its desk."""

    town: Rounds
    base: str
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def colleague(self, name: str, role: Role = Role.AGENT, *, division: int | None = None) -> int:
        """Somebody with a login of his name in small letters, a mail address and the Russian language."""
        number = self.town.staff.person(name, role=role, email=f"{name.lower()}@desk.example")
        self.town.query(
            "UPDATE people.login SET password = :password, language = 'ru' WHERE person_id = :id",
            password=_hashed(),
            id=number,
        )
        if division is not None:
            self.town.belongs(number, division)
        return number

    def at(self, name: str) -> Browser:
        """The browser of somebody who has signed in, and goes on working however far the clock was moved."""
        login = name.lower()
        if login not in self._browsers:
            self._browsers[login] = Browser(self.base)
            self._browsers[login].sign_in(login)
        self.town.query("UPDATE people.session SET begun_at = :now, seen_at = :now", now=self.town.now)
        return self._browsers[login]

    def answer(self, to: str, form: str = "nps", **given: Any) -> None:  # noqa: ANN401 - texts by question
        """A client follows the link of his last letter some minutes later, fills in the form and presses Save."""
        (path,) = [one for one in self.town.links(to) if one.startswith(f"/f/{form}/") and one[-2] != "/"]
        self.town.later(minutes=5)
        person = self.town.client()
        done = person.save(person.get(path), path, **given)
        assert done.status_code == 303, done.text

    def close(self) -> None:
        """Close the browsers."""
        for one in self._browsers.values():
            one.client.close()


@cache
def _hashed() -> str:
    """The password of all of them; it takes time on purpose, and once is enough."""
    return passwords.hashed(PASSWORD)


@contextmanager
def office(url: str, patch: pytest.MonkeyPatch, **settings: Any) -> Iterator[Office]:  # noqa: ANN401 - whatever a test names
    """A house on Monday noon, and its desk by the same clock."""
    with rounds(url, **{"feedback_rest_days": 0, "desk_url": "https://desk.example/", **settings}) as town:

        class Clock:
            @staticmethod
            def now(tz: tzinfo) -> datetime:
                return town.now.astimezone(tz)

        patch.setattr(gate, "datetime", Clock)
        with pages.served(town.house) as base:
            made = Office(town, base)
            try:
                yield made
            finally:
                made.close()


def words(page: str, part: str = "main") -> str:
    """What a page says, without its marks: of its main part, or of another one."""
    found = list(html.document_fromstring(page).iter(part))
    assert found, f"there is no {part}"
    return " ".join(" ".join(one.text_content() for one in found).split())


def alerts(page: str) -> list[str]:
    """What a page says is wrong."""
    main = html.document_fromstring(page.partition("<template")[0])
    return [" ".join(one.text_content().split()) for one in main.xpath("//main//*[@role='alert']")]


def facts(page: str) -> dict[str, str]:
    """What a page tells as terms with their values."""
    pairs = [one for one in html.document_fromstring(page).iter("div") if one.find("dt") is not None]
    return {_said(one, "dt"): _said(one, "dd") for one in pairs}


def _said(one: Any, part: str) -> str:  # noqa: ANN401 - an element of lxml
    found = one.find(part)
    return "" if found is None else " ".join(found.text_content().split())


def links(page: str, start: str) -> list[str]:
    """Where the links of a page lead that begin so."""
    found = [one.get("href", "") for one in html.document_fromstring(page).iter("a")]
    return sorted({one for one in found if one.startswith(start)})


def typed(page: str, action: str) -> dict[str, Any]:
    """What a browser would send of a form of a page, as it stands there."""
    (form,) = [one for one in html.document_fromstring(page).forms if one.action == action]
    found: dict[str, Any] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value.removeprefix("\n"))
    found.pop("form_token", None)
    return found


def field_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page[:2000]
    return unescape(found[1])
