"""Checks with SQL of its own that every mail came, once; shares no code with the house."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection

import psycopg


def complaints(url: str, expected: Collection[bytes], maybe: Collection[bytes] = ()) -> list[str]:
    """What is wrong, a line each. `expected`: mails that must be there once; `maybe`: mails that may be, once."""
    must, may = _by_hash(expected), _by_hash(maybe)
    with psycopg.connect(url) as database:
        raws = database.execute(
            "SELECT r.id, encode(r.sha256, 'hex'), r.size, string_agg(p.content, ''::bytea ORDER BY p.n)"
            " FROM mail.raw r LEFT JOIN mail.piece p ON p.raw_id = r.id GROUP BY r.id"
        ).fetchall()
        mails = database.execute(
            "SELECT r.id, count(m.id), min(m.state), count(c.id), min(c.subject), count(DISTINCT c.id)"
            " FROM mail.raw r LEFT JOIN mail.mail m ON m.raw_id = r.id"
            " LEFT JOIN crm.record c ON c.id = m.record_id GROUP BY r.id"
        ).fetchall()
        homeless = database.execute(
            "SELECT count(*) FROM mail.raw r WHERE NOT EXISTS (SELECT FROM mail.arrival a WHERE a.raw_id = r.id)"
        ).fetchone()
        places = database.execute(
            "SELECT mailbox, folder, uidvalidity, uid FROM mail.arrival GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
        ).fetchall()
        subjects = Counter(row[0] for row in database.execute("SELECT subject FROM crm.record"))
    found: dict[int, bytes] = {number: content or b"" for number, _hash, _size, content in raws}
    wrong = [f"raw {n} is damaged" for n, sha, size, content in raws if _damaged(sha, size, content or b"")]
    wrong += [f"raw {number} is no mail of ours" for number, sha, *_ in raws if sha not in {*must, *may}]
    wrong += [f"lost: {_subject(must[sha])}" for sha in set(must) - {row[1] for row in raws}]
    for number, count, state, joined, subject, records in mails:
        if (count, state, joined, records) != (1, "done", 1, 1) or subject != _subject(found[number]):
            wrong.append(f"raw {number}: {count} mails, {state}, {records} requests, {subject}")
    wrong += [f"{count} requests of {subject}" for subject, count in subjects.items() if count > 1]
    if sum(subjects.values()) != len(raws):
        wrong.append(f"{sum(subjects.values())} requests of {len(raws)} mails")
    wrong += [f"arrived twice: {place}" for place in places]
    wrong += [f"{homeless[0]} mails that arrived nowhere"] if homeless and homeless[0] else []
    return wrong


def _by_hash(mails: Collection[bytes]) -> dict[str, bytes]:
    return {hashlib.sha256(content).hexdigest(): content for content in mails}


def _damaged(sha: str, size: int, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() != sha or len(content) != size


def _subject(content: bytes) -> str:
    found = re.search(rb"Subject: ([^\r\n]*)", content)
    return found[1].decode() if found else ""
