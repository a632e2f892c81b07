"""The local application of a portal: who looks at its pages, its installation, and the requests on cards."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.bitrix24 import application, sync_book
from caseline.crm.bitrix24.application import Application
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.bitrix24.profile import administers
from caseline.crm.cards import Card
from caseline.crm.port import TryLater

PLACEMENTS: Final = {"CRM_CONTACT_DETAIL_TAB": "contact", "CRM_COMPANY_DETAIL_TAB": "company"}
"""Where a tab is bound, and what it is a card of."""
RIGHTS: Final = ("crm", "placement")
MOST: Final = 50
"""Requests that a tab shows."""
_OVERLOAD: Final = "OVERLOAD_LIMIT"
RENEWED_EVERY: Final = timedelta(days=7)
"""A refresh token lives for half a year; long before its end it is replaced."""


class Stranger(Exception):
    """Whoever asks is nobody that the portal knows."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody of the portal."""

    name: str
    administrator: bool
    zone: str


@dataclass(frozen=True, slots=True)
class Tab:
    """Requests of a contact or company that whoever looks at it may see."""

    cards: Sequence[Card]
    categories: Mapping[str, str]
    more: bool
    """There are more of them."""


@dataclass(frozen=True)
class Door:
    """The application with the house behind it."""

    house: House
    portal: Application
    client: tuple[str, Any]
    """client_id and client_secret."""

    @property
    def origin(self) -> str:
        """The only address that may show our pages inside of its own."""
        return self.portal.origin

    def caller(self, token: str) -> Caller:
        """Who shows this token, asked of the portal itself; raises `Stranger`."""
        found = self._asked(token, "profile", {})
        if not token or not isinstance(found, Mapping) or not found.get("ID"):
            raise Stranger
        name = f"{found.get('NAME') or ''} {found.get('LAST_NAME') or ''}".strip()
        return Caller(name, administers(found), str(found.get("TIME_ZONE") or ""))

    def _asked(self, token: str, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever it answers
        """What the portal tells whoever has this token; raises `Stranger` when it tells them nothing."""
        try:
            return self.portal.call(token, method, params)
        except (PortalRefused, PortalStopped) as error:
            if isinstance(error, PortalStopped) and error.code.upper() == _OVERLOAD:
                raise TryLater("the portal is overloaded") from error
            raise Stranger from error

    def install(self, given: Mapping[str, str], address: str, titles: Mapping[str, str], *, now: datetime) -> list[str]:
        """Bind the tabs, and keep the refresh token; answers which placements could not be bound, with the reason."""
        failed = [told for place in PLACEMENTS if (told := self._bind(given["AUTH_ID"], place, address, titles))]
        secret = self.client[1]
        kept = application.lock(secret, given["REFRESH_ID"])
        with self.house.engine.begin() as connection:
            sync_book.keep_application(connection, self.portal.key, given["member_id"], kept, now=now)
        return failed

    def _bind(self, token: str, place: str, address: str, titles: Mapping[str, str]) -> str:
        languages = {language: {"TITLE": title} for language, title in titles.items()}
        params = {"PLACEMENT": place, "HANDLER": address, "TITLE": titles["en"], "LANG_ALL": languages}
        try:
            bound = self.portal.call(token, "placement.get")
            if any(row.get("placement") == place and row.get("handler") == address for row in bound or ()):
                return ""
            self.portal.call(token, "placement.bind", params)
        except (PortalRefused, PortalStopped) as error:
            return f"{place}: {error}"
        return ""

    def known(self, member_id: str) -> bool:
        """Whether the application is installed in the portal that calls itself so; that alone proves nothing."""
        with self.house.engine.connect() as connection:
            found = sync_book.application(connection, self.portal.key)
        return found is not None and hmac.compare_digest(found.member_id.encode(), member_id.encode())

    def tab(self, token: str, entity: str, number: int) -> Tab:
        """The newest requests of a contact or company, those only that the portal shows to whoever has this token."""
        params = {
            "entityTypeId": 1,
            "filter": {f"{entity}Id": number},
            "select": ["id"],
            "order": {"id": "DESC"},
            "start": -1,
        }
        found = self._asked(token, "crm.item.list", params)
        ids = [int(row["id"]) for row in (found or {}).get("items", ())]
        cards = wiring.intake(self.house).cards
        with self.house.engine.connect() as connection:
            there = [card for one in ids if (card := cards.get(connection, one)) is not None]
            labels = {one.code: one.label for one in cards.categories(connection)}
        return Tab(sorted(there, key=_order), labels, len(ids) >= MOST)

    def keep_fresh(self, *, now: datetime) -> bool:
        """Renew the refresh token when it is some days old; whether it was."""
        return self._renewed(RENEWED_EVERY, now=now) is not None

    def _renewed(self, age: timedelta, *, now: datetime) -> str | None:
        """An access token, where the refresh token is of that age; two processes do not use it up twice."""
        with self.house.engine.begin() as connection:
            found = sync_book.application(connection, self.portal.key, hold=True)
            if found is None or now - found.refreshed_at < age:
                return None
            token = application.unlock(self.client[1], found.refresh)
            renewed = application.renew(self.house.settings.bitrix24_oauth, self.client, token)
            kept = application.lock(self.client[1], renewed.refresh)
            sync_book.keep_application(connection, self.portal.key, found.member_id, kept, now=now)
        return renewed.access

    def installed(self) -> bool:
        """Whether the application is installed, as far as we know; the portal is not asked."""
        with self.house.engine.connect() as connection:
            return sync_book.application(connection, self.portal.key) is not None

    def lacks(self, *, now: datetime) -> list[str]:
        """What the application needs and does not have, each with the remedy. Asking renews its refresh token."""
        try:
            token = self._renewed(timedelta(), now=now)
            if token is None:
                return ["the application is not installed: open it in the portal as an administrator"]
            rights = set(self.portal.call(token, "scope") or ())
            bound = {row.get("placement") for row in self.portal.call(token, "placement.get") or ()}
        except (PortalRefused, PortalStopped, TryLater) as error:
            return [str(error)]
        told = [
            f"the application lacks the right {name}: give it in the portal, then install again"
            for name in RIGHTS
            if name not in rights
        ]
        return [
            *told,
            *(
                f"the tab {name} is not bound: install the application again"
                for name in PLACEMENTS
                if name not in bound
            ),
        ]


def _order(card: Card) -> tuple[bool, float, int]:
    """Open ones first, by their deadline; then the newest."""
    closed = card.stage.closed or card.closed_at is not None
    due = card.deadline.due_at.timestamp() if card.deadline and not closed else float("inf")
    return closed, due, -card.id


def door(house: House) -> Door | None:
    """The application that the settings name; None when they name none."""
    client = house.settings.bitrix24_application()
    if client is None:
        return None
    hook = wiring.webhook(house.settings)
    return Door(house, Application(hook.url, house.engine, hook.options), client)


def admits(house: House, token: str) -> bool:
    """Whether an event shows the token that was agreed on; none is admitted where none was."""
    wanted = house.settings.bitrix24_events()
    return wanted is not None and hmac.compare_digest(wanted.get_secret_value().encode(), token.encode())
