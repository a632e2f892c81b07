"""Clients who follow the link of a letter by HTTP and press Save, until the page thanks them."""

import random
import re
import threading
import time
from dataclasses import dataclass
from html import unescape
from typing import Final

import httpx

from soak.caller import Stopped
from soak.ledger import Ledger
from soak.letters import Letter, Postbox
from soak.site import Site

_HIDDEN: Final = re.compile(r'name="(page-[a-z]+)" value="([^"]*)"')
_PATIENCE_S: Final = 12.0
_LOOKS_S: Final = 1.6
"""Whoever presses sooner after the page was drawn is taken for a machine."""
WAITS_S: Final = (62, 100)
"""Within a minute of the letter scanners come."""
_AGAIN: Final = 0.2
"""Share of clients who think better of it."""
_SEE_OTHER: Final = 303
_ENDED: Final = 409
_TRIES: Final = 40


@dataclass(frozen=True, slots=True)
class _Due:
    """A letter that is answered when its time has come."""

    letter: Letter
    at: float
    round: int = 1


class Answering:
    """All clients with a letter that asks."""

    def __init__(
        self,
        site: Site,
        ledger: Ledger,
        seed: int,
        stop: threading.Event,
        *,
        waits_s: tuple[float, float] = WAITS_S,
    ) -> None:
        self._site, self._ledger, self._stop, self._waits_s = site, ledger, stop, waits_s
        self._dice = random.Random(f"answers {seed}")
        self._postbox = Postbox(site.post)
        self._due: list[_Due] = []
        self._known: set[str] = set()

    def step(self) -> None:
        """Answer the letter whose turn it is, if one is due."""
        for letter in self._postbox.new():
            if letter.link and letter.link not in self._known:
                self._known.add(letter.link)
                self._due.append(_Due(letter, time.monotonic() + self._dice.uniform(*self._waits_s)))
        due = next((one for one in self._due if one.at <= time.monotonic()), None)
        if due is None:
            return
        self._due.remove(due)
        self._answer(due)
        if due.round == 1 and self._dice.random() < _AGAIN:
            self._due.append(_Due(due.letter, time.monotonic() + 20, due.round + 1))

    def _answer(self, due: _Due) -> None:
        path, ask = due.letter.link, due.letter.link.rpartition("/")[2].partition(".")[0]
        value = self._dice.randint(1, 5)
        values = {"rating": str(value), "comment": f"Знак ответа: {ask} {due.round}"}
        hidden: dict[str, str] = {}
        for _ in range(_TRIES):
            page = self._call("GET", path)
            if page is None:
                continue
            hidden = hidden or dict(_hidden(page.text))
            if "page-submission" not in hidden:
                self._ledger.note("page", ask=ask, status=page.status_code)  # the request is open again
                return
            hidden |= {"page-mark": dict(_hidden(page.text)).get("page-mark", "")}
            time.sleep(_LOOKS_S)
            facts = {"ask": ask, "submission": hidden["page-submission"], "reader": due.letter.reader}
            self._ledger.note("answer?", **facts, rating=value)
            said = self._call("POST", path, {**hidden, **values})
            if said is not None and said.status_code == _SEE_OTHER:
                self._ledger.note("answer", **facts, rating=value, comment=values["comment"])
                return
            if said is not None and said.status_code == _ENDED:
                return

    def _call(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response | None:
        if self._stop.is_set():
            raise Stopped
        address = f"{self._site.address('public')}{path}"
        try:
            answer = httpx.request(method, address, data=data, timeout=_PATIENCE_S, trust_env=False)
        except httpx.HTTPError:
            time.sleep(_LOOKS_S)
            return None
        if answer.status_code in {429, 500, 502, 503}:
            time.sleep(_LOOKS_S * 2)
            return None
        return answer


def _hidden(page: str) -> list[tuple[str, str]]:
    return [(name, unescape(value)) for name, value in _HIDDEN.findall(page)]
