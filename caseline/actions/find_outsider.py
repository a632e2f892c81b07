"""Finds the one contact who is to work outside, or makes one of a mail address."""

from datetime import datetime
from email.utils import parseaddr

import sqlalchemy as sa

from caseline.crm.refusals import Told
from caseline.crm.timeline import Contact
from caseline.crm.timeline_port import Timelines


def outsider(connection: sa.Connection, timelines: Timelines, key: str, *, now: datetime) -> Contact:
    """The contact of that id, mail address or name, also `Name <address>`; raises `Refused`.

    An address that nobody has makes a contact, with the name that stands beside it.
    """
    name, address = parseaddr(key) if "<" in key else ("", "")
    key = address or key.strip()
    found = timelines.contacts_named(connection, key)
    if not found and "@" in key:
        known = timelines.contacts(connection, key)
        made = " ".join(name.split()) or key
        return known[0] if known else timelines.make_contact(connection, made, address=key, company_id=None, at=now)
    if not found:
        raise Told("contact %(key)r: there is none of this name: give a mail address, and one is made", key=key)
    if len(found) > 1 and (found[0].email or "").lower() != key.lower():
        ids = ", ".join(f"{one.id} ({one.email or 'no address'})" for one in found)
        raise Told("contact %(key)r: several have this name: say which by its id: %(ids)s", key=key, ids=ids)
    return found[0]
