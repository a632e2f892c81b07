"""Tells outside addresses of events: by a queue, late, in any order, and twice where a fault wants it."""

import heapq
import threading
import time
from itertools import count
from random import Random
from typing import Final

import httpx

from caseline.portal_sandbox.faults import Faults
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.portal import Portal

_PATIENCE_S: Final = 5.0
_FIRST_HANDLER: Final = 975


class Delivery:
    """A queue with a thread that posts, one event after the other: a slow handler slows all."""

    def __init__(self, portal: Portal, faults: Faults, application: Params, address: str) -> None:
        self._portal = portal
        self._faults = faults
        self._application = application
        self._address = address
        self._delays = Random(f"{portal.options.seed}/delays")
        self._waiting: list[tuple[float, int, str, dict[str, str]]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="portal-events", daemon=True)

    def start(self) -> None:
        """Begin to listen to events and to post."""
        self._portal.on_event = self.put
        self._thread.start()

    def close(self) -> None:
        """Stop; what waits is forgotten."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join()

    def put(self, event: str, number: int) -> None:
        """Queue an event for everybody who has asked for it."""
        options = self._portal.options
        handlers = [(_FIRST_HANDLER, options.handler, False)] if options.handler else []
        rows = self._portal.store.table("handler").rows
        handlers += [(key, row["HANDLER"], True) for key, row in rows.items() if row["EVENT"] == event]
        for key, handler, application in handlers:
            form = self._form(event, number, key, application=application)
            for _ in range(2 if self._faults.twice() else 1):
                due = time.monotonic() + self._delays.random() * options.handler_delay
                with self._changed:
                    heapq.heappush(self._waiting, (due, next(self._order), handler, form))
                    self._changed.notify()

    def _form(self, event: str, number: int, handler: int, *, application: bool) -> dict[str, str]:
        known = self._application
        form = {
            "event": event,
            "event_handler_id": str(handler),
            "data[FIELDS][ID]": str(number),
            "ts": str(int(self._portal.clock())),
            "auth[domain]": self._address.partition("://")[2],
            "auth[client_endpoint]": f"{self._address}/rest/",
            "auth[server_endpoint]": f"{self._address}/rest/",
            "auth[member_id]": known["member_id"],
            "auth[application_token]": known["application_token"],
        }
        if application:
            form |= {
                "auth[access_token]": known["access_token"],
                "auth[expires_in]": str(int(self._portal.options.token_life)),
                "auth[scope]": "crm",
                "auth[status]": "L",
            }
        return form

    def _run(self) -> None:
        with httpx.Client(verify=False, timeout=_PATIENCE_S) as client:  # noqa: S501 - a handler on this machine
            while (post := self._next()) is not None:
                handler, form = post
                try:
                    client.post(handler, data=form)
                except httpx.HTTPError:
                    continue  # nobody hears of an event that its handler did not take

    def _next(self) -> tuple[str, dict[str, str]] | None:
        """The next event that is due; None at the end."""
        with self._changed:
            while not self._ended:
                if not self._waiting:
                    self._changed.wait()
                elif (pause := self._waiting[0][0] - time.monotonic()) > 0:
                    self._changed.wait(pause)
                else:
                    _due, _order, handler, form = heapq.heappop(self._waiting)
                    return handler, form
            return None
