"""Kinds of news, and ways to be told of them, in words."""

from typing import Final

from caseline.notices.kinds import Kind, Way
from caseline.web.language import later

KINDS: Final = {
    Kind.ASSIGNED: later("I am made responsible for a request"),
    Kind.CLIENT_ANSWERED: later("A client answers on my request"),
    Kind.STAGE_CHANGED: later("Somebody changes the stage of my request"),
    Kind.DEADLINE_NEAR: later("Three quarters of the time of a request are used"),
    Kind.DEADLINE_PASSED: later("The deadline of a request has passed"),
    Kind.CATEGORY_MISSING: later("A request has waited for a category too long"),
    Kind.MENTIONED: later("Somebody mentions me in a comment (@name)"),
    Kind.ASSIGNMENT_GIVEN: later("I am given an assignment"),
    Kind.ASSIGNMENT_ENDED: later("An assignment that I have given or work on ends or is opened again"),
    Kind.ASSIGNMENT_OVERDUE: later("The deadline of such an assignment has passed"),
    Kind.OUTSIDER_ANSWERED: later("An outsider answers on an assignment"),
    Kind.FEEDBACK_SENT: later("The client of my request was asked for feedback"),
    Kind.FEEDBACK_RECEIVED: later("A client answers what he was asked after something was done"),
}
"""Kinds of news as somebody chooses among them."""
WAYS: Final = {
    Way.NONE: later("Not at all"),
    Way.PAGE: later("In the page"),
    Way.MAIL: later("In the page and by mail"),
}
