"""SQL that finds who a person is, and where data of that person lie."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import phones as phone_rules
from caseline.db.arrays import bigints, texts
from caseline.privacy.fates import Of
from caseline.privacy.sets import SETS
from caseline.privacy.whom import Found, Whom

_ROOTS: Final = """
SELECT DISTINCT coalesce(m.into_id, c.id) FROM crm.contact AS c LEFT JOIN crm.contact_merge AS m ON m.gone_id = c.id
"""
_BY_ID: Final = _ROOTS + "WHERE c.id = :id"
_BY_ADDRESS: Final = _ROOTS + "WHERE lower(c.email) = :address ORDER BY 1"
_ONE: Final = "SELECT :id UNION SELECT gone_id FROM crm.contact_merge WHERE into_id = :id ORDER BY 1"
_CARD: Final = """
SELECT c.name, c.email, c.phone, c.mobile,
  ARRAY(SELECT p.number FROM crm.phone AS p WHERE p.entity = 'contact' AND p.owner_id = c.id AND p.number <> '')
FROM crm.contact AS c WHERE c.id = ANY (CAST(:contacts AS bigint[])) ORDER BY c.id
"""
_ADDRESS_OF_OTHERS: Final = """
SELECT lower(c.email) FROM crm.contact AS c WHERE lower(c.email) = ANY (CAST(:addresses AS text[]))
  AND c.id <> ALL (CAST(:contacts AS bigint[]))
UNION SELECT lower(o.email) FROM crm.company AS o WHERE lower(o.email) = ANY (CAST(:addresses AS text[]))
UNION SELECT lower(p.email) FROM people.person AS p WHERE lower(p.email) = ANY (CAST(:addresses AS text[]))
"""
_PHONE_OF_OTHERS: Final = """
SELECT raw, number FROM crm.phone WHERE (number = ANY (CAST(:phones AS text[])) OR raw = ANY (CAST(:phones AS text[])))
  AND NOT (entity = 'contact' AND owner_id = ANY (CAST(:contacts AS bigint[])))
UNION SELECT phone, mobile FROM crm.contact WHERE id <> ALL (CAST(:contacts AS bigint[]))
  AND (phone = ANY (CAST(:phones AS text[])) OR mobile = ANY (CAST(:phones AS text[])))
UNION SELECT phone, NULL FROM crm.company WHERE phone = ANY (CAST(:phones AS text[]))
"""
_DIGESTS: Final = """
SELECT sha256 FROM crm.attachment WHERE message_id = ANY (CAST(:message AS bigint[])) AND sha256 IS NOT NULL
UNION SELECT decode(f #>> '{}', 'hex') FROM crm.record AS r,
    jsonb_path_query(r.extra, 'lax $.**.sha256 ? (@.type() == "string")') AS f
  WHERE r.id = ANY (CAST(:record AS bigint[])) AND f #>> '{}' ~ '^[0-9a-f]{64}$'
UNION SELECT decode(f #>> '{}', 'hex') FROM crm.contact AS c,
    jsonb_path_query(c.extra, 'lax $.**.sha256 ? (@.type() == "string")') AS f
  WHERE c.id = ANY (CAST(:contact AS bigint[])) AND f #>> '{}' ~ '^[0-9a-f]{64}$'
"""
_PENDING: Final = """
SELECT m.id FROM mail.mail AS m JOIN mail.piece AS p ON p.raw_id = m.raw_id AND p.n = 0
WHERE m.state IN ('received', 'quarantine') AND CAST(:named AS text) <> ''
  AND lower(encode(substring(p.content FROM 1 FOR 65536), 'escape')) ~ :named
ORDER BY m.id
"""

_SIGNS: Final = frozenset(r"\^$.|?*+()[]{}")


def roots(connection: sa.Connection, whom: int | str) -> list[int]:
    """Contacts of this id or of this address, in small letters; of those that were merged, the ones that remain."""
    query, values = (_BY_ID, {"id": whom}) if isinstance(whom, int) else (_BY_ADDRESS, {"address": whom})
    return list(connection.execute(sa.text(query), values).scalars())


def house_has(connection: sa.Connection, address: str) -> bool:
    """Whether the address is that of a company, or of somebody who works here."""
    values = {"addresses": texts([address]), "contacts": bigints(())}
    others = _ADDRESS_OF_OTHERS.partition("UNION ")[2]
    return connection.execute(sa.text(others), values).first() is not None


def person(connection: sa.Connection, contact_id: int | None, addresses: Iterable[str] = (), *, region: str) -> Whom:
    """Who somebody is; `addresses` are the person's besides those on the cards. `region`: of phones that name none."""
    found = set(addresses)
    contacts: tuple[int, ...] = ()
    names, phones = set[str](), set[str]()
    if contact_id is not None:
        contacts = tuple(connection.execute(sa.text(_ONE), {"id": contact_id}).scalars())
        for name, email, phone, mobile, numbers in connection.execute(sa.text(_CARD), {"contacts": bigints(contacts)}):
            names.add(name)
            found |= {(email or "").strip().lower()}
            written = {(phone or "").strip(), (mobile or "").strip()} - {""}
            phones |= {*written, *numbers, *(phone_rules.number(one, region) or "" for one in written)}
    found, phones = found - {""}, phones - {""}
    shared = _shared(connection, contacts, found, phones)
    return Whom(
        contact_id=contact_id,
        contacts=contacts,
        names=frozenset(names),
        addresses=frozenset(found - shared),
        phones=frozenset(phones - shared),
        shared=frozenset(shared),
    )


def _shared(connection: sa.Connection, contacts: Iterable[int], addresses: set[str], phones: set[str]) -> set[str]:
    values = {"contacts": bigints(contacts), "addresses": texts(sorted(addresses)), "phones": texts(sorted(phones))}
    others = set(connection.execute(sa.text(_ADDRESS_OF_OTHERS), values).scalars()) & addresses
    for raw, number in connection.execute(sa.text(_PHONE_OF_OTHERS), values):
        others |= {raw, number} & phones
    return others


def find(connection: sa.Connection, whom: Whom) -> Found:
    """Where data of somebody lie, as far as ids tell."""
    ids: dict[Of, tuple[int, ...]] = {Of.CONTACT: whom.contacts}
    values: dict[str, Any] = {
        "contact": bigints(whom.contacts),
        "addresses": texts(sorted(whom.addresses)),
        "phones": texts(sorted(whom.phones)),
        "named": pattern(whom.addresses),
        "said": pattern(whom.words.words),
    }
    for of, query in SETS:
        ids[of] = tuple(sorted(set(connection.execute(sa.text(query), values).scalars())))
        values[of.name.lower()] = bigints(ids[of])
    digests = tuple(sorted(bytes(one) for one in connection.execute(sa.text(_DIGESTS), values).scalars()))
    pending = tuple(connection.execute(sa.text(_PENDING), values).scalars())
    return Found(whom=whom, ids=ids, digests=digests, pending=pending)


def pattern(words: Iterable[str]) -> str:
    """A pattern of the server that meets any of them as a whole, in small letters; empty without any."""
    return "|".join(_form(word.lower()) for word in sorted(words))


def _form(word: str) -> str:
    quoted = "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in word)
    return rf"(?<![\w.+%-]){quoted}(?![\w-]|\.\w)" if "@" in word else rf"(?<!\w){quoted}(?!\w)"


def with_mails(connection: sa.Connection, found: Found, mails: Iterable[int]) -> Found:
    """The same with mails that were not taken in and that the person wrote."""
    more = tuple(sorted({*found.of(Of.MAIL), *mails}))
    query = "SELECT raw_id FROM mail.mail WHERE id = ANY (CAST(:mail AS bigint[])) ORDER BY raw_id"
    raws = tuple(connection.execute(sa.text(query), {"mail": bigints(more)}).scalars())
    ids: Mapping[Of, tuple[int, ...]] = {**found.ids, Of.MAIL: more, Of.RAW: raws}
    return Found(whom=found.whom, ids=ids, digests=found.digests, pending=())
