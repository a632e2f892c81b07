"""Answers of clients: each that the page has thanked for is kept with its values, at its ask, and counts."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from soak.checker.finding import Finding, Kind
from soak.checker.inputs import Fact, Inputs
from soak.checker.look import Tables


def check(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """All of them."""
    query = """SELECT a.public_id, n.submission, n.document, a.state FROM feedback.ask a
               LEFT JOIN feedback.answer n ON n.ask_id = a.id"""
    found: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for public_id, submission, document, _state in tables.rows(query):
        found[public_id] += [(submission, document)] if submission else []
    acknowledged: dict[str, list[Fact]] = defaultdict(list)
    tried: dict[str, set[str]] = defaultdict(set)
    for fact in inputs.of("answer"):
        acknowledged[fact["ask"]].append(fact)
    for fact in inputs.of("answer?"):
        tried[fact["ask"]].add(fact["submission"])
    for ask, facts in acknowledged.items():
        yield from _kept(ask, facts, found[ask])
    for ask, rows in found.items():
        for submission, _document in rows:
            if submission not in tried[ask]:
                yield Finding(Kind.DOUBLED, f"ask {ask}", f"has the answer {submission}, which nobody has given")
    yield from _counts(acknowledged, tried, tables)
    yield from _asked(inputs, tables)


def _kept(ask: str, facts: list[Fact], rows: list[tuple[str, Any]]) -> Iterator[Finding]:
    for fact in facts:
        documents = [document for submission, document in rows if submission == fact["submission"]]
        name = f"ask {ask}, answer {fact['submission']}"
        if len(documents) != 1:
            yield Finding(Kind.DOUBLED if documents else Kind.LOST, name, f"is kept {len(documents)} times")
            continue
        have = (str(documents[0].get("rating")), documents[0].get("comment"))
        if have != (str(fact["rating"]), fact["comment"]):
            yield Finding(Kind.SWAPPED, name, f"was {fact['rating']}, {fact['comment']!r}, and {have} is kept")


def _counts(acknowledged: dict[str, list[Fact]], tried: dict[str, set[str]], tables: Tables) -> Iterator[Finding]:
    """The last answer of each is the rating that counts."""
    query = """SELECT a.public_id, r.value FROM feedback.rating r JOIN feedback.ask a ON a.id = r.ask_id
               WHERE r.question = 'rating' AND superseded_at IS NULL ORDER BY r.at"""
    ratings = dict(tables.rows(query))
    for ask, facts in acknowledged.items():
        if ask not in ratings:
            yield Finding(Kind.LOST, f"ask {ask}", "it was answered, and no rating of it counts")
        elif ratings[ask] != facts[-1]["rating"] and tried[ask] == {fact["submission"] for fact in facts}:
            yield Finding(
                Kind.SWAPPED, f"ask {ask}", f"its rating is {ratings[ask]}, and {facts[-1]['rating']} was given"
            )


def _asked(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """Whoever has a request that the agent has closed for good is asked about it, and nobody twice.

    One that was opened again may have been asked about, or not: that depends on who came first. An ask that was
    cancelled before it was sent has asked nobody; when the request is closed again, another one is made.
    """
    query = """SELECT subject_id, count(*) FROM feedback.ask a JOIN feedback.campaign c ON c.id = a.campaign_id
               WHERE c.code = %s AND subject = 'request' AND NOT (a.state = 'cancelled' AND a.sent_at IS NULL)
               GROUP BY 1"""
    asked = dict(tables.rows(query, inputs.house["campaign"]))
    own = {fact["id"] for fact in inputs.of("opened")}
    last = {fact["id"]: fact for fact in inputs.of("move?", "move") if fact["id"] in own}
    closed = {number for number, fact in last.items() if fact["kind"] == "move" and fact["stage"] == "closed"}
    for number in closed - asked.keys():
        yield Finding(Kind.LOST, f"request {number}", "it was closed, and nobody is asked about it")
    for number, count in asked.items():
        if count > 1:
            yield Finding(Kind.DOUBLED, f"request {number}", f"{count} asks are about it")
