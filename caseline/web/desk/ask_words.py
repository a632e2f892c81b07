"""Words of asks, their states and reasons, and of where addresses are known from."""

from datetime import date
from typing import Final

from caseline.feedback.agreement_status import AGREEMENT_GONE, STATUS_LEFT
from caseline.feedback.audience import Skip
from caseline.feedback.known_addresses import Source, Whence
from caseline.feedback.questions import NO_ADDRESS
from caseline.feedback.states import State
from caseline.web.language import Texts, later

STATES: Final = {
    State.DRAFT: later("New ask"),
    State.NEEDS_DATA: later("Address is missing"),
    State.AWAITING_ADDRESS: later("Manager was asked for the address"),
    State.QUEUED: later("Waits to be sent"),
    State.SENT: later("Link was sent to the client"),
    State.VISITED: later("Client has opened the link"),
    State.ANSWERING: later("Client is answering"),
    State.ANSWERED: later("Review received"),
    State.CLOSED: later("Review is dealt with"),
    State.SKIPPED: later("Not asked"),
    State.FAILED: later("Letter did not arrive"),
    State.EXPIRED: later("Link has ended"),
    State.OPTED_OUT: later("Client wants no letters"),
    State.CANCELLED: later("Ask cancelled"),
}
"""States as people read them."""
TONES: Final = {
    State.ANSWERED: "good",
    State.CLOSED: "good",
    State.FAILED: "bad",
    State.NEEDS_DATA: "bad",
    State.AWAITING_ADDRESS: "warn",
}
"""How the tag of a state looks."""
REASONS: Final = {
    NO_ADDRESS: later("nobody has named an address"),
    Skip.IMPORTED.value: later("it happened before the campaign"),
    Skip.BORN_OF_FEEDBACK.value: later("it came of an answer itself"),
    Skip.REOPENED.value: later("it was opened again"),
    Skip.STATUS.value: later("the status does not fit"),
    Skip.SERVICE.value: later("the service is left out"),
    Skip.DIVISION.value: later("the division is left out"),
    Skip.TOO_OLD.value: later("it ended too long ago"),
    Skip.ASKED_ALREADY.value: later("it was asked about already"),
    Skip.OPTED_OUT.value: later("the client wants no letters"),
    Skip.NO_CONTACT.value: later("there is no contact"),
    Skip.BAD_ADDRESS.value: later("letters to the address come back"),
    Skip.FATIGUE.value: later("the client was asked lately"),
    Skip.NOT_YET.value: later("it is not long enough in its stage"),
    STATUS_LEFT: later("the agreement has left its status"),
    AGREEMENT_GONE: later("the agreement is not there any more"),
}
"""Why nobody is asked."""


def reason(texts: Texts, text: str | None) -> str:
    """A reason in the language of the page, with its date where it has one; one without words of its own as it is."""
    known, _, day = (text or "").partition(": ")
    if known not in REASONS:
        return text or ""
    try:
        at = date.fromisoformat(day)
    except ValueError:
        return texts.say(REASONS[known]) if text == known else text or ""
    return f"{texts.say(REASONS[known])}: {texts.date(at)}"


def source(texts: Texts, one: Source) -> str:
    """From where an address is known."""
    at = texts.day(one.at) if one.at else ""
    if one.whence is Whence.COMPANY:
        return texts.say("card of the company %(name)s", name=one.name)
    if one.whence is Whence.CONTACT:
        return texts.say("card of the contact %(name)s", name=one.name)
    if one.whence is Whence.ANSWERED:
        return texts.say("answered a question there on %(at)s", at=at)
    if one.whence is Whence.WROTE:
        return texts.say("wrote to us on %(at)s", at=at)
    return texts.say("we wrote there on %(at)s", at=at)
