"""What the page of personal data calls what there is: tables in kinds that a person knows."""

from collections.abc import Mapping
from typing import Final

from caseline.web.language import later

OTHER: Final = later("Something else")
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    later("The card, and what was merged into it"): (
        "crm.contact",
        "crm.contact_merge",
        "crm.phone",
        "crm.agreement",
    ),
    later("Requests and their history"): ("crm.record", "crm.history", "crm.search"),
    later("Messages"): ("crm.message", "crm.message_trait"),
    later("Files"): ("crm.attachment", "files.content"),
    later("Assignments"): ("crm.assignment", "crm.assignment_item"),
    later("Mails as they came"): ("mail.",),
    later("Letters"): ("outbox.",),
    later("Chats"): ("chat.", "feedback.dialogue"),
    later("Feedback: words, links, clicks; ratings stay"): ("feedback.",),
    later("Logs, notices, saved views"): ("crm.event", "notices.", "people.audit", "listing."),
    later("Lines that imports have brought"): ("staging.", "landing"),
}
"""Beginnings of names of tables; the first that fits counts."""


def kind(table: str) -> str:
    """What a table is called."""
    fitting = (said for said, tables in KINDS.items() if any(table == one or _below(table, one) for one in tables))
    return next(fitting, OTHER)


def _below(table: str, one: str) -> bool:
    return one.endswith(".") and table.startswith(one)


def by_kind(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """(kind, rows) in the order of the page; kinds without any are left out."""
    found = dict.fromkeys((*KINDS, OTHER), 0)
    for table, number in counts.items():
        found[kind(table)] += number
    return [(said, number) for said, number in found.items() if number]
