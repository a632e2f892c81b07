"""What happens to assignments, in words of the timeline of their request."""

from typing import Final

from caseline.web.language import later

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
