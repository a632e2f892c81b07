"""Mails that came in: each that the post office has taken is kept as it is, once, and stands where it belongs."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from soak.checker.finding import Finding, Kind
from soak.checker.inputs import Fact, Inputs, bare
from soak.checker.look import Tables


def check(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """All of them."""
    yield from _kept(inputs, tables)
    yield from _taken_in(inputs, tables)


def _kept(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """The bytes of every mail of our mailbox, once, whole; and none of anything else."""
    want = {hashlib.sha256(mail.raw).digest(): mail for mail in inputs.arrived}
    pieces: dict[int, bytes] = {}
    for number, content in tables.rows("SELECT raw_id, content FROM mail.piece ORDER BY raw_id, n"):
        pieces[number] = pieces.get(number, b"") + bytes(content)
    have = Counter(hashlib.sha256(content).digest() for content in pieces.values())
    for digest, mail in want.items():
        if have[digest] != 1:
            kind = Kind.DOUBLED if have[digest] else Kind.LOST
            yield Finding(kind, f"mail {mail.id}", f"its bytes are kept {have[digest]} times")
    for digest in have.keys() - want.keys():
        yield Finding(Kind.SWAPPED, f"raw mail {digest.hex()[:16]}", "it has bytes that the mailbox does not have")


def _taken_in(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """A message for each mail, with its text, on the request of its conversation."""
    acknowledged, tried = inputs.of("mail"), {fact["id"] for fact in inputs.of("mail?")}
    query = """SELECT m.message_id, m.state, m.record_id, t.text, t.record_id, m.error, t.id IS NOT NULL
               FROM mail.mail m LEFT JOIN crm.message t ON t.id = m.message_ref"""
    found: dict[str, list[tuple[object, ...]]] = {}
    for message_id, *rest in tables.rows(query):
        found.setdefault(bare(message_id or ""), []).append(tuple(rest))
    homes = _conversations(tables)
    for fact in acknowledged:
        name, rows = f"mail {bare(fact['id'])}", found.get(bare(fact["id"]), [])
        done = [row for row in rows if row[0] == "done"]
        if len(done) != 1:
            states = [row[0] for row in rows]
            yield Finding(Kind.DOUBLED if len(done) > 1 else Kind.LOST, name, f"taken in {len(done)} times: {states}")
            continue
        yield from _in_its_place(name, fact, done[0], homes)
    for message_id in {bare(one) for one in tried}:
        rows = found.get(message_id, [])
        if sum(row[0] == "done" for row in rows) > 1:
            yield Finding(Kind.DOUBLED, f"mail {message_id}", "taken in twice")
    yield from _messages(acknowledged, tables)


def _in_its_place(name: str, fact: Fact, row: tuple[object, ...], homes: dict[str, int]) -> Iterator[Finding]:
    _state, record, text, message_record, _error, there = row
    if not there or record != message_record:
        yield Finding(Kind.LOST, name, f"no message of request {record} is its own")
    elif fact["token"] not in str(text):
        yield Finding(Kind.SWAPPED, name, f"the message of request {record} says something else")
    elif fact.get("answers") and homes.get(bare(fact["answers"])) != record:
        home = homes.get(bare(fact["answers"]))
        yield Finding(Kind.SWAPPED, name, f"it answers a letter of request {home} and lies in {record}")


def _conversations(tables: Tables) -> dict[str, int]:
    """The request that each letter belongs to, by Message-ID."""
    return {bare(one): record for one, record in tables.rows("SELECT message_id, record_id FROM outbox.letter")}


def _messages(acknowledged: list[Fact], tables: Tables) -> Iterator[Finding]:
    """One message for each mail, and one request for each mail that began a conversation."""
    query = "SELECT mail_id, count(*) FROM crm.message WHERE kind = 'mail_in' AND source IS NULL GROUP BY 1"
    messages = {bare(one or ""): count for one, count in tables.rows(query)}
    query = "SELECT subject, count(*) FROM crm.record WHERE source IS NULL AND kind = 'request' GROUP BY 1"
    subjects = dict(tables.rows(query))
    for fact in acknowledged:
        name = f"mail {bare(fact['id'])}"
        if (count := messages.get(bare(fact["id"]), 0)) != 1:
            yield Finding(Kind.DOUBLED if count else Kind.LOST, name, f"there are {count} messages of it")
        if not fact.get("answers") and (count := subjects.get(fact["subject"], 0)) != 1:
            yield Finding(Kind.DOUBLED if count else Kind.LOST, name, f"there are {count} requests of it")
