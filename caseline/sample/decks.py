"""Which kinds of fault each file of the sample holds."""

from typing import Final

from caseline.sample.faults import Recipe

_DATES: Final = ("2024-02-30 10:15:00", "2023-13-01 00:00:00", "n/a", "31.12.2023", "0000-00-00 00:00:00", "infinity")
_DAYS: Final = ("2024-02-30", "n/a", "31.12.2023", "2025-00-10", "now")
_NUMBERS: Final = ("twelve", "1.2.3", "12,5,0", "NaN", "0x1F", "--5")
_BOOLEANS: Final = ("maybe", "2", "unknown", "-1")
_TORN: Final = tuple(
    # Bytes that are not UTF-8 travel through str as lone surrogates and become themselves again when written.
    raw.decode("utf-8", "surrogateescape")
    for raw in (b"\xff\xfe", b"\xd0", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", "Договор".encode("cp1251"))
)


def _damage(text: str, dropped: str) -> tuple[Recipe, ...]:
    """Faults that any file can have: broken bytes in a text column, a field too few or too many."""
    return (
        Recipe("nul byte", "NUL_BYTE", text, "insert", values=("\0", "\0\0", " \0 ")),
        Recipe("broken utf-8", "BAD_ENCODING", text, "insert", values=_TORN),
        Recipe("field missing", "WRONG_FIELD_COUNT", dropped, "drop"),
        Recipe("field too many", "WRONG_FIELD_COUNT", dropped, "add", values=("", "extra")),
    )


_TWICE: Final = Recipe("id seen before", "DUPLICATE", "Id", source="earlier")
_NO_ID: Final = Recipe("malformed id", "BAD_ID", "Id", source="malformed")


def _blank(column: str) -> tuple[Recipe, ...]:
    return (
        Recipe("required, empty", "MISSING", column, values=("",)),
        Recipe("required, spaces", "MISSING", column, values=(" ", "    ")),
        Recipe("required, U+00A0", "MISSING", column, values=("\u00a0", "\u00a0 \u00a0")),
        Recipe("required, U+200B", "MISSING", column, values=("\u200b", " \u200b")),
    )


def _date(column: str, values: tuple[str, ...] = _DATES) -> Recipe:
    return Recipe("impossible date", "BAD_DATE", column, values=values)


def _number(column: str) -> Recipe:
    return Recipe("bad number", "BAD_NUMBER", column, values=_NUMBERS)


def _boolean(column: str) -> Recipe:
    return Recipe("bad boolean", "BAD_BOOLEAN", column, values=_BOOLEANS)


def _nowhere(column: str, points_to: str) -> Recipe:
    return Recipe("reference to nothing", "UNKNOWN_REFERENCE", column, source="nowhere", points_to=points_to)


def _failed(column: str, points_to: str) -> Recipe:
    return Recipe("reference to a bad row", "UNKNOWN_REFERENCE", column, source="failed", points_to=points_to)


def _filtered(column: str, points_to: str) -> Recipe:
    return Recipe("reference to a deleted row", "UNKNOWN_REFERENCE", column, source="filtered", points_to=points_to)


DECKS: Final[dict[str, tuple[Recipe, ...]]] = {
    "User": _damage("Title", "Alias"),
    "Group": _damage("Name", "Email"),
    "Account": (
        *_damage("BillingStreet", "Fax"),
        Recipe("required, empty", "MISSING", "Name", values=("", "  ")),
        _date("CreatedDate"),
        _number("AnnualRevenue"),
        _number("NumberOfEmployees"),
        _TWICE,
        _NO_ID,
        _nowhere("ParentId", "Account"),
        _nowhere("OwnerId", "User"),
        _failed("ParentId", "Account"),
        Recipe("text too long", "TOO_LONG", "Name", values=("ООО «Долгое имя» " * 20, "Long name " * 30)),
    ),
    "Contact": (
        *_damage("MailingStreet", "Fax"),
        *_blank("LastName"),
        _date("CreatedDate"),
        _date("Birthdate", _DAYS),
        _boolean("HasOptedOutOfEmail"),
        _TWICE,
        _NO_ID,
        _nowhere("AccountId", "Account"),
        _failed("AccountId", "Account"),
    ),
    "Case": (
        *_damage("Description", "Reason"),
        *_blank("Subject"),
        _date("CreatedDate"),
        _date("ClosedDate"),
        _date("Warranty_Until__c", _DAYS),
        Recipe("unmapped status", "UNKNOWN_VALUE", "Status", values=("On Hold", "Assigned", "Закрыт", "Merged")),
        Recipe("unmapped priority", "UNKNOWN_VALUE", "Priority", values=("Urgent", "Critical", "Срочно")),
        Recipe("text too long", "TOO_LONG", "Subject", values=("Длинная тема, " * 25, "x" * 256, "я" * 256)),
        _number("Downtime_Hours__c"),
        _number("Claim_Amount__c"),
        _boolean("IsEscalated"),
        _boolean("On_Site_Visit__c"),
        _TWICE,
        _NO_ID,
        _nowhere("ContactId", "Contact"),
        _nowhere("AccountId", "Account"),
        _nowhere("OwnerId", "User"),
        _nowhere("OwnerId", "Group"),
        _nowhere("ParentId", "Case"),
        _failed("ContactId", "Contact"),
        _failed("AccountId", "Account"),
        _failed("OwnerId", "User"),
        _failed("ParentId", "Case"),
        _filtered("ParentId", "Case"),
    ),
    "CaseHistory": (
        *_damage("NewValue", "DataType"),
        Recipe("required, empty", "MISSING", "Field", values=("", "  ", "\u00a0")),
        Recipe("required, empty", "MISSING", "CreatedDate", values=("",)),
        _date("CreatedDate"),
        _TWICE,
        _NO_ID,
        _nowhere("CaseId", "Case"),
        _failed("CaseId", "Case"),
        _filtered("CaseId", "Case"),
    ),
    "CaseComment": (
        *_damage("CommentBody", "IsPublished"),
        _date("CreatedDate"),
        _boolean("IsPublished"),
        _TWICE,
        _NO_ID,
        _nowhere("ParentId", "Case"),
        _failed("ParentId", "Case"),
        _filtered("ParentId", "Case"),
    ),
    "EmailMessage": (
        *_damage("TextBody", "Headers"),
        _date("MessageDate"),
        # Incoming is no field of a message but decides its kind, so a strange value is unmapped, not a bad boolean.
        Recipe("unmapped direction", "UNKNOWN_VALUE", "Incoming", values=_BOOLEANS),
        _TWICE,
        _NO_ID,
        _nowhere("ParentId", "Case"),
        _failed("ParentId", "Case"),
        _filtered("ParentId", "Case"),
    ),
}
"""Recipes by object; each is used as often as the others."""
