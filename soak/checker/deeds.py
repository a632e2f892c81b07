"""What the agent did by the API: requests that she opened and what she wrote are there once, each in its place."""

from collections import defaultdict
from collections.abc import Iterator

from soak.checker.finding import Finding, Kind
from soak.checker.inputs import Inputs
from soak.checker.look import Tables


def check(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """All of it."""
    yield from _opened(inputs, tables)
    yield from _written(inputs, tables)
    yield from _nothing_else(inputs, tables)


def _opened(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    query = "SELECT subject, id, contact_id, category FROM crm.record WHERE source IS NULL AND kind = 'request'"
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for subject, *rest in tables.rows(query):
        found[subject].append((rest[0], rest[1], rest[2]))
    for fact in inputs.of("opened"):
        name, rows = f"request {fact['token']}", found[fact["token"]]
        if len(rows) != 1:
            yield Finding(Kind.DOUBLED if rows else Kind.LOST, name, f"is there {len(rows)} times")
        elif rows[0][1:] != (fact["contact"], fact["category"]) or fact["id"] not in {None, rows[0][0]}:
            yield Finding(Kind.SWAPPED, name, f"is {rows[0]}, not {(fact['id'], fact['contact'], fact['category'])}")


def _written(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    query = "SELECT kind, record_id, text FROM crm.message WHERE kind IN ('comment', 'mail_out') AND source IS NULL"
    messages = tables.rows(query)
    for fact in inputs.of("comments", "replies"):
        kind = "comment" if fact["kind"] == "comments" else "mail_out"
        homes = [record for one, record, text in messages if one == kind and f"{fact['token']}." in (text or "")]
        if len(homes) != 1:
            yield Finding(Kind.DOUBLED if homes else Kind.LOST, fact["token"], f"stands in {len(homes)} messages")
        elif homes[0] != fact["id"]:
            yield Finding(Kind.SWAPPED, fact["token"], f"stands on request {homes[0]}, not {fact['id']}")


def _nothing_else(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """Every request that no import has brought was opened by the agent or by a mail."""
    known = {fact["token"] for fact in inputs.of("opened?")} | {fact["subject"] for fact in inputs.of("mail?")}
    made_up = {str(mail.message["Message-ID"]).strip("<>") for mail in inputs.arrived if mail.message["X-Made-Up"]}
    query = """SELECT r.id, r.subject,
                      (SELECT min(mail_id) FROM crm.message m WHERE m.record_id = r.id AND kind = 'mail_in')
               FROM crm.record r WHERE source IS NULL AND kind = 'request'"""
    for number, subject, mail_id in tables.rows(query):
        if subject not in known and (mail_id or "").strip("<>") not in made_up:
            yield Finding(Kind.DOUBLED, f"request {number}", f"nobody has asked for it: {subject}")
