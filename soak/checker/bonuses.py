"""Bonuses: one for each answer, every line belongs to a credit, and what is left is what the lines leave."""

from collections import defaultdict
from collections.abc import Iterator

from soak.checker.finding import Finding, Kind
from soak.checker.inputs import Inputs
from soak.checker.look import Tables

_LINES = (
    "SELECT id, contact_id, kind, amount, credit_id, ask_id, record_id, remaining FROM feedback.bonus_line ORDER BY id"
)


def check(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """The whole ledger."""
    lines = tables.rows(_LINES)
    credits_ = {line[0]: line for line in lines if line[2] == "credit"}
    left = {number: line[3] for number, line in credits_.items()}
    balances: dict[int, int] = defaultdict(int)
    for number, contact, kind, amount, credit, *_ in lines:
        balances[contact] += amount
        if kind == "credit":
            continue
        if credit not in credits_ or credits_[credit][1] != contact:
            yield Finding(
                Kind.LEDGER, f"bonus line {number}", f"it belongs to credit {credit}, which is not its contact's"
            )
            continue
        left[credit] += amount
    for number, line in credits_.items():
        if left[number] != line[7]:
            yield Finding(Kind.LEDGER, f"credit {number}", f"its lines leave {left[number]}, and it says {line[7]}")
    for contact, balance in balances.items():
        rest = sum(line[7] for line in credits_.values() if line[1] == contact)
        if balance != rest:
            yield Finding(Kind.LEDGER, f"contact {contact}", f"the lines add up to {balance}, the credits hold {rest}")
    yield from _given(inputs, tables)
    yield from _prices(inputs, tables)


def _given(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """One bonus for each ask that was answered, of the amount that was promised."""
    query = """SELECT a.public_id, a.contact_id, array_agg(b.amount) FILTER (WHERE b.id IS NOT NULL)
               FROM feedback.ask a LEFT JOIN feedback.bonus_line b ON b.ask_id = a.id AND b.kind = 'credit'
               GROUP BY 1, 2"""
    given = {row[0]: row[1:] for row in tables.rows(query)}
    answered = {fact["ask"] for fact in inputs.of("answer")}
    for ask in answered:
        contact, amounts = given.get(ask, (None, None))
        if contact is not None and amounts != [inputs.house["bonus"]]:
            yield Finding(Kind.LEDGER, f"ask {ask}", f"it was answered, and the bonuses {amounts or []} were given")
    tried = {fact["ask"] for fact in inputs.of("answer?")}
    for ask, (_contact, amounts) in given.items():
        if amounts and ask not in tried:
            yield Finding(Kind.LEDGER, f"ask {ask}", "a bonus was given for it, and nobody has answered")


def _prices(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """A price is what it was, less what was taken from it."""
    query = """SELECT r.id, (r.extra ->> 'price')::numeric,
                      (SELECT coalesce(sum(amount), 0) FROM feedback.bonus_line b
                       WHERE b.record_id = r.id AND kind IN ('apply', 'reverse'))
               FROM crm.record r WHERE source IS NULL"""
    found = {number: (price, taken) for number, price, taken in tables.rows(query)}
    for fact in inputs.of("opened"):
        if fact["price"] and fact["id"] in found:
            price, taken = found[fact["id"]]
            if price != fact["price"] + taken:
                text = f"its price was {fact['price']}, the ledger took {-taken}, and it is {price}"
                yield Finding(Kind.LEDGER, f"request {fact['id']}", text)
