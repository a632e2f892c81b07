"""Chat2Desk by its HTTP API: WhatsApp and other messengers behind one account; what comes in, it calls us about.

Our key goes along as `external_id`, and before a message is sent again the newest of its client are looked through for
it: so it arrives once, unless Chat2Desk has it and does not show it yet.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from caseline.chat.faults import Barred, Refused, Unread
from caseline.chat.gateway import LONGEST, WINDOW, Batch, Health, May, Message, Received, Start, Whom
from caseline.chat.wire import Wire

NAME: Final = "chat2desk"
OFFICIAL: Final = "https://api.chat2desk.com"
_BARRED: Final = (401, 403)
_LOOKED_THROUGH: Final = 50
_NUMBER_IS_ENOUGH: Final = ("whatsapp", "viber_business", "sms", "wa_")
"""Transports, or how their names begin, that reach whoever has the phone."""
_WINDOWED: Final = "wa_"
"""How the names of those begin that are WhatsApp's official interface, with its window of 24 hours."""
_MOST_BUTTONS: Final = 3
"""Of a message of WhatsApp; with more it is sent without any, and says in words what can be answered."""
_MARGIN: Final = timedelta(minutes=10)
"""So long before the window closes it counts as closed: the message is still under way."""


class Chat2Desk:
    """An account, of which one transport (and channel) is used."""

    name = NAME
    polls = False

    def __init__(self, token: str, transport: str, channel: int | None, base: str | None = None) -> None:
        self._wire = Wire("Chat2Desk", (base or OFFICIAL).rstrip("/"), {"Authorization": token})
        self._transport, self._channel = transport, channel

    def __repr__(self) -> str:
        return f"Chat2Desk({self._transport})"

    def close(self) -> None:
        """End connections."""
        self._wire.close()

    def can_start(self, whom: Whom, *, now: datetime) -> Start:
        """By phone; later than a day after the person's last message WhatsApp takes approved words only."""
        if whom.phone is None:
            return Start(May.NO, "the contact has no phone that can be called")
        client = self._client(whom.phone)
        if client is None and not self._transport.startswith(_NUMBER_IS_ENOUGH):
            return Start(May.NO, f"the contact has never written to us by {self._transport}")
        if client is None:
            client = self._made(whom)
        if self._transport.startswith(_WINDOWED) and not self._in_window(client, whom.last_in_at, now):
            return Start(May.BY_TEMPLATE, chat=client)
        return Start(May.YES, chat=client)

    def send(self, chat: str, message: Message, *, key: str, again: bool) -> str:
        """Send a message; one that was tried before is looked for first."""
        if again:
            for one in self._messages(chat):
                if one.get("external_id") == key:
                    return str(one.get("id", key))
        body: dict[str, Any] = {
            "client_id": int(chat),
            "text": message.text[:LONGEST],
            "type": "to_client",
            "transport": self._transport,
            "open_dialog": False,
            "external_id": key,
        }
        if self._channel is not None:
            body["channel_id"] = self._channel
        if message.buttons and not (self._transport.startswith(_WINDOWED) and len(message.buttons) > _MOST_BUTTONS):
            body["inline_buttons"] = [
                {"type": "reply", "text": one.text, "payload": one.code} for one in message.buttons
            ]
        sent = self._call("POST", "/v1/messages", body=body).get("data")
        return str(sent.get("message_id", key)) if isinstance(sent, Mapping) else key

    def poll(self, offset: str | None) -> Batch:
        """Nothing: it calls us, three times where we do not answer."""
        return Batch((), offset)

    def read(self, document: Mapping[str, object], *, now: datetime) -> Received | None:
        """The message of a call for `inbox`; other calls are none."""
        if not isinstance(document.get("hook_type"), str):
            raise Unread("no call of Chat2Desk: it has no hook_type")
        if document["hook_type"] != "inbox" or document.get("type", "from_client") != "from_client":
            return None
        number, client = document.get("message_id"), document.get("client_id")
        if not isinstance(number, int | str) or not isinstance(client, int | str) or not str(client).isdecimal():
            raise Unread("no message of Chat2Desk: it has no message_id, or no client_id")
        text, person = document.get("text"), document.get("client")
        known: Mapping[str, Any] = person if isinstance(person, Mapping) else {}
        at = _time(document.get("event_time"))
        return Received(
            gateway=NAME,
            message_id=str(number)[:100],
            chat=str(int(client)),
            at=min(at, now) if at else now,
            text=text if isinstance(text, str) else "",
            phone=_phone(known),
            name=str(known.get("assigned_name") or known.get("name") or "")[:200],
        )

    def acknowledge(self, one: Received) -> None:
        """Its call was answered, which is enough."""

    def check(self, hook: str | None) -> Health:
        """Whether the token is good, our transport is connected, and Chat2Desk calls us."""
        try:
            channels = _listed(self._call("GET", "/v1/channels", query={"limit": 200}))
            hooks = _listed(self._call("GET", "/v1/webhooks"))
        except (Barred, Refused) as error:
            return Health(works=False, lines=(str(error),))
        lines = [f"the account answers, with {len(channels)} channels"]
        ours = [one for one in channels if self._channel is None or one.get("id") == self._channel]
        known = {transport for one in ours for transport in one.get("transports") or ()}
        if self._transport not in known:
            has = ", ".join(sorted(map(str, known))) or "none"
            lines.append(f"no channel has the transport {self._transport} (CASELINE_CHAT_TRANSPORT); there are: {has}")
        if hook is None:
            lines.append("nothing comes in: set CASELINE_PUBLIC_URL and CASELINE_CHAT_HOOK, then --register")
        elif not any(one.get("url") == hook for one in hooks):
            lines.append("Chat2Desk does not call us: run `caseline chat check --register`")
        return Health(len(lines) == 1, tuple(lines))

    def register(self, hook: str | None, secret: str | None) -> None:  # noqa: ARG002 - the secret stands in the address
        """Let Chat2Desk call us at this address about messages that come in."""
        if hook is not None and not any(one.get("url") == hook for one in _listed(self._call("GET", "/v1/webhooks"))):
            self._call("POST", "/v1/webhooks", body={"url": hook, "name": "caseline", "events": ["inbox"]})

    def _client(self, phone: str) -> str | None:
        digits = phone.lstrip("+")
        found = _listed(self._call("GET", "/v1/clients", query={"phone": digits}))
        same = (one for one in found if _phone(one) == phone and str(one.get("id", "")).isdecimal())
        return next((str(one["id"]) for one in same), None)

    def _made(self, whom: Whom) -> str:
        assert whom.phone is not None  # noqa: S101 - whoever has none is not made
        body: dict[str, Any] = {"phone": whom.phone.lstrip("+"), "transport": self._transport, "nickname": whom.name}
        if self._channel is not None:
            body["channel_id"] = self._channel
        made = self._call("POST", "/v1/clients", body=body).get("data")
        number = made.get("id") if isinstance(made, Mapping) else None
        if not str(number).isdecimal():
            raise Refused("Chat2Desk makes no client of the phone, and does not say why")
        return str(number)

    def _in_window(self, client: str, known: datetime | None, now: datetime) -> bool:
        since = now - WINDOW + _MARGIN
        if known is not None and known >= since:
            return True
        last = (_time(one.get("created")) for one in self._messages(client) if one.get("type") == "from_client")
        return any(at is not None and at >= since for at in last)

    def _messages(self, client: str) -> list[Mapping[str, Any]]:
        asked: dict[str, str | int] = {"client_id": client, "limit": _LOOKED_THROUGH, "order": "desc"}
        return _listed(self._call("GET", "/v1/messages", query=asked))

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        status, document = self._wire.call(method, path, query=query, body=body)
        said = str(document.get("message", ""))[:300]
        if status in _BARRED:
            raise Barred("Chat2Desk does not know our token: take it from Settings / API (CASELINE_CHAT_TOKEN)")
        self._wire.done(status, document, said)
        if document.get("status") == "error":
            raise Refused(f"Chat2Desk refuses it: {said or 'it does not say why'}")
        return document


def _listed(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = document.get("data")
    rows: Iterable[object] = found if isinstance(found, list) else ()
    return [one for one in rows if isinstance(one, Mapping)]


def _phone(client: Mapping[str, Any]) -> str | None:
    """The phone of a client; other messengers have something else in that place (`[tg] 807892`)."""
    for name in ("phone", "client_phone"):
        text = str(client.get(name) or "").lstrip("+")
        if text.isascii() and text.isdecimal():
            return f"+{text}"
    return None


def _time(text: object) -> datetime | None:
    """An instant as Chat2Desk writes it: `2019-07-28T23:01:40Z`, in older answers `2016-06-08T09:07:28 UTC`."""
    try:
        found = datetime.fromisoformat(str(text).replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
