"""Two workers at one batch, whatever stands still and wakes in whatever order: each record is in the portal once."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.crm.bitrix24 import book
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.book import Intent
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.port import Taken, TryLater
from tests.factories import portals
from tests.factories.portal_records import contacts, edit
from tests.factories.portals import Sandbox


def test_a_worker_that_wakes_before_it_notes_what_it_sends_brings_nothing(
    engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was asked what there is before the other brought it, and would send after."""
    other, intend = portals.crm(engine, sandbox.url, ceiling=0.1), book.intend
    woken: list[bool] = []

    def late(connection: sa.Connection, key: tuple[str, str], intents: Sequence[Intent], token: uuid.UUID) -> int:
        if not woken:
            woken.append(True)
            other.write("contact", "shop", contacts("c1", "c2"))
        return intend(connection, key, intents, token)

    monkeypatch.setattr(book, "intend", late)
    with pytest.raises(TryLater):
        crm.write("contact", "shop", contacts("c1", "c2"))

    assert sandbox.judge.number("contact") == 2
    again = crm.write("contact", "shop", contacts("c1", "c2"))
    assert [one.code for one in again] == ["", ""]
    assert sandbox.judge.number("contact") == 2
    with engine.connect() as connection:
        assert book.doubtful(connection, "contact", "shop", ["c1", "c2"]) == []


def test_while_somebody_looks_what_an_attempt_has_brought_the_attempt_sends_nothing(
    engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm
) -> None:
    older = uuid.uuid4()
    with engine.begin() as connection:
        book.intend(connection, ("contact", "shop"), _intents("c1"), older)
    renewed = []

    def meanwhile(_seconds: float) -> None:
        with engine.begin() as connection:
            renewed.append(book.renew(connection, ("contact", "shop"), ["c1"], older, now=datetime.now(UTC)))

    object.__setattr__(crm.portal.options, "sleep", meanwhile)
    crm.write("contact", "shop", contacts("c1"))

    assert renewed
    assert not any(renewed)
    assert sandbox.judge.number("contact") == 1


def test_nothing_is_believed_absent_before_the_portal_must_have_ended_the_lost_request(
    engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm
) -> None:
    """Somebody died ten seconds ago; what he had sent arrives at the last moment."""
    waited: list[float] = []
    with engine.begin() as connection:
        sent = Intent("c1", None, b"", datetime.now(UTC) - timedelta(seconds=10))
        book.intend(connection, ("contact", "shop"), [sent], uuid.uuid4())

    def sleep(seconds: float) -> None:
        if seconds > 1:
            waited.append(seconds)
            fields = {"name": "Anna", "originatorId": "shop", "originId": "c1"}
            crm.portal.read("crm.item.add", {"entityTypeId": 3, "fields": fields})

    patient = portals.crm(engine, sandbox.url, ceiling=60, sleep=sleep)
    (made,) = patient.write("contact", "shop", contacts("c1"))

    assert [round(seconds, -1) for seconds in waited] == [50]
    assert [one.id for one in sandbox.judge.records("contact")] == [made.crm_id]


def test_what_another_attempt_has_noted_is_not_sent_before_it_was_looked_up(engine: sa.Engine) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    key, now = ("contact", "shop"), datetime.now(UTC)
    with engine.begin() as connection:
        assert book.intend(connection, key, _intents("c1"), first) == 1
        assert book.intend(connection, key, _intents("c1", "c2"), second) == 1
        assert [one.origin for one in book.seize(connection, key, ["c1"], second)] == ["c1"]
        assert book.renew(connection, key, ["c1"], first, now=now) == 0
        assert book.renew(connection, key, ["c1", "c2"], second, now=now) == 2


def _intents(*origins: str) -> list[Intent]:
    return [Intent(origin, None, b"", datetime.now(UTC)) for origin in origins]


def _died(crm: Bitrix24Crm, records: Sequence[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch) -> int:
    """The id of a contact that reached the portal before the register heard of it."""

    def dead(*_words: object, **_more: object) -> Taken:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(Mirror, "foresee", lambda *_words, **_more: Taken(0, 0))
        patch.setattr(Mirror, "take_in", dead)
        with pytest.raises(ConnectionError):
            crm.write("contact", "shop", records)
    (known,) = crm.look_up("contact", "shop", [str(records[0]["origin"])])
    return known.crm_id


def test_a_record_that_somebody_edited_before_the_register_heard_of_it_is_not_written_over(
    sandbox: Sandbox, crm: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = contacts("c1", created_at="2024-01-02T03:04:05+00:00")
    number = _died(crm, dated, monkeypatch)
    edit(crm, "contact", number, {"name": "Edited"})

    (again,) = crm.write("contact", "shop", [{**dated[0], "crm_id": number, "version": 1}])

    assert (again.code, again.crm_id) == ("", number)
    assert [one.fields["NAME"] for one in sandbox.judge.records("contact")] == ["Edited"]


def test_a_record_that_was_sent_with_other_content_before_the_register_heard_of_it_is_levelled(
    sandbox: Sandbox, crm: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file was corrected between two attempts."""
    dated = contacts("c1", created_at="2024-01-02T03:04:05+00:00")
    number = _died(crm, dated, monkeypatch)

    (again,) = crm.write("contact", "shop", [{**dated[0], "name": "Corrected"}])

    assert (again.code, again.crm_id) == ("", number)
    assert [one.fields["NAME"] for one in sandbox.judge.records("contact")] == ["Corrected"]


def test_a_record_that_somebody_edited_after_we_died_is_not_written_over(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    """It reached portal and register, and its row did not hear of it: the row comes again as a new one."""
    (made,) = crm.write("contact", "shop", contacts("c1"))
    edit(crm, "contact", made.crm_id, {"name": "Edited"})

    (again,) = crm.write("contact", "shop", contacts("c1"))

    assert again.code == "EDITED_SINCE"
    assert [one.fields["NAME"] for one in sandbox.judge.records("contact")] == ["Edited"]


def test_what_the_register_refuses_at_the_last_moment_is_found_again_in_the_portal(
    sandbox: Sandbox, crm: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its company was deleted while it was on its way."""
    (company,) = crm.write("company", "shop", contacts("k1"))
    foresee = Mirror.foresee

    def early(
        mirror: Mirror, entity: str, source: str, records: Sequence[Mapping[str, object]], *, overwrite: bool
    ) -> Taken:
        said = foresee(mirror, entity, source, records, overwrite=overwrite)
        if company.crm_id is not None:
            crm.delete("company", [(company.crm_id, 1)])
        return said

    monkeypatch.setattr(Mirror, "foresee", early)
    (refused,) = crm.write("contact", "shop", contacts("c1", company_id=company.crm_id))
    (found,) = crm.write("contact", "shop", contacts("c1", company_id=None))

    assert (refused.code, found.code) == ("REFUSED", "")
    assert sandbox.judge.number("contact") == 1
