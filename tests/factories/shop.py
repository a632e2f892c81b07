"""A small export whose records go into a portal, and what has to become of each; shares no code with the import."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psycopg

from caseline.portal_sandbox.judge import Judge

SOURCE = "shop"
MAPPING = """
version: 1
source: shop
title: Shop
stages: [{code: new, label: New}, {code: done, label: Done, closed: true}]
parts:
  contact:
    files: [contacts.csv]
    key: id
    fields: {name: name, email: email}
  request:
    files: [requests.csv]
    key: id
    fields:
      subject: subject
      description: text
      stage: {column: status, values: {open: new, done: done}}
      contact: {column: contact, to: contact}
      created_at: created
  message:
    files: [messages.csv]
    key: id
    fields:
      record: {column: request, to: request}
      kind: {value: comment}
      text: text
      sent_at: sent
"""
TEXT = "Цена & срок = 100% [срочно] 🙂 <b>"
"""What a careless encoding loses."""
REFERENCE = "$result[c0]"
"""What a batch takes for the answer of another command; such records go alone."""


@dataclass(frozen=True)
class Shop:
    """An export in a folder."""

    folder: Path
    requests: int
    bad: frozenset[str]
    """Keys of contacts that the portal refuses."""
    messages: int

    @property
    def orphans(self) -> set[str]:
        """Requests whose contact is refused."""
        return {f"r{n}" for n in range(self.requests) if f"k{n % self.contacts}" in self.bad}

    @property
    def contacts(self) -> int:
        """Number of contacts."""
        return max(1, self.requests // 3)


def text_of(number: int) -> str:
    """The text of a request."""
    return f"{REFERENCE if number % 401 == 0 else TEXT}\nline {number}"


def write(folder: Path, requests: int, *, bad: int = 0, messages: int = 0) -> Shop:
    """Contacts, requests (with texts of every sign) and messages; every `bad`th contact has a damaged address."""
    folder.mkdir(parents=True, exist_ok=True)
    shop = Shop(folder, requests, frozenset(), messages)
    wrong = frozenset(f"k{n}" for n in range(shop.contacts) if bad and n % bad == bad - 1)
    addresses = (f"broken address {n}" if f"k{n}" in wrong else f"k{n}@example.org" for n in range(shop.contacts))
    contacts = "".join(f"k{n},Contact {n},{address}\n" for n, address in enumerate(addresses))
    lines = (
        f'r{n},"Subject {n}","{text_of(n)}",{"open" if n % 3 else "done"},k{n % shop.contacts},2024-01-02 03:04:05\n'
        for n in range(requests)
    )
    said = (f'm{n},r{n % max(1, requests)},"{TEXT} {n}",2024-01-03 03:04:05\n' for n in range(messages))
    (folder / "contacts.csv").write_text("id,name,email\n" + contacts, encoding="utf-8")
    (folder / "requests.csv").write_text("id,subject,text,status,contact,created\n" + "".join(lines), encoding="utf-8")
    (folder / "messages.csv").write_text("id,request,text,sent\n" + "".join(said), encoding="utf-8")
    return Shop(folder, requests, wrong, messages)


def complaints(shop: Shop, judge: Judge, url: str) -> list[str]:
    """What is wrong after an import: in the portal's own store, and in the statuses of the rows."""
    found: list[str] = []
    wanted = {
        "contact": {f"k{n}" for n in range(shop.contacts)} - shop.bad,
        "lead": {f"r{n}" for n in range(shop.requests)} - shop.orphans,
    }
    ids: dict[str, dict[str, int]] = {}
    for kind, keys in wanted.items():
        entries = judge.records(kind, SOURCE)
        number = Counter(entry.origin for entry in entries)
        found += [f"{kind} {key} is there {number[key]} times" for key in sorted(keys) if number[key] != 1]
        found += [f"{kind} {key} is strange" for key in number.keys() - keys]
        ids[kind] = {entry.origin: entry.id for entry in entries}
        if kind == "lead":
            texts = {entry.origin: entry.fields.get("UF_CRM_CL_DESCRIPTION") for entry in entries}
            found += [
                f"{key}: text {texts[key]!r}" for key in keys & texts.keys() if texts[key] != text_of(int(key[1:]))
            ]
    said = Counter(
        str(entry.fields["COMMENT"]).rsplit("[caseline shop ", 1)[-1].rstrip("]\n ")
        for entry in judge.records("comment")
    )
    letters = {f"m{n}" for n in range(shop.messages) if f"r{n % max(1, shop.requests)}" not in shop.orphans}
    found += [f"message {key} is there {said[key]} times" for key in sorted(letters) if said[key] != 1]
    found += [f"message {key} is strange" for key in said.keys() - letters]
    return found + _statuses(shop, ids, url)


def _statuses(shop: Shop, ids: dict[str, dict[str, int]], url: str) -> list[str]:
    query = "SELECT p.name, r.key, r.status, r.crm_id FROM staging.row r JOIN staging.part p ON p.id = r.part_id"
    found = []
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
        intents = connection.execute("SELECT count(*) FROM portal.intent").fetchone()
    for part, key, status, crm_id in rows:
        fails = key in shop.bad if part == "contact" else key in shop.orphans
        if part == "message":
            fails = f"r{int(key[1:]) % max(1, shop.requests)}" in shop.orphans
        if status != ("FAILED" if fails else "SUCCESS"):
            found.append(f"{part} {key} is {status}")
        kind = {"contact": "contact", "request": "lead"}.get(part)
        if kind and not fails and ids[kind].get(key) != crm_id:
            found.append(f"{part} {key} is {ids[kind].get(key)} in the portal and {crm_id} in staging")
    expected = shop.contacts + shop.requests + shop.messages
    if len(rows) != expected:
        found.append(f"{len(rows)} rows of {expected}")
    if intents and intents[0]:
        found.append(f"{intents[0]} intents are left")
    return found
