"""What reports of feedback, their lines, figures, states and reasons are called."""

from typing import Final

from caseline.reports import questions
from caseline.reports.feedback_questions import Axis, Basis, Report, Source
from caseline.reports.periods import Bucket, Step
from caseline.web.desk import report_words
from caseline.web.language import Texts, later

PERIODS: Final = report_words.PERIODS
STEPS: Final = report_words.STEPS
TITLES: Final = {
    Report.NPS: later("Net Promoter Score"),
    Report.MEAN: later("Average rating"),
    Report.CSAT: later("Share of good ratings"),
    Report.FUNNEL: later("Asks and answers"),
    Report.VARIANTS: later("Variants compared"),
}
HINTS: Final = {
    Report.NPS: later(
        "Whether clients would recommend: the share of those who answer 9 or 10, less that of those who answer 0 to 6."
    ),
    Report.MEAN: later("The average of all other ratings, and how often each value was given."),
    Report.CSAT: later("How many ratings are one of the two best of their scale."),
    Report.FUNNEL: later("How many asks were sent, opened and answered, and why others were not."),
    Report.VARIANTS: later("Which wording or way of asking is answered more often, and whether that may be said yet."),
}
AXES: Final = {
    Axis.PERSON: later("by person"),
    Axis.DIVISION: later("by division"),
    Axis.SERVICE: later("by category or service"),
    Axis.CAMPAIGN: later("by campaign"),
    Axis.CHANNEL: later("by channel"),
    Axis.VARIANT: later("by variant"),
    Axis.QUESTION: later("by question"),
    Axis.PERIOD: later("by time"),
}
HEADS: Final = {
    Axis.PERSON: later("Person"),
    Axis.DIVISION: later("Division"),
    Axis.SERVICE: later("Category or service"),
    Axis.CAMPAIGN: later("Campaign"),
    Axis.CHANNEL: later("Channel"),
    Axis.VARIANT: later("Variant"),
    Axis.QUESTION: later("Question"),
    Axis.PERIOD: later("Time"),
}
NOTHING: Final = {
    Axis.PERSON: later("(nobody)"),
    Axis.DIVISION: later("(no division)"),
    Axis.SERVICE: later("(not said)"),
    Axis.CAMPAIGN: "",
    Axis.CHANNEL: later("(not said)"),
    Axis.VARIANT: later("(no variant)"),
    Axis.QUESTION: "",
    Axis.PERIOD: "",
}
CHANNELS: Final = {
    "mail_link": later("Mail with a link"),
    "mail_smileys": later("Mail with smileys"),
    "chat": later("Chat"),
    "web": later("Web page"),
}
NO_CATEGORY: Final = "request"
"""The service of a request without a category."""
BASES: Final = {
    Basis.ANSWER: later("by the day of the rating"),
    Basis.HAPPENED: later("by the day of what it is about"),
}
SOURCES: Final = {
    Source.CLIENT: later("clients themselves"),
    Source.PHONE: later("employees, by phone"),
    Source.BOTH: later("both"),
}
FIGURES: Final = {
    "all": later("Ratings"),
    "promoters": later("Promoters (9 and 10)"),
    "passives": later("Passives (7 and 8)"),
    "detractors": later("Detractors (0 to 6)"),
    "best": later("The two best"),
    "other": later("All lower ones"),
    "bad": later("Bad ratings"),
    "phone": later("By phone"),
    "unconfirmed": later("Not confirmed"),
    "asked": later("Asked"),
    "sent": later("Sent"),
    "visited": later("Opened"),
    "answered": later("Answered"),
    "waiting": later("Not sent yet"),
    "out": later("No answer yet"),
    "expired": later("Expired"),
    "opted_out": later("Opted out"),
    "failed": later("Not delivered"),
    "cancelled": later("Cancelled"),
    "skipped": later("Not asked"),
}
STATES: Final = {
    "draft": later("New, not sent yet"),
    "needs_data": later("No address on the card"),
    "awaiting_address": later("The responsible was asked for the address"),
    "queued": later("Waits to be sent"),
    "sent": later("The link was sent to the client"),
    "visited": later("The client has opened the link"),
    "answering": later("Answered in part, or not confirmed"),
    "answered": later("Feedback received"),
    "closed": later("Feedback received, all done"),
    **{name: FIGURES[name] for name in ("skipped", "failed", "expired", "opted_out", "cancelled")},
}
BASIS: Final = later("Counted by")
SOURCE: Final = later("Entered by whom")
COUNTED: Final = {
    Basis.ANSWER: later("Counted by the day of the rating"),
    Basis.HAPPENED: later("Counted by the day of what the client was asked about"),
}
ENTERED: Final = {
    Source.CLIENT: later("What employees have entered by phone is counted apart."),
    Source.PHONE: later("Only what employees have entered by phone is counted."),
    Source.BOTH: later("What employees have entered by phone is in it."),
}
STATE: Final = later("State")
REASON: Final = later("Why")
NUMBER: Final = later("Asks")
SORTS: Final = {
    "at": later("Date"),
    "value": later("Rating"),
    "record": later("Number"),
    "person": later("Person"),
    "campaign": later("Campaign"),
    "question": later("Question"),
}
REASONS: Final = {
    "imported": later("brought by an import, or older than the campaign"),
    "born of feedback": later("made from an answer itself"),
    "reopened": later("reopened meanwhile"),
    "status": later("the status does not permit it"),
    "service": later("the category or service is left out"),
    "division": later("the division is left out"),
    "too old": later("finished too long ago"),
    "asked already": later("asked already in this period"),
    "another campaign": later("another campaign asks about the same request"),
    "opted out": later("does not want to be asked"),
    "no contact": later("no contact is known"),
    "no address": later("no address is known"),
    "bad address": later("letters to the address came back"),
    "asked lately": later("the person was asked lately"),
    "not yet": later("not long enough in its stage"),
    "status left": later("the agreement has left its status"),
    "agreement gone": later("the agreement is not there any more"),
    "switched off": later("the campaign was switched off"),
}
TOO_FEW: Final = later("too few to judge")


def name(texts: Texts, by: Axis, key: str, label: str | None, buckets: dict[str, Bucket], step: Step) -> str:
    """What a line is called."""
    if by is Axis.PERIOD:
        return report_words.days(texts, buckets[key], step)
    if by is Axis.CHANNEL and key:
        return channel(texts, key)
    if label:
        return label
    if by is Axis.SERVICE and key == NO_CATEGORY:
        return texts.say(report_words.NOTHING[questions.Axis.CATEGORY])
    return key or texts.say(NOTHING[by])


def channel(texts: Texts, code: str) -> str:
    """How an ask was sent."""
    return texts.say(CHANNELS[code]) if code in CHANNELS else code


def reason(texts: Texts, code: str | None) -> str:
    """Why an ask was not sent, with the date that it tells; a reason in another's own words as it is."""
    head, _, since = (code or "").partition(": ")
    if head not in REASONS:
        return code or ""
    return f"{texts.say(REASONS[head])} ({since})" if since else texts.say(REASONS[head])
