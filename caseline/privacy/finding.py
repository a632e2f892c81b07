"""SQL that finds who a person is, and where data of that person lie."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import phones as phone_rules
from caseline.db.arrays import bigints, texts
from caseline.privacy.fates import Of
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
_SETS: Final[tuple[tuple[Of, str], ...]] = (
    (Of.RECORD, "SELECT id FROM crm.record WHERE contact_id = ANY (CAST(:contact AS bigint[]))"),
    (
        Of.MESSAGE,
        """
        SELECT m.id FROM crm.message AS m WHERE m.record_id = ANY (CAST(:record AS bigint[])) AND NOT EXISTS (
          SELECT FROM crm.merge AS g WHERE g.into_id = m.record_id AND m.id = ANY (g.messages)
            AND g.record_id <> ALL (CAST(:record AS bigint[])))
        UNION
        SELECT unnest(g.messages) FROM crm.merge AS g WHERE g.record_id = ANY (CAST(:record AS bigint[]))
        UNION
        SELECT m.id FROM crm.message AS m WHERE CAST(:named AS text) <> '' AND m.kind <> 'mail_out'
          AND (m.sender_address = ANY (CAST(:addresses AS text[])) OR lower(m.sender) ~ :named)
        UNION
        SELECT m.id FROM crm.assignment AS a JOIN crm.message_trait AS t ON t.assignment_id = a.id
          JOIN crm.message AS m ON m.id = t.message_id AND m.kind = 'comment' AND m.author_id IS NULL
        WHERE a.contact_id = ANY (CAST(:contact AS bigint[]))
        """,
    ),
    (
        Of.OTHER_RECORD,
        """
        SELECT m.record_id FROM crm.message AS m WHERE m.id = ANY (CAST(:message AS bigint[]))
          AND m.record_id <> ALL (CAST(:record AS bigint[]))
        UNION
        SELECT m.record_id FROM crm.message AS m WHERE CAST(:named AS text) <> ''
          AND m.record_id <> ALL (CAST(:record AS bigint[]))
          AND (m.told_addresses && CAST(:addresses AS text[])
            OR lower(m.recipients) ~ :named OR lower(m.copies) ~ :named)
        UNION
        SELECT a.record_id FROM crm.assignment AS a WHERE a.contact_id = ANY (CAST(:contact AS bigint[]))
          AND a.record_id <> ALL (CAST(:record AS bigint[]))
        """,
    ),
    (
        Of.OTHER_MESSAGE,
        """
        SELECT m.id FROM crm.message AS m
        WHERE (m.record_id = ANY (CAST(:other_record AS bigint[])) OR m.record_id = ANY (CAST(:record AS bigint[])))
          AND m.id <> ALL (CAST(:message AS bigint[]))
        """,
    ),
    (Of.ASSIGNMENT, "SELECT id FROM crm.assignment WHERE record_id = ANY (CAST(:record AS bigint[]))"),
    (
        Of.OTHER_ASSIGNMENT,
        """
        SELECT id FROM crm.assignment WHERE contact_id = ANY (CAST(:contact AS bigint[]))
          AND record_id <> ALL (CAST(:record AS bigint[]))
        """,
    ),
    (Of.AGREEMENT, "SELECT id FROM crm.agreement WHERE contact_id = ANY (CAST(:contact AS bigint[]))"),
    (
        Of.ASK,
        """
        SELECT id FROM feedback.ask WHERE contact_id = ANY (CAST(:contact AS bigint[]))
        UNION SELECT id FROM feedback.ask WHERE lower(address) = ANY (CAST(:addresses AS text[]))
        UNION SELECT id FROM feedback.ask WHERE subject = 'request' AND subject_id = ANY (CAST(:record AS bigint[]))
        """,
    ),
    (
        Of.CHAT,
        """
        SELECT id FROM chat.chat WHERE contact_id = ANY (CAST(:contact AS bigint[]))
        UNION SELECT id FROM chat.chat WHERE phone = ANY (CAST(:phones AS text[]))
        UNION SELECT chat_id FROM feedback.dialogue WHERE ask_id = ANY (CAST(:ask AS bigint[]))
        """,
    ),
    (
        Of.MAIL,
        """
        WITH RECURSIVE his (id) AS (
          SELECT id FROM mail.mail WHERE message_ref = ANY (CAST(:message AS bigint[]))
          UNION SELECT mail_ref FROM crm.message_trait
            WHERE message_id = ANY (CAST(:message AS bigint[])) AND mail_ref IS NOT NULL
          UNION SELECT id FROM mail.mail WHERE lower(sender) = ANY (CAST(:addresses AS text[]))
          UNION SELECT m.id FROM mail.mail AS m JOIN his ON m.same_as = his.id
        )
        SELECT id FROM his
        """,
    ),
    (Of.RAW, "SELECT raw_id FROM mail.mail WHERE id = ANY (CAST(:mail AS bigint[]))"),
    (
        Of.LETTER,
        """
        SELECT id FROM outbox.letter WHERE record_id = ANY (CAST(:record AS bigint[]))
        UNION SELECT letter_id FROM feedback.ask WHERE id = ANY (CAST(:ask AS bigint[])) AND letter_id IS NOT NULL
        UNION SELECT reminder_id FROM feedback.ask WHERE id = ANY (CAST(:ask AS bigint[])) AND reminder_id IS NOT NULL
        UNION SELECT letter_id FROM feedback.review_ask
          WHERE ask_id = ANY (CAST(:ask AS bigint[])) AND letter_id IS NOT NULL
        UNION SELECT r.letter_id FROM outbox.recipient AS r WHERE r.folded = ANY (CAST(:addresses AS text[]))
          AND NOT EXISTS (SELECT FROM outbox.recipient AS o
            WHERE o.letter_id = r.letter_id AND o.folded <> ALL (CAST(:addresses AS text[])))
        """,
    ),
    (
        Of.OTHER_LETTER,
        """
        SELECT letter_id FROM outbox.recipient WHERE folded = ANY (CAST(:addresses AS text[]))
          AND letter_id <> ALL (CAST(:letter AS bigint[]))
        UNION SELECT id FROM outbox.letter WHERE record_id = ANY (CAST(:other_record AS bigint[]))
          AND id <> ALL (CAST(:letter AS bigint[]))
        """,
    ),
    (
        Of.HOOK_CALL,
        """
        SELECT h.id FROM feedback.hook_call AS h WHERE split_part(h.key, ':', 2) IN (
            SELECT public_id FROM feedback.ask WHERE id = ANY (CAST(:ask AS bigint[]))) AND h.key LIKE 'feedback:%'
        UNION SELECT h.id FROM feedback.hook_call AS h
          JOIN feedback.bonus_line AS b ON h.key = 'bonus:' || b.key AND b.contact_id = ANY (CAST(:contact AS bigint[]))
        """,
    ),
    (
        Of.AUDIT,
        """
        SELECT id FROM people.audit WHERE (action LIKE 'contact.%' OR action LIKE 'clients\\_%')
          AND CAST(substring(subject FROM '[(]([0-9]{1,18})[)]$') AS bigint) = ANY (CAST(:contact AS bigint[]))
        UNION SELECT id FROM people.audit WHERE action = 'address_chosen'
          AND CAST(substring(subject FROM '[(]([0-9]{1,18})[)]$') AS bigint) = ANY (CAST(:ask AS bigint[]))
        UNION SELECT id FROM people.audit WHERE action = 'ask.changed' AND subject ~ '^[0-9]{1,18}$'
          AND CAST(subject AS bigint) = ANY (CAST(:ask AS bigint[]))
        """,
    ),
    (
        Of.MENTION,
        """
        SELECT id FROM people.audit WHERE CAST(:said AS text) <> ''
          AND (lower(subject) ~ :said OR lower(data::text) ~ :said) AND id <> ALL (CAST(:audit AS bigint[]))
        """,
    ),
    (
        Of.VIEW,
        """
        SELECT id FROM listing.view WHERE CAST(:said AS text) <> ''
          AND lower(concat_ws(' ', name, conditions::text, search)) ~ :said
        """,
    ),
)
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
    for of, query in _SETS:
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
