"""An agent who works by the API: opens requests, moves them through stages, writes on them."""

import random
from typing import Any, Final

from soak.caller import Caller
from soak.furnishing import CATEGORIES
from soak.ledger import Ledger

_CONTACTS: Final = 12
_NEXT: Final = {
    "new": ("working", "working", "waiting"),
    "working": ("waiting", "closed", "closed"),
    "waiting": ("working", "working", "closed"),
    "closed": ("closed", "closed", "closed", "working"),
}
"""Where a request goes from a stage; where it stays it is left alone."""
_OK: Final = 200
_CREATED: Final = 201


class Agent:
    """Opens about every third step, else works at a request of hers or at one that was imported."""

    def __init__(self, caller: Caller, ledger: Ledger, seed: int) -> None:
        self._caller, self._ledger, self._seed = caller, ledger, seed
        self._dice = random.Random(f"desk {seed}")
        self._count = 0
        self._contacts: list[int] = []
        self._mine: list[int] = []

    def step(self) -> None:
        """One deed."""
        self._count += 1
        chance = self._dice.random()
        if len(self._contacts) < _CONTACTS:
            self._meet()
        elif len(self._mine) < 3 or chance < 0.25:  # noqa: PLR2004 - shares of her day
            self._open()
        elif chance < 0.85:  # noqa: PLR2004
            self._move(self._dice.choice(self._mine[-40:]))
        elif chance < 0.92:  # noqa: PLR2004
            self._move_an_imported_one()
        else:
            self._write(self._dice.choice(self._mine[-40:]))

    def _meet(self) -> None:
        number = len(self._contacts) + 1
        address = f"client{number}@buyer{number}.example"
        values = {"name": f"Клиент {number}", "email": address}
        there = self._caller.until_known("GET", f"/contacts?q={address}").json()
        known = [one["id"] for one in there["found"]]
        if not known:
            answer = self._caller.try_once("POST", "/contacts", {"values": values})
            if answer is None:
                return  # it is looked for in the next step
            _expect(answer, _CREATED)
            known = [answer.json()["id"]]
        self._contacts.append(known[0])
        self._ledger.note("contact", id=known[0], address=address)

    def _open(self) -> None:
        token = f"soak-{self._seed}-request-{self._count}"
        contact, price = self._dice.choice(self._contacts), self._dice.choice((None, 500, 1000))
        category = self._dice.choice(list(CATEGORIES))
        values = {"subject": token, "category": category, "contact": contact}
        values |= {"extra.price": price} if price else {}
        self._ledger.note("opened?", token=token)
        answer = self._caller.once("/requests", {"values": values}, token)
        number = None
        if answer is not None:
            _expect(answer, _CREATED)
            number = answer.json()["id"]
            self._mine.append(number)
        self._ledger.note("opened", token=token, id=number, contact=contact, price=price, category=category)

    def _move(self, number: int) -> None:
        shown = self._caller.until_known("GET", f"/requests/{number}")
        _expect(shown, _OK)
        held: dict[str, Any] = shown.json()
        here = held["stage"]["code"]
        there = self._dice.choice(_NEXT.get(here, ("working",)))
        if there == here:
            return
        self._ledger.note("move?", id=number, stage=there)
        answer = self._caller.try_once(
            "POST", f"/requests/{number}/stage", {"stage": there, "version": held["version"]}
        )
        if answer is not None and answer.status_code == _OK:
            self._ledger.note("move", id=number, stage=there, before=here)
        elif answer is not None:
            self._ledger.note("refused", id=number, stage=there, status=answer.status_code)

    def _move_an_imported_one(self) -> None:
        found = self._caller.until_known("GET", "/requests?sort=created_at&limit=50&w=open::")
        there = found.json().get("requests", []) if found.status_code == _OK else []
        if there:
            self._move(self._dice.choice(there)["id"])

    def _write(self, number: int) -> None:
        what = self._dice.choice(("comments", "replies"))
        token = f"soak-{self._seed}-{what}-{self._count}"
        answer = self._caller.once(f"/requests/{number}/{what}", {"text": f"Знак: {token}."}, token)
        if answer is not None:
            _expect(answer, _CREATED)
        self._ledger.note(what, token=token, id=number)


def _expect(answer: Any, status: int) -> None:  # noqa: ANN401 - of httpx
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:500]}")
