"""Words of feedback: states of asks, who has to act, why nobody is asked, what speaks against a rating."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from caseline.actions.repair_ask import BY_HAND, SENT_AGAIN, Repair
from caseline.crm.vocabulary import AgreementStatus
from caseline.feedback import forms
from caseline.feedback.agreement_facts import SUBJECT
from caseline.feedback.agreement_status import AGREEMENT_GONE, STATUS_LEFT
from caseline.feedback.answering import Grade
from caseline.feedback.audience import Answer, Skip
from caseline.feedback.campaign import Channel
from caseline.feedback.confirming import Doubt, Judgement, Standing
from caseline.feedback.follow import Do, Who
from caseline.feedback.forms import Kind
from caseline.feedback.questions import NO_ADDRESS
from caseline.feedback.states import State
from caseline.feedback.waiting_asks import OFF
from caseline.listing.asks import Row
from caseline.web.desk import agreement_words
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
"""States as people read them, in the order of their steps."""
TONES: Final = {
    State.ANSWERED: "good",
    State.CLOSED: "good",
    State.FAILED: "bad",
    State.NEEDS_DATA: "bad",
    State.AWAITING_ADDRESS: "warn",
}
"""How the tag of a state looks."""
ACTS: Final = {
    State.DRAFT: later("caseline, by itself"),
    State.NEEDS_DATA: later("the responsible: fill in the address"),
    State.AWAITING_ADDRESS: later("the responsible: choose the address"),
    State.QUEUED: later("caseline, by itself"),
    State.SENT: later("the client"),
    State.VISITED: later("the client"),
    State.ANSWERING: later("the client"),
    State.ANSWERED: later("caseline: what follows is being done"),
    State.FAILED: later("you: give another address, or cancel"),
}
"""Who has to do something; nobody, where nothing is said."""
_REASONS: Final = {
    NO_ADDRESS: later("nobody has named an address"),
    Skip.IMPORTED.value: later("it happened before the campaign"),
    Skip.BORN_OF_FEEDBACK.value: later("it came of an answer itself"),
    Skip.REOPENED.value: later("it was opened again"),
    Skip.STATUS.value: later("the status does not fit"),
    Skip.SERVICE.value: later("the service is left out"),
    Skip.DIVISION.value: later("the division is left out"),
    Skip.TOO_OLD.value: later("it ended too long ago"),
    Skip.ASKED_ALREADY.value: later("it was asked about already"),
    Skip.ELSEWHERE.value: later("another campaign asks about it"),
    Skip.OPTED_OUT.value: later("the client wants no letters"),
    Skip.NO_CONTACT.value: later("there is no contact"),
    Skip.BAD_ADDRESS.value: later("letters to the address come back"),
    Skip.FATIGUE.value: later("the client was asked lately"),
    Skip.NOT_YET.value: later("it is not long enough in its stage"),
    STATUS_LEFT: later("the agreement has left its status"),
    AGREEMENT_GONE: later("the agreement is not there any more"),
    BY_HAND: later("by hand"),
    OFF: later("the campaign was switched off"),
    SENT_AGAIN: later("sent again by hand"),
}
CHANNELS: Final = {
    Channel.MAIL_LINK: later("Mail with a link"),
    Channel.MAIL_SMILEYS: later("Mail with smileys"),
    Channel.CHAT: later("Chat"),
    Channel.WEB: later("Web page"),
}
GRADES: Final = {Grade.BAD: later("bad"), Grade.NEUTRAL: later("neutral"), Grade.GOOD: later("good")}
GRADE_TONES: Final = {Grade.BAD: "bad", Grade.GOOD: "good"}
DOUBTS: Final = {
    Doubt.STRICT: later("the campaign asks for a press on Save"),
    Doubt.EARLY: later("too soon after the letter"),
    Doubt.PREFETCH: later("the browser fetched the page ahead"),
    Doubt.DECOY: later("a link was opened that no person sees"),
    Doubt.BURST: later("different values within a minute"),
    Doubt.CROWD: later("one network opened links of several people within a minute"),
    Doubt.CONFLICT: later("another value was sent meanwhile"),
}
KINDS: Final = {
    Kind.SMILEYS: later("smileys"),
    Kind.SCALE: later("scale"),
    Kind.NPS: later("recommendation, 0 to 10"),
    Kind.CHOICE: later("choice"),
    Kind.TEXT: later("text"),
}
DEEDS: Final = {
    Do.NOTICE: later("tell people"),
    Do.ASSIGNMENT: later("give an assignment"),
    Do.RECORD: later("make a record"),
    Do.REVIEW: later("ask for a public review"),
    Do.BONUS: later("give a bonus"),
    Do.WEBHOOK: later("tell another system"),
    "event": later("tell the event log"),
    "correction": later("bring up to date what was made of the answer"),
}
PEOPLE: Final = {
    Who.RESPONSIBLE: later("the responsible"),
    Who.ASKED_BY: later("whoever moved the request there"),
    Who.HEAD: later("the head of the division"),
    Who.DIRECTOR: later("the director"),
    Who.QUALITY: later("quality control"),
}
REPAIRS: Final = {
    Repair.RETRY: later("Ask after all"),
    Repair.RESEND: later("Send again with a new link"),
    Repair.EXTEND: later("Let the link work 14 days longer"),
    Repair.CANCEL: later("Cancel the ask"),
}


def named(texts: Texts, name: object) -> str:
    """A name as documents have it: one text, or one for each language."""
    return forms.words(name, texts.language) if isinstance(name, Mapping) else str(name)


def reason(texts: Texts, text: str | None, now: datetime) -> str:
    """Why something is not done, as a store keeps it: a code, with a date where time decided."""
    code, _, day = (text or "").partition(": ")
    try:
        since = date.fromisoformat(day) if day else None
    except ValueError:
        since = None
    if since is not None and (dated := _ago(texts, code, max(0, (texts.local(now).date() - since).days))):
        return dated
    known = _REASONS.get(code if since is not None else text or "")
    return texts.say(known) if known else text or ""


def _ago(texts: Texts, code: str, days: int) -> str:
    """A reason that is a matter of days; empty for others."""
    if code == Skip.FATIGUE:
        return texts.count("the client was asked %(num)s day ago", "the client was asked %(num)s days ago", days)
    if code == Skip.TOO_OLD:
        return texts.count("it ended %(num)s day ago", "it ended %(num)s days ago", days)
    if code == Skip.ASKED_ALREADY:
        return texts.count("it was asked about %(num)s day ago", "it was asked about %(num)s days ago", days)
    return ""


def decided(texts: Texts, answer: Answer, now: datetime) -> str:
    """Why somebody would not be asked, with the day from which on it would be another answer."""
    if answer.skip is None:
        return texts.say("would be asked")
    dated = f"{answer.skip.value}: {texts.local(answer.since).date()}" if answer.since else answer.skip.value
    words = reason(texts, dated, now)
    if answer.skip is Skip.NOT_YET and answer.free_at:
        return texts.say("%(why)s; would be asked from %(day)s on", why=words, day=texts.time(answer.free_at))
    return (
        texts.say("%(why)s; again from %(day)s", why=words, day=texts.day(answer.free_at)) if answer.free_at else words
    )


def age(texts: Texts, since: datetime, now: datetime) -> str:
    """How long something has stood still."""
    whole = now - since
    if whole.days:
        return texts.count("%(num)s day", "%(num)s days", whole.days)
    hours = whole.seconds // 3600
    if hours:
        return texts.count("%(num)s hour", "%(num)s hours", hours)
    return texts.say("less than an hour")


def about(texts: Texts, row: Row) -> str:
    """What an ask is about, as it is called in lists."""
    if row.subject == SUBJECT:
        return texts.say("Agreement %(number)s", number=row.number or row.subject_id)
    return f"{row.number or row.subject_id} {row.title or ''}".strip()


def status(texts: Texts, row: Row) -> str:
    """The status of the agreement that an ask is about; empty for others."""
    return texts.say(agreement_words.STATUSES[AgreementStatus(row.status)]) if row.status else ""


def doubted(texts: Texts, presses: int) -> str:
    """That presses on the way to a public review are not counted."""
    return texts.count(
        "%(num)s press is not counted: it may be that of a machine",
        "%(num)s presses are not counted: they may be those of a machine",
        presses,
    )


def counts(texts: Texts, one: Judgement) -> str:
    """What of a question counts, or why what was clicked does not."""
    if one.effective is not None and one.standing is None:
        if one.effective.by_hand:
            return texts.say("%(value)s counts", value=one.effective.value)
        return texts.say("%(value)s counts: nothing spoke against it", value=one.effective.value)
    if one.standing is Standing.PROVISIONAL and one.again_at is not None:
        return texts.say(
            "clicked %(value)s, counts from %(at)s unless something speaks against it",
            value=one.value,
            at=texts.time(one.again_at),
        )
    if one.standing is Standing.UNCONFIRMED:
        why = ", ".join(texts.say(DOUBTS[doubt]) for doubt in sorted(one.doubts))
        return texts.say("clicked %(value)s, not confirmed: %(why)s", value=one.value, why=why)
    if one.standing is Standing.CLICKED:
        return texts.say("clicked %(value)s, not confirmed: the link was opened, no more", value=one.value)
    return texts.say("no rating yet")
