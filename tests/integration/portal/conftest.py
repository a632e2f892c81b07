"""The command on a portal: a sandbox of the test's own, a home and a database of the test's own."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.factories import portals
from tests.factories.portals import Sandbox
from tests.integration.cli.conftest import Answer, Command, Query, caseline, query

__all__ = ["Answer", "Command", "Query", "Start", "caseline", "query"]

Start = Callable[..., AbstractContextManager[Sandbox]]
MAPPING = """
version: 1
source: shop
title: Shop
stages:
  - {code: new, label: New}
  - {code: waiting, label: Waiting}
  - {code: done, label: Done, closed: true}
parts:
  company:
    files: [companies.csv]
    key: id
    fields: {name: name, created_at: created}
    extra:
      size: {column: size, type: list, values: {S: small, L: large}, label: Size}
      since: {column: since, type: date, label: Client since}
  contact:
    files: [contacts.csv]
    key: id
    fields: {name: name, email: email, company: {column: company, to: company}, created_at: created}
    keep: [note]
  request:
    files: [requests.csv]
    key: id
    fields:
      subject: subject
      description: text
      stage: {column: status, values: {open: new, waits: waiting, done: done}}
      priority: {column: priority, values: {H: High, L: Low}}
      channel: {column: channel, values: {phone: phone, telegram: telegram}}
      company: {column: company, to: company}
      contact: {column: contact, to: contact}
      created_at: created
  comment:
    entity: message
    files: [comments.csv]
    optional: true
    key: id
    fields: {record: {column: request, to: request}, kind: {value: comment}, text: text, sent_at: created}
"""
CREATED = "2024-03-01 10:00:00"


def call(portal: Sandbox, method: str, **params: object) -> Any:  # noqa: ANN401 - JSON
    """What the portal answers to somebody else."""
    answer = httpx.post(portal.url + method, json=params, trust_env=False)
    return answer.json().get("result") if "json" in answer.headers.get("content-type", "") else None


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts a sandbox, and makes the command talk to it."""

    @contextmanager
    def started(*words: str, **settings: str) -> Iterator[Sandbox]:
        with portals.sandbox(tmp_path, "--ceiling", "2", *words) as found:
            usual = {"CRM": "bitrix24", "BITRIX24_URL": found.url, "BITRIX24_CEILING": "2"}
            fast = {"BITRIX24_RATE": "1000", "BITRIX24_BURST": "10000", "BITRIX24_OPERATING": "1000000"}
            for name, value in {**usual, **fast, **settings}.items():
                monkeypatch.setenv(f"CASELINE_{name}", value)
            with suppress(httpx.HTTPError, ValueError):  # a fault may take the answer
                call(found, "profile")  # its store is written with the first request
            yield found

    return started


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """A mapping with lists, stages and channels."""
    file = tmp_path / "shop.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    return file


def write(file: Path, *rows: dict[str, str]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def request(number: int, **changes: str) -> dict[str, str]:
    """A good request of company 1 and contact 1."""
    return {
        "id": f"r{number}",
        "subject": f"Request {number}",
        "text": "Договор",
        "status": "open",
        "priority": "H",
        "channel": "phone",
        "company": "c1",
        "contact": "p1",
        "created": CREATED,
    } | changes


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """One company, two contacts, five requests, two comments."""
    return write_export(tmp_path / "export", *(request(n) for n in range(1, 6)))


def write_export(folder: Path, *requests: dict[str, str], **contact: str) -> Path:
    folder.mkdir(exist_ok=True)
    company = {"id": "c1", "name": "Ромашка", "size": "S", "since": "2020-02-03", "created": CREATED}
    anna = {"id": "p1", "name": "Анна Борина", "email": "anna@example.com", "company": "c1", "note": "VIP"}
    write(folder / "companies.csv", company)
    write(
        folder / "contacts.csv",
        anna | {"created": CREATED} | contact,
        {**anna, "id": "p2", "name": "Пётр", "email": "p@example.com", "created": CREATED},
    )
    write(folder / "requests.csv", *requests)
    comment = {"request": "r1", "text": "Позвонил", "created": CREATED}
    write(folder / "comments.csv", {"id": "m1", **comment}, {"id": "m2", **comment})
    return folder


def fields_of(found: Sandbox, kind: str) -> dict[str, Any]:
    """User fields of a kind by name."""
    return {
        entry.fields["FIELD_NAME"]: entry.fields
        for entry in found.judge.records("userfield")
        if entry.fields["KIND"] == kind
    }


def facts(found: Sandbox) -> dict[str, Any]:
    """What the portal keeps beside records: arrangements of cards among them."""
    with closing(sqlite3.connect(f"file:{found.judge._store}?mode=ro", uri=True)) as file:
        return {name: json.loads(value) for name, value in file.execute("SELECT name, value FROM fact")}
