"""A portal that has our records already, though this database knows nothing of them: a trial before, or a restored backup."""

from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
import sqlalchemy as sa

from caseline.crm.bitrix24 import writing
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.db.engine import open_engine
from tests.factories import portals
from tests.factories.portal_records import DEFINITIONS, again, contacts, message, request
from tests.factories.portals import Sandbox

LATER = datetime(2100, 1, 1, tzinfo=UTC)
TABLES = "crm.message, crm.record, crm.contact, crm.company, portal.intent, portal.choice, portal.bond"


@pytest.fixture
def elsewhere(engine: sa.Engine, database_url: str, sandbox: Sandbox, crm: Bitrix24Crm) -> Bitrix24Crm:
    """The adapter over a database that has forgotten what the first one brought."""
    crm.write("contact", "shop", contacts("c1", "c2", name="Trial"))
    (lead,) = crm.write("request", "shop", [request()])
    assert lead.crm_id is not None
    crm.write("message", "shop", [message(lead.crm_id)])
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {TABLES} CASCADE")
    made = portals.crm(open_engine(database_url), sandbox.url, ceiling=0.1)
    with engine.begin() as connection:
        made.prepare(connection, DEFINITIONS)
    return made


def test_what_the_portal_has_under_our_origins_becomes_ours(sandbox: Sandbox, elsewhere: Bitrix24Crm) -> None:
    outcomes = elsewhere.write("contact", "shop", contacts("c1", "c2", "c3", name="Anna"))

    found = {one.origin: (one.id, one.fields["NAME"]) for one in sandbox.judge.records("contact")}
    assert found == {f"c{one.ref}": (one.crm_id, "Anna") for one in outcomes}
    assert sandbox.judge.doubles("contact") == {}
    assert elsewhere.count()["contact"] == {"shop": 3}


def test_what_becomes_ours_keeps_the_dates_that_it_got_when_it_was_brought(
    sandbox: Sandbox, elsewhere: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {one.id: one.fields["UF_CRM_CL_CREATED_AT"] for one in sandbox.judge.records("contact")}
    monkeypatch.setattr(writing, "datetime", SimpleNamespace(now=lambda _zone: LATER))

    elsewhere.write("contact", "shop", contacts("c1", "c2"))

    assert {one.id: one.fields["UF_CRM_CL_CREATED_AT"] for one in sandbox.judge.records("contact")} == before
    assert all(one["created_at"] == one["modified_at"] < LATER for one in elsewhere.read("contact", "shop"))


def test_what_a_sync_has_met_keeps_them_too_and_the_others_of_the_batch_theirs(
    engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = contacts("c1", "c2")
    _one, other = crm.write("contact", "shop", records)
    before = list(crm.read("contact", "shop"))
    with engine.begin() as connection:
        forget = "UPDATE crm.contact SET source = NULL, origin = NULL, created_at = now() WHERE origin = 'c1'"
        connection.execute(sa.text(forget))
    again_there = portals.crm(engine, sandbox.url, ceiling=0.1)
    monkeypatch.setattr(writing, "datetime", SimpleNamespace(now=lambda _zone: LATER))

    outcomes = again_there.write("contact", "shop", [records[0], again(other, records[1], name="Boris")])

    assert [one.code for one in outcomes] == ["", ""]
    now = list(crm.read("contact", "shop"))
    assert [(one["origin"], one["name"]) for one in now] == [("c1", "Anna"), ("c2", "Boris")]
    assert [one["created_at"] for one in now] == [
        before[0]["created_at"].replace(microsecond=0),
        before[1]["created_at"],
    ]


def test_messages_of_a_lead_that_became_ours_are_not_said_twice(sandbox: Sandbox, elsewhere: Bitrix24Crm) -> None:
    (lead,) = elsewhere.write("request", "shop", [request()])
    assert lead.crm_id is not None
    both = [message(lead.crm_id), message(lead.crm_id, "m2", ref=2)]

    outcomes = elsewhere.write("message", "shop", both)

    assert [one.id for one in sandbox.judge.records("comment")] == [one.crm_id for one in outcomes]


def test_a_record_whose_key_is_too_long_for_the_portal_is_refused_alone(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    """The portal would cut the key, and the record could never be found by it."""
    long, short = crm.write("contact", "shop", contacts("c" * 256, "c" * 255))

    assert (long.code, short.code) == ("REFUSED", "")
    assert "256 signs" in long.text
    assert sandbox.judge.number("contact") == 1
