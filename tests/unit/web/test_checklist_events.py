"""Events of checklists name the steps that they are about."""

from datetime import UTC, datetime
from typing import Any

import pytest

from caseline.crm.timeline import Line, Origin
from caseline.web.desk import event_words
from caseline.web.desk.event_words import Names, Said
from caseline.web.language import Texts

NAMES = Names(stages={}, categories={}, assignments={7: "№ 7"})


def said(what: str, **data: Any) -> Said:  # noqa: ANN401 - an event may hold anything
    line = Line(at=datetime(2026, 10, 30, tzinfo=UTC), origin=Origin.EVENT, id=1, type=what, data=data)
    return event_words.said(Texts("ru"), line, NAMES)


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("assignment_step_done", "Выполнен пункт чек-листа: № 7"),
        ("assignment_step_undone", "Снята отметка с пункта чек-листа: № 7"),
    ],
)
def test_a_ticked_step_is_named(what: str, title: str) -> None:
    assert said(what, assignment=7, step=3, text="снять показания") == Said(title, "снять показания")


def test_added_steps_are_named() -> None:
    assert said("assignment_steps_added", assignment=7, steps=["раз", "два"]).detail == "раз; два"


def test_events_from_before_steps_were_kept_name_none() -> None:
    assert said("assignment_step_done", assignment=7, step=3).detail == ""
