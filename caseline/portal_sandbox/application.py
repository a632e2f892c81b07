"""The portal as an ASGI application: addresses, limits, faults."""

import asyncio
from http import HTTPStatus
from typing import Final

from caseline.portal_sandbox import faults, php, wire
from caseline.portal_sandbox.access import Access
from caseline.portal_sandbox.batch import Batch, Cut, Trouble
from caseline.portal_sandbox.call import Caller
from caseline.portal_sandbox.connections import Connections
from caseline.portal_sandbox.dispatch import Dispatch
from caseline.portal_sandbox.limits import Rate, too_many
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.portal import Portal
from caseline.portal_sandbox.refusals import Refusal
from caseline.portal_sandbox.wire import BROKEN, Answer, Message, Receive, Send

_TOKENS: Final = "/oauth/token"
_WITH_WEBHOOK: Final = 4
_LONGER_THAN_CEILING: Final = 0.2


class Application:
    """Answers requests."""

    def __init__(self, portal: Portal, connections: Connections) -> None:
        self.portal = portal
        self.access = Access(portal)
        self.faults = faults.Faults(portal.options.faults, portal.options.seed, portal.store)
        self._dispatch = Dispatch(portal)
        self._rate = Rate(portal.options, portal.clock)
        self._connections = connections
        self._ceiling = portal.options.ceiling

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or (sent := await wire.body(receive)) is None:
            return
        try:
            answer = await self._answer(scope, sent)
        except Refusal as refusal:
            self.portal.store.count(f"rejected:{refusal.code}")
            answer = wire.told(dict(refusal.body), refusal.status)
        finally:
            self.portal.store.save()
        if answer.body is None:
            self._connections.reset(scope["client"])
        else:
            await wire.deliver(send, answer)

    async def _answer(self, scope: Message, sent: bytes) -> Answer:
        path: str = scope["path"].rstrip("/")
        self.portal.store.count("requests")
        if path == _TOKENS:
            return wire.told(self.access.refresh(wire.params(scope, sent), self._address(scope)))
        parts = path.lstrip("/").split("/")
        if parts[0] != "rest" or not parts[1:]:
            return wire.page(HTTPStatus.NOT_FOUND)
        name = parts[-1].lower().removesuffix(".json")
        fault = self.faults.draw(batch=name == "batch")
        if fault == faults.MOVED:
            return Answer(b"", HTTPStatus.FOUND, location=f"{self._address(scope)}{scope['path']}")
        if fault in faults.BEFORE:
            return await self._broken(fault)
        self._rate.check(scope["client"][0])
        params = wire.params(scope, sent)
        caller = self._caller(parts, params)
        answer = await self._executed(caller, name, params, fault)
        return await self._broken(fault, answer) if fault in faults.AFTER else answer

    def _caller(self, parts: list[str], params: Params) -> Caller:
        if len(parts) == _WITH_WEBHOOK:
            return self.access.webhook(parts[1], parts[2])
        return self.access.token(params)

    async def _executed(self, caller: Caller, name: str, params: Params, fault: str) -> Answer:
        ends = self.portal.clock() + self._ceiling
        try:
            if name == "batch":
                trouble = self._trouble(params, fault)
                body = await Batch(self.portal, self._dispatch, caller, ends).run(params, trouble)
            else:
                body = (await self._dispatch.run(caller, name, params)).body
                if self.portal.clock() >= ends:
                    return wire.page(HTTPStatus.GATEWAY_TIMEOUT)
        except Cut:
            return wire.page(HTTPStatus.GATEWAY_TIMEOUT)
        return wire.told(body)

    def _trouble(self, params: Params, fault: str) -> Trouble:
        number = len(php.rows(params.get("cmd") or params.get("CMD")))
        if fault == "batch_cut":
            return Trouble(cut_after=number // 2)
        if fault == "command_failed_though_done":
            return Trouble(denied=self.faults.below(max(number, 1)))
        return Trouble()

    async def _broken(self, fault: str, answer: Answer = BROKEN) -> Answer:
        """What arrives instead of the answer."""
        match fault.partition("_")[0]:
            case "503":
                raise too_many()
            case "html500" | "html502" | "html504" | "html200":
                return wire.page(int(fault[4:7]))
            case "timeout":
                self.portal.store.save()
                await asyncio.sleep(self._ceiling + _LONGER_THAN_CEILING)
            case "truncated":
                sent = answer.body or b""
                return Answer(sent[: len(sent) // 2], answer.status, answer.kind)
            case "empty":
                return Answer(b"", answer.status, answer.kind)
        return BROKEN

    def _address(self, scope: Message) -> str:
        host = next((value for name, value in scope["headers"] if name == b"host"), b"127.0.0.1")
        return f"{scope['scheme']}://{host.decode('latin-1')}"
