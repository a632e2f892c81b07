"""A register that mails come into: companies and contacts, a dictionary, and as many stored ids as one wants."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import psycopg
import sqlalchemy as sa

from benchmarks.keywords import archive
from benchmarks.mail_in.post import BEGIN, CLIENTS, OWN
from benchmarks.server import Server
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db.engine import open_engine
from caseline.mail import arrival_store, raw_store
from caseline.mail.arrival_store import Place
from caseline.settings import Settings

_REQUESTS: Final = 5_000
_COMPANIES: Final = """
INSERT INTO crm.company (name, website, created_at, modified_at)
SELECT 'Company ' || n, 'https://www.company' || n || '.example', now(), now()
FROM generate_series(0, %(clients)s / 10 - 1) AS n
"""
_CONTACTS: Final = """
INSERT INTO crm.contact (name, email, company_id, created_at, modified_at)
SELECT 'Client ' || n, 'client' || n || '@company' || n / 10 || '.example', company.id, now(), now()
FROM generate_series(0, %(clients)s - 1, 2) AS n JOIN crm.company AS company ON company.name = 'Company ' || n / 10
"""
_OWNERS: Final = """
UPDATE crm.record AS r SET contact_id = c.id, company_id = c.company_id
FROM (SELECT id, company_id, row_number() OVER (ORDER BY id) AS n FROM crm.contact) AS c
WHERE c.n = 1 + r.id %% (%(clients)s / 2)
"""
_MESSAGES: Final = """
INSERT INTO crm.message (record_id, kind, sent_at, sender, recipients, mail_id, text, created_at, modified_at)
SELECT first.id + n %% first.number, 'mail_in', %(at)s - n * interval '1 minute',
  'client' || n %% %(clients)s || '@c.example', 'support@desk.example',
  'old.' || n || '.' || md5(n::text) || '@company.example', 'Text', %(at)s, %(at)s
FROM generate_series(1, %(count)s) AS n, (SELECT min(id) AS id, count(*) AS number FROM crm.record) AS first
"""
_MORE: Final = "VACUUM ANALYZE crm.message, crm.record, crm.contact, crm.company"


def house(server: Server, url: str) -> House:
    """The product on a database."""
    engine = open_engine(url)
    return House(Settings(home=server.home, mail_address=OWN), url, engine, connect("embedded", engine))


def fill(house: House, url: str, phrases: int) -> None:
    """Put in requests, companies, contacts, categories and a dictionary."""
    archive.fill(house, url, _REQUESTS, phrases)
    with psycopg.connect(url) as connection:
        for statement in (_COMPANIES, _CONTACTS, _OWNERS):
            connection.execute(statement.encode(), {"clients": CLIENTS})


def keep_ids(url: str, count: int) -> None:
    """Let so many messages with ids stand in the timelines of those requests; `fill` comes first."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_MESSAGES.encode(), {"count": count, "at": BEGIN, "clients": CLIENTS})
        connection.execute(_MORE.encode())


def receive(house: House, post: Sequence[bytes]) -> None:
    """Store mails raw, as fetching them does, a hundred in a transaction."""
    place = Place("support", "INBOX", 1)
    for start in range(0, len(post), 100):
        with house.engine.begin() as connection:
            for uid, raw in enumerate(post[start : start + 100], start + 1):
                at = BEGIN + timedelta(seconds=uid // 100)
                raw_id, _ = raw_store.keep(connection, hashlib.sha256(raw).digest(), len(raw), [raw], now=at)
                arrival_store.keep(connection, place, uid, raw_id, date=at, now=at)
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE mail.raw, mail.piece, mail.arrival, mail.mail"))
