"""Whose data are meant: a contact by its number, or whoever reads at an address; and where they lie."""

from typing import Final

import sqlalchemy as sa

from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.mail import message, raw_store
from caseline.people.access import Viewer
from caseline.people.rights import Right
from caseline.privacy import finding
from caseline.privacy.fates import Of
from caseline.privacy.whom import Found, Whom
from staging import erasing
from staging.erasing import Trail

_HEAD: Final = 65_536
"""Bytes of a mail in which its sender is looked for."""
_LARGEST: Final = 2**63 - 1
NOBODY: Final = "%(whom)s: there is no such contact: give its number, as its card has it, or a mail address"
SEVERAL: Final = "%(whom)s: several contacts have this address (%(ids)s): give the number of one, or merge them first"
OURS: Final = "%(whom)s: this is the address of a company or of somebody who works here: give the number of a contact"


def may(viewer: Viewer) -> None:
    """Raise `Absent` unless somebody is an administrator: whoever may change logins."""
    if not viewer.may(Right.EDIT_USERS):
        raise Absent("personal data")


def person(house: House, connection: sa.Connection, whom: str) -> Whom:
    """Who is meant by a number or an address; raises `Told`."""
    said, region = whom.strip(), house.settings.phone_region
    if said.isascii() and said.isdigit():
        number = int(said)
        roots = finding.roots(connection, number) if number <= _LARGEST else []
        if not roots:
            raise Told(NOBODY, whom=said)
        return finding.person(connection, roots[0], region=region)
    address = said.lower()
    if "@" not in address.strip("@"):
        raise Told(NOBODY, whom=said)
    roots = finding.roots(connection, address)
    if len(roots) > 1:
        raise Told(SEVERAL, whom=said, ids=", ".join(map(str, roots)))
    if finding.house_has(connection, address):
        raise Told(OURS, whom=said)
    return finding.person(connection, roots[0] if roots else None, [address], region=region)


def found(house: House, connection: sa.Connection, whom: Whom) -> Found:
    """Where data of somebody lie, mails that wait to be taken in among them."""
    there = finding.find(connection, whom)
    forms = house.settings.forms()
    wrote = [one for one in there.pending if _wrote(connection, one, whom, forms)]
    return finding.with_mails(connection, there, wrote)


def _wrote(connection: sa.Connection, mail_id: int, whom: Whom, forms: frozenset[str]) -> bool:
    """Whether the head of a mail names the person as its sender, or as whom a form of ours writes for."""
    raw_id = raw_store.of_mail(connection, mail_id)
    if raw_id is None:
        return False
    mail = message.read(raw_store.head(connection, raw_id, _HEAD), whole=False)
    sender = mail.sender.address.lower() if mail.sender else ""
    return sender in whom.addresses or (
        sender in forms and bool({one.lower() for one in _answered(mail)} & whom.addresses)
    )


def _answered(mail: message.Mail) -> list[str]:
    return [one.address for one in mail.reply_to]


def trail(connection: sa.Connection, there: Found) -> Trail:
    """What the staging tables hold of somebody; all landing tables are read through."""
    words = there.whom.words
    ids = {
        "contact": there.of(Of.CONTACT),
        "request": there.of(Of.RECORD),
        "message": there.of(Of.MESSAGE),
        "history": there.of(Of.RECORD),
    }
    return erasing.find(connection, ids, finding.pattern(words.words), words.needed)
