"""What happens to assignments, in words of the timeline of their request."""

from collections.abc import Mapping
from typing import Any, Final

from caseline.web.desk.event_terms import ENDED
from caseline.web.language import Texts, later

EVENTS: Final = {
    "assignment_made": later("An assignment was given: %(name)s"),
    "assignment_done": later("An assignment is done: %(name)s"),
    "assignment_cancelled": later("An assignment was cancelled: %(name)s"),
    "assignment_reopened": later("An assignment was opened again: %(name)s"),
    "assignment_overdue": later("The deadline of an assignment has passed: %(name)s"),
    "assignment_step_done": later("A step of a checklist is done: %(name)s"),
    "assignment_step_undone": later("A step of a checklist is not done after all: %(name)s"),
    "assignment_step_removed": later("A step of a checklist was removed: %(name)s"),
    "assignment_steps_added": later("A checklist has got more steps: %(name)s"),
    "assignment_reminded": later("The outsider was reminded of an assignment: %(name)s"),
    "assignment_not_reminded": later("No reminder of an assignment was written: %(name)s"),
    "assignment_reminder_put_off": later("The reminder of an assignment will be tried again: %(name)s"),
}
"""By the type of the event."""


def detail(texts: Texts, data: Mapping[str, Any]) -> str:
    """How an assignment ended, or which steps of its checklist the event is about; older events do not name them."""
    how, added = ENDED.get(str(data.get("how"))), data.get("steps")
    if how:
        return texts.say(how)
    return "; ".join(map(str, added)) if isinstance(added, list) else str(data.get("text") or "")
