"""Local fakes of the documented interfaces of Telegram and Chat2Desk, with the faults that they have."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.factories.pages import listening_at

TOKEN: Final = "123456:test-token_of-a-bot"  # noqa: S105 - of a fake
KEY: Final = "test-key-of-an-account"


@dataclass
class Fake:
    """What both have: messages that came and went, and faults that come before the next answers."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[int | str] = field(default_factory=deque)
    """Before each next answer: a status, `lost` (done, and answered with 502), or `junk` (no JSON)."""
    calls: list[str] = field(default_factory=list)
    hook: dict[str, Any] = field(default_factory=dict)

    def fault(self) -> int | str | None:
        return self.faults.popleft() if self.faults else None


@dataclass
class FakeTelegram(Fake):
    """A bot at Telegram."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    next_update: int = 100
    next_message: int = 1000

    def writes(self, chat: int, text: str, /, *, again: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """A person writes; `again`: the last update comes twice."""
        self.next_message += 1
        person = {"id": chat, "is_bot": False, "first_name": "Иван"}
        chat_ = {"id": chat, "type": "private"}
        message = {"message_id": self.next_message, "from": person, "chat": chat_, "date": 1775466000, "text": text}
        return self._comes({"message": {**message, **more}}, again=again)

    def presses(self, chat: int, code: str) -> dict[str, Any]:
        """A person presses a button."""
        person = {"id": chat, "is_bot": False, "first_name": "Иван"}
        message = {"message_id": 1, "chat": {"id": chat, "type": "private"}}
        pressed = {"id": f"q{self.next_update}", "from": person, "message": message, "data": code}
        return self._comes({"callback_query": pressed})

    def _comes(self, update: dict[str, Any], *, again: bool = False) -> dict[str, Any]:
        self.next_update += 1
        made = {"update_id": self.next_update, **update}
        self.updates.append(made)
        if again:
            self.next_update += 1
            self.updates.append({**made, "update_id": self.next_update})
        return made

    async def answer(self, request: Request) -> Response:
        """What Telegram answers."""
        method = request.path_params["method"]
        self.calls.append(method)
        if request.path_params["token"] != TOKEN:
            return self._refused(401, "Unauthorized")
        fault = self.fault()
        if fault == "junk":
            return PlainTextResponse("<html>")
        if fault == 429:
            return JSONResponse(
                {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 7}},
                429,
            )
        if isinstance(fault, int):
            return self._refused(fault, "fault")
        body = await request.json()
        answer = self._done(method, body)
        return self._refused(502, "Bad Gateway") if fault == "lost" else answer

    def _done(self, method: str, body: dict[str, Any]) -> Response:
        result: Any = True
        if method == "sendMessage":
            if body["chat_id"] in self.blocked:
                return self._refused(403, "Forbidden: bot was blocked by the user")
            self.sent.append(body)
            result = {"message_id": len(self.sent)}
        elif method == "getUpdates":
            if self.hook.get("url"):
                return self._refused(409, "Conflict: can't use getUpdates method while webhook is active")
            self.updates = [one for one in self.updates if one["update_id"] >= body.get("offset", 0)]
            result = self.updates[: body["limit"]]
        elif method == "getMe":
            result = {"id": 1, "is_bot": True, "username": "ask_bot"}
        elif method == "getWebhookInfo":
            result = {"url": self.hook.get("url", "")}
        elif method in {"setWebhook", "deleteWebhook"}:
            self.hook = body if method == "setWebhook" else {}
        # All but ASCII is escaped, so that also half a sign can be told, as Telegram does.
        return Response(json.dumps({"ok": True, "result": result}), media_type="application/json")

    def _refused(self, status: int, said: str) -> Response:
        return JSONResponse({"ok": False, "error_code": status, "description": said}, status)


@dataclass
class FakeChat2Desk(Fake):
    """An account at Chat2Desk."""

    clients: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[dict[str, Any]] = field(default_factory=list)
    hides: bool = False
    """It answers a message that it has not shown yet."""

    def call(self, client: int, text: str, number: int, *, kind: str = "inbox") -> dict[str, Any]:
        """The call of its webhook about a message."""
        return {
            "message_id": number,
            "type": "from_client" if kind == "inbox" else "to_client",
            "text": text,
            "transport": "wa_dialog",
            "client_id": client,
            "client": {"id": client, "phone": "79161234567", "name": "Иван"},
            "hook_type": kind,
            "event_time": "2026-04-06T09:00:00Z",
        }

    async def answer(self, request: Request) -> Response:
        """What Chat2Desk answers."""
        path, method = request.path_params["path"], request.method
        self.calls.append(f"{method} {path}")
        if request.headers.get("authorization") != KEY:
            return JSONResponse({"status": "error", "message": "Access denied"}, 401)
        fault = self.fault()
        if fault == "junk":
            return PlainTextResponse("<html>")
        if isinstance(fault, int):
            return JSONResponse({"status": "error", "message": "fault"}, fault, {"Retry-After": "9"})
        body = await request.json() if method == "POST" else {}
        answer = self._done(f"{method} {path}", body, dict(request.query_params))
        return JSONResponse({}, 502) if fault == "lost" else answer

    def _done(self, what: str, body: dict[str, Any], query: dict[str, str]) -> Response:
        if what == "GET clients":
            return self._listed([one for one in self.clients if one["phone"] == query["phone"]])
        if what == "POST clients":
            self.clients.append({"id": 500 + len(self.clients), "phone": body["phone"]})
            return self._listed(self.clients[-1])
        if what == "GET messages":
            own = [one for one in self.messages if str(one["client_id"]) == query["client_id"]]
            return self._listed([] if self.hides else own[::-1])
        if what == "POST messages":
            self.sent.append(body)
            kept = {**body, "id": 9000 + len(self.sent)}
            self.messages.append(kept)
            return self._listed({"message_id": kept["id"]})
        if what == "GET channels":
            return self._listed([{"id": 7, "transports": ["wa_dialog", "telegram"]}])
        if what == "POST webhooks":
            self.hooks.append(body)
        return self._listed(self.hooks)

    def _listed(self, data: object) -> Response:
        return JSONResponse({"status": "success", "data": data})


@contextmanager
def telegram() -> Iterator[tuple[FakeTelegram, str]]:
    """A fake with its address."""
    fake = FakeTelegram()
    route = Route("/bot{token}/{method}", fake.answer, methods=["POST"])
    with listening_at(Starlette(routes=[route])) as address:
        yield fake, address


@contextmanager
def chat2desk() -> Iterator[tuple[FakeChat2Desk, str]]:
    """The same."""
    fake = FakeChat2Desk()
    route = Route("/v1/{path:path}", fake.answer, methods=["GET", "POST"])
    with listening_at(Starlette(routes=[route])) as address:
        yield fake, address
