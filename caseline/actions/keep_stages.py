"""Keeps the stages of requests, as administrators edit them; those that are there stay, for histories name them."""

import re
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing, open_request, wiring
from caseline.actions.editing import Editor, Fault, Faulty, Plain, Unsure
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.card_port import Cards
from caseline.crm.cards import Stage

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,39}")


def stages(house: House) -> list[Stage]:
    """Stages in their order."""
    cards = wiring.intake(house).cards
    with house.engine.begin() as connection:
        return open_request.stages(connection, cards)


def find(house: House, code: str) -> Stage:
    """The stage of that code; raises `Absent`."""
    cards = wiring.intake(house).cards
    with house.engine.connect() as connection:
        return _known(connection, cards, code)


def plain(stage: Stage) -> Plain:
    """A stage as plain values."""
    return {"label": stage.label, "closed": stage.closed, "pauses": stage.pauses, "position": stage.position}


def next_place(house: House, *, closed: bool) -> int:
    """A place behind all others of its kind: what people add is not where new requests begin."""
    known = stages(house)
    same = [one.position for one in known if one.closed == closed]
    return max(same, default=max((one.position for one in known), default=0)) + 1


def add(house: House, stage: Stage, editor: Editor) -> None:
    """Make a stage; raises `Faulty`."""
    cards = wiring.intake(house).cards
    with house.engine.begin() as connection:
        known = open_request.stages(connection, cards)
        if not _CODE.fullmatch(stage.code):
            raise Faulty(
                Fault(
                    "code",
                    "write Latin letters, digits, _ and -, such as waiting",
                    "латинские буквы, цифры, _ и -, например waiting",
                )
            )
        if any(one.code == stage.code for one in known):
            raise Faulty(Fault("code", "another stage has it: take another", "такой код уже есть у другой стадии"))
        _check(known, stage)
        cards.put_stages(connection, [stage])
        editing.note(connection, editor, "stage.added", stage.code, None, plain(stage))


def change(house: House, stage: Stage, editor: Editor, *, seen: str | None = None, agreed: bool = True) -> None:
    """Change name, place and pause of a stage; raises `Faulty`, `Absent`, `Overtaken`, and `Unsure` for the pause.

    Open stays open and closed stays closed: what was counted of past visits follows from it.
    """
    cards = wiring.intake(house).cards
    with house.engine.begin() as connection:
        old = _known(connection, cards, stage.code)
        editing.check(seen, plain(old))
        made = replace(stage, closed=old.closed)
        _check(cards.stages(connection), made)
        if made.pauses != old.pauses and not agreed:
            raise Unsure(
                Fault(
                    "pauses",
                    "visits that have begun go on as they began; only later ones follow the new setting",
                    "начатые пребывания на стадии считаются по-старому, новая настройка действует со следующих",
                )
            )
        cards.put_stages(connection, [made])
        editing.note(connection, editor, "stage.changed", stage.code, plain(old), plain(made))


def _known(connection: sa.Connection, cards: Cards, code: str) -> Stage:
    for one in open_request.stages(connection, cards):
        if one.code == code:
            return one
    raise Absent(f"stage {code}")


def _check(known: list[Stage], stage: Stage) -> None:
    faults = []
    if not stage.label.strip():
        faults.append(Fault("label", "is empty: give a name", "не заполнено: укажите название"))
    if any(one.label == stage.label and one.code != stage.code for one in known):
        faults.append(Fault("label", "another stage is called so", "так уже называется другая стадия"))
    if stage.closed and stage.pauses:
        faults.append(
            Fault(
                "pauses",
                "the clock of a closed request stands anyway: leave it out",
                "в закрытой стадии часы и так стоят: снимите отметку",
            )
        )
    if faults:
        raise Faulty(*faults)
