"""Telegram by its Bot API: a bot writes to those only who have started it.

Nobody can ask Telegram whether a message has arrived, so one whose answer was lost is sent again: at least once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from caseline.chat.faults import Barred, Refused, Unread
from caseline.chat.gateway import LONGEST, Batch, Health, May, Message, Received, Start, Whom
from caseline.chat.wire import Wire

NAME: Final = "telegram"
OFFICIAL: Final = "https://api.telegram.org"
_ROW: Final = 5
"""Buttons beside one another."""
_KINDS: Final = ["message", "callback_query"]
_UNKNOWN: Final = (401, 404)
_LONGEST_CODE: Final = 64
_SHARE: Final = "📱 Поделиться номером / Share my number"
_BY_HOOK: Final = 409


class Telegram:
    """A bot. `hooked`: Telegram calls us, so it is not asked for what came in."""

    name = NAME

    def __init__(self, token: str, base: str | None = None, *, hooked: bool = False) -> None:
        self._wire = Wire("Telegram", (base or OFFICIAL).rstrip("/"))
        self._token = token
        self.polls = not hooked

    def __repr__(self) -> str:
        return "Telegram()"

    def close(self) -> None:
        """End connections."""
        self._wire.close()

    def can_start(self, whom: Whom, *, now: datetime) -> Start:  # noqa: ARG002 - a bot may write at any hour
        """Only who has started the bot can be written to."""
        if whom.chat is None:
            return Start(May.NO, "the contact has not started our bot, or has not told it his phone")
        return Start(May.YES, chat=whom.chat)

    def send(self, chat: str, message: Message, *, key: str, again: bool) -> str:  # noqa: ARG002 - it knows no keys
        """Send a message. One whose answer was lost is sent twice: Telegram cannot be asked."""
        body: dict[str, Any] = {
            "chat_id": int(chat),
            "text": message.text[:LONGEST],
            "link_preview_options": {"is_disabled": True},
        }
        if message.wants_phone:
            keys = [[{"text": _SHARE, "request_contact": True}]]
            body["reply_markup"] = {"keyboard": keys, "one_time_keyboard": True, "resize_keyboard": True}
        elif message.buttons:
            made = [{"text": one.text, "callback_data": one.code[:_LONGEST_CODE]} for one in message.buttons]
            rows = [made[start : start + _ROW] for start in range(0, len(made), _ROW)]
            body["reply_markup"] = {"inline_keyboard": rows}
        sent = self._call("sendMessage", body)
        return f"{chat}:{sent.get('message_id')}"

    def poll(self, offset: str | None) -> Batch:
        """Updates since; Telegram forgets those below the offset."""
        asked: dict[str, Any] = {"timeout": 0, "limit": 100, "allowed_updates": _KINDS}
        if offset is not None:
            asked["offset"] = int(offset)
        updates = self._call("getUpdates", asked).get("", [])
        received, following = [], offset
        now = datetime.now(UTC)
        for update in updates if isinstance(updates, list) else []:
            number = update.get("update_id") if isinstance(update, dict) else None
            if not isinstance(number, int):
                continue
            following = str(max(int(following or 0), number + 1))
            try:
                one = self.read(update, now=now)
            except Unread:
                continue  # it would come again and again, and keep the others back
            received += [] if one is None else [one]
        return Batch(received, following)

    def read(self, document: Mapping[str, object], *, now: datetime) -> Received | None:
        """The message of an update; of groups, bots and edited messages nothing is heard."""
        if not isinstance(document.get("update_id"), int):
            raise Unread("no update of Telegram: it has no update_id")
        pressed, message = document.get("callback_query"), document.get("message")
        if isinstance(pressed, Mapping):
            return _pressed(pressed, now)
        return _message(message, now) if isinstance(message, Mapping) else None

    def acknowledge(self, one: Received) -> None:
        """A pressed button stops turning."""
        kind, _, number = one.message_id.partition(":")
        if kind == "button":
            self._call("answerCallbackQuery", {"callback_query_id": number})

    def check(self, hook: str | None) -> Health:
        """Whether the token is good, and whether Telegram calls us or is asked, as we want it."""
        try:
            bot = self._call("getMe", {})
            set_to = self._call("getWebhookInfo", {}).get("url")
        except (Barred, Refused) as error:
            return Health(works=False, lines=(str(error),))
        lines = [f"the bot @{bot.get('username', '?')} answers; only who has started it can be written to"]
        if hook is not None and set_to != hook:
            lines.append(
                "Telegram does not call us: run `caseline chat check --register`, or unset CASELINE_CHAT_HOOK to ask"
                " it instead"
            )
        elif hook is None and set_to:
            lines.append(
                "Telegram calls another address, so asking it brings nothing: set CASELINE_CHAT_HOOK, or run"
                " `caseline chat check --register` to end that"
            )
        return Health(len(lines) == 1, tuple(lines))

    def register(self, hook: str | None, secret: str | None) -> None:
        """Let Telegram call us at this address, or none, so that it can be asked."""
        if hook is None:
            self._call("deleteWebhook", {"drop_pending_updates": False})
        else:
            self._call("setWebhook", {"url": hook, "secret_token": secret, "allowed_updates": _KINDS})

    def _call(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        status, document = self._wire.call("POST", f"/bot{self._token}/{method}", body=body)
        said = str(document.get("description", "")).replace(self._token, "…")[:300]
        if status in _UNKNOWN:
            raise Barred("Telegram does not know our token: take it from @BotFather anew (CASELINE_CHAT_TOKEN)")
        if status == _BY_HOOK:
            raise Barred(f"Telegram is called for by somebody else: {said}; run `caseline chat check`")
        self._wire.done(status, document, said)
        result = document.get("result")
        return result if isinstance(result, Mapping) else {"": result}


def _private(message: Mapping[str, Any]) -> str | None:
    chat = message.get("chat")
    if not isinstance(chat, Mapping) or chat.get("type") != "private" or not isinstance(chat.get("id"), int):
        return None
    return str(chat["id"])


def _message(message: Mapping[str, Any], now: datetime) -> Received | None:
    chat, sender, number = _private(message), message.get("from"), message.get("message_id")
    if chat is None or not isinstance(number, int) or not isinstance(sender, Mapping) or sender.get("is_bot"):
        return None
    text = message.get("text", message.get("caption", ""))
    date = message.get("date")
    return Received(
        gateway=NAME,
        message_id=f"{chat}:{number}",
        chat=chat,
        at=min(now, datetime.fromtimestamp(date, UTC)) if isinstance(date, int) and 0 < date < 1 << 32 else now,
        text=text if isinstance(text, str) else "",
        phone=_phone(message.get("contact"), sender),
        name=_name(sender),
    )


def _phone(contact: object, sender: Mapping[str, Any]) -> str | None:
    """The own phone that somebody shares; a card of somebody else's is none of his."""
    if not isinstance(contact, Mapping) or contact.get("user_id") != sender.get("id"):
        return None
    digits = "".join(sign for sign in str(contact.get("phone_number", "")) if sign.isascii() and sign.isdigit())
    return f"+{digits}" if digits else None


def _name(sender: Mapping[str, Any]) -> str:
    parts = (sender.get("first_name"), sender.get("last_name"))
    return " ".join(part for part in parts if isinstance(part, str))[:200]


def _pressed(pressed: Mapping[str, Any], now: datetime) -> Received | None:
    message, sender = pressed.get("message"), pressed.get("from")
    chat = _private(message) if isinstance(message, Mapping) else None
    number, code = pressed.get("id"), pressed.get("data")
    if chat is None or not isinstance(number, str) or not isinstance(code, str) or not isinstance(sender, Mapping):
        return None
    return Received(
        gateway=NAME, message_id=f"button:{number}", chat=chat, at=now, button=code[:_LONGEST_CODE], name=_name(sender)
    )
