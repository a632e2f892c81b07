"""What becomes of each row and column that holds data of a person when they are erased."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Of(StrEnum):
    """Whose rows are meant: sets of ids that `caseline.privacy.finding` makes."""

    CONTACT = "contact"
    RECORD = "record"
    """Requests, reviews and other records whose client the person is."""
    MESSAGE = "message"
    """Messages of those, and those that the person wrote elsewhere."""
    OTHER_RECORD = "other record"
    """Records of others in which the person takes part; what others say there stays."""
    OTHER_MESSAGE = "other message"
    ASSIGNMENT = "assignment"
    OTHER_ASSIGNMENT = "other assignment"
    """Assignments of others' records that were given to the person as an outsider."""
    AGREEMENT = "agreement"
    MAIL = "mail"
    RAW = "raw"
    LETTER = "letter"
    OTHER_LETTER = "other letter"
    """Letters to several of whom the person is one."""
    ASK = "ask"
    CHAT = "chat"
    HOOK_CALL = "hook call"
    AUDIT = "audit"
    """Lines of the audit log about the person, or about what was asked of the person."""
    MENTION = "mention"
    """Other lines of the audit log that name the person."""
    VIEW = "view"
    """Saved views that name the person."""


class Fate(StrEnum):
    """What a value becomes."""

    NOTHING = "nothing"
    """NULL."""
    BLANK = "blank"
    """An empty text."""
    DASH = "dash"
    """A dash, where a text has to be."""
    OBJECT = "object"
    """An empty JSON object."""
    LIST = "list"
    """An empty list of texts."""
    CODES = "codes"
    """JSON of which numbers, yes and no, instants and codes stay."""
    WORDS = "words"
    """The same without the names, addresses and phones of the person."""
    KEY = "key"
    """The same, or its digest where it holds the name, an address or a phone."""
    NUMBER = "number"
    """The number in parentheses at its end."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of the rows of a table; without columns they go."""

    table: str
    of: Of
    by: str = "id"
    """The column that holds the ids."""
    becomes: Mapping[str, Fate] = field(default_factory=lambda: MappingProxyType({}))
    where: str = ""
    """Which of those rows, where it is not all."""
    key: str = "id"
    """Columns that name a row."""
    given: bool = True
    """An export hands these rows out."""

    @property
    def goes(self) -> bool:
        """The rows go as a whole."""
        return not self.becomes


_N, _B, _D, _O = Fate.NOTHING, Fate.BLANK, Fate.DASH, Fate.OBJECT
_C, _W, _L, _K = Fate.CODES, Fate.WORDS, Fate.LIST, Fate.KEY
_OF_RECORDS: Final = "entity NOT IN ('contact', 'company', 'agreement', 'person', 'group')"
_KEEPS_STAGES: Final = "field <> 'stage'"


def _nothing(*columns: str) -> dict[str, Fate]:
    return dict.fromkeys(columns, _N)


_REGISTER: Final = (
    Rule(
        "crm.contact",
        Of.CONTACT,
        becomes={"name": _D, **_nothing("email", "phone", "mobile", "title"), "extra": _O, "origin": _K},
    ),
    Rule("crm.contact_merge", Of.CONTACT, "into_id", {"filled": _O}, key="gone_id", given=False),
    Rule("crm.phone", Of.CONTACT, "owner_id", where="entity = 'contact'", given=False),
    Rule("crm.record", Of.RECORD, becomes={"subject": _D, "description": _N, "extra": _O, "origin": _K}),
    Rule("crm.search", Of.RECORD, "record_id", key="record_id", given=False),
    Rule("crm.history", Of.RECORD, "record_id", {**_nothing("old", "new"), "extra": _O}, _KEEPS_STAGES),
    Rule("crm.attachment", Of.MESSAGE, "message_id"),
    Rule("crm.message_trait", Of.MESSAGE, "message_id", _nothing("new_text"), key="message_id", given=False),
    Rule(
        "crm.message",
        Of.MESSAGE,
        becomes={
            **_nothing("subject", "sender", "recipients", "copies", "text", "html", "mail_id", "thread_id"),
            **_nothing("sender_address", "told_addresses"),
            "extra": _O,
            "origin": _K,
        },
    ),
    Rule("crm.record", Of.OTHER_RECORD, becomes={"subject": _W, "description": _W}, given=False),
    Rule("crm.search", Of.OTHER_RECORD, "record_id", key="record_id", given=False),
    Rule(
        "crm.message",
        Of.OTHER_MESSAGE,
        becomes=dict.fromkeys(("subject", "sender", "recipients", "copies", "text", "html", "told_addresses"), _W),
        given=False,
    ),
    Rule("crm.message_trait", Of.OTHER_MESSAGE, "message_id", {"new_text": _W}, key="message_id", given=False),
    Rule("crm.assignment_item", Of.ASSIGNMENT, "assignment_id", {"text": _D}),
    Rule("crm.assignment", Of.ASSIGNMENT, becomes={"title": _D, "text": _B}),
    Rule("crm.assignment_item", Of.OTHER_ASSIGNMENT, "assignment_id", {"text": _W}, given=False),
    Rule("crm.assignment", Of.OTHER_ASSIGNMENT, becomes={"title": _W, "text": _W}),
    Rule("crm.agreement", Of.AGREEMENT, becomes={"extra": _W}),
    Rule("crm.event", Of.RECORD, "record_id", {"data": _C}, _OF_RECORDS),
    Rule("crm.event", Of.CONTACT, "record_id", {"data": _C}, "entity = 'contact'"),
    Rule("crm.event", Of.OTHER_RECORD, "record_id", {"data": _W}, _OF_RECORDS, given=False),
)
_POST: Final = (
    Rule("mail.ghost", Of.MAIL, "mail_id", key="id, mail_id", given=False),
    Rule("mail.root", Of.MAIL, "mail_id", key="root, mail_id", given=False),
    Rule(
        "mail.mail",
        Of.MAIL,
        becomes={**_nothing("error", "message_id", "subject", "sender"), "verdict": _C},
    ),
    Rule("mail.piece", Of.RAW, "raw_id", key="raw_id, n", given=False),
    Rule("outbox.attachment", Of.LETTER, "letter_id", key="letter_id, position", given=False),
    Rule(
        "outbox.recipient",
        Of.LETTER,
        "letter_id",
        {"address": _D, "folded": _D, "name": _B, "answer": _N},
        key="letter_id, position",
    ),
    Rule(
        "outbox.letter",
        Of.LETTER,
        becomes={
            "subject": _D,
            "body": _B,
            "html": _N,
            "in_reply_to": _N,
            "ancestors": _L,
            "secret_links": _L,
            "unsubscribe": _N,
            "reason": _W,
        },
    ),
    Rule(
        "outbox.letter",
        Of.OTHER_LETTER,
        becomes={"subject": _W, "body": _W, "html": _W, "reason": _W},
        given=False,
    ),
)
_FEEDBACK: Final = (
    Rule("feedback.secret", Of.ASK, "ask_id", key="digest", given=False),
    Rule("feedback.signal", Of.ASK, "ask_id", _nothing("net", "agent")),
    Rule("feedback.answer", Of.ASK, "ask_id", {"document": _C}),
    Rule("feedback.effect", Of.ASK, "ask_id", {"data": _C, "result": _W}),
    Rule("feedback.moved", Of.ASK, "ask_id", {"reason": _W}),
    Rule("feedback.ask", Of.ASK, becomes={"address": _N, "reason": _W}),
    Rule("feedback.bonus_line", Of.CONTACT, "contact_id", {"note": _D}, "note <> ''"),
    Rule("feedback.hook_call", Of.HOOK_CALL, becomes={"body": _C, "result": _W}),
    Rule("feedback.dialogue", Of.CHAT, "chat_id"),
    Rule("chat.incoming", Of.CHAT, "chat_id"),
    Rule("chat.outgoing", Of.CHAT, "chat_id"),
    Rule("chat.secret", Of.CHAT, "chat_id", key="digest", given=False),
    Rule("chat.chat", Of.CHAT),
    Rule("notices.notice", Of.RECORD, "record_id", {"data": _C}),
    Rule("people.audit", Of.AUDIT, becomes={"subject": Fate.NUMBER, "data": _C}),
    Rule("people.audit", Of.MENTION, becomes={"subject": _W, "data": _W}, given=False),
    Rule("listing.view", Of.VIEW, becomes={"name": _W, "conditions": _W, "search": _W}, given=False),
)
RULES: Final = (*_REGISTER, *_POST, *_FEEDBACK)
"""In this order: what points at something goes before it. What lies in the staging tables, in files and among those who
want no questions has ways of its own: `staging.erasing`, `caseline.privacy.contents`, `caseline.privacy.silence`."""
APART: Final = frozenset(
    {
        *("feedback.opt_out.address", "files.content.bytes"),
        *("staging.row.key", "staging.row.raw", "staging.row.errors", "staging.filtered.key"),
        *("outbox.recipient.address", "outbox.recipient.folded", "outbox.recipient.name", "outbox.recipient.answer"),
    }
)
"""Columns that those ways take, or that are taken of others' letters."""
