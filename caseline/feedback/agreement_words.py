"""SQL of what letters say about an agreement."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class AgreementWords:
    """An agreement as a letter tells of it."""

    number: str
    service: str
    company: str
    contact: str
    """The name of the person on the client's side."""
    manager: str


_WORDS: Final = sa.text("""
SELECT a.number, s.label, coalesce(company.name, ''), coalesce(contact.name, ''), coalesce(manager.name, '')
FROM crm.agreement AS a
JOIN crm.service AS s ON s.id = a.service_id
LEFT JOIN crm.company AS company ON company.id = a.company_id
LEFT JOIN crm.contact AS contact ON contact.id = a.contact_id
LEFT JOIN people.person AS manager ON manager.id = a.manager_id
WHERE a.id = :id
""")


def of(connection: sa.Connection, agreement_id: int) -> AgreementWords | None:
    """What letters say about the agreement of that id; None when there is none."""
    row = connection.execute(_WORDS, {"id": agreement_id}).one_or_none()
    return None if row is None else AgreementWords(*row)
