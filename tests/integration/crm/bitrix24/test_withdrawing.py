"""What was sent and never heard of again is taken back, and nothing else."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.crm.bitrix24 import book
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.book import Intent
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.port import Known, TryLater, Withdrawn
from caseline.portal_sandbox.faults import AFTER, BEFORE, INSIDE
from tests.factories import portals
from tests.factories.in_step import in_step
from tests.factories.in_step import request as a_request
from tests.factories.portal_records import contacts, message, request
from tests.factories.portals import Sandbox, nod


class Killed(BaseException):
    """The process ends here."""


def die_after_sending(crm: Bitrix24Crm, entity: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Write, and die before the register knows of it."""

    def die(*_words: object, **_more: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Mirror, "take_in", die)
        patched.setattr(Mirror, "foresee", lambda *_words, **_more: type("Fine", (), {"refused": ()}))
        with pytest.raises(Killed):
            crm.write(entity, "shop", records)


def doubtful(engine: sa.Engine, entity: str, *origins: str) -> list[str]:
    with engine.connect() as connection:
        return [one.origin for one in book.doubtful(connection, entity, "shop", origins)]


def test_what_was_sent_and_not_kept_goes_with_its_intents(
    engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm
) -> None:
    crm.write("contact", "shop", contacts("c1"))
    die_after_sending(crm, "contact", contacts("c2", "c3"))
    assert sandbox.judge.number("contact") == 3

    assert crm.withdraw("contact", "shop", ["c1", "c2", "c3", "c4"]) == Withdrawn(2)

    assert [one.origin for one in sandbox.judge.records("contact")] == ["c1"]
    assert doubtful(engine, "contact", "c1", "c2", "c3") == []
    assert crm.withdraw("contact", "shop", ["c1", "c2", "c3", "c4"]) == Withdrawn()


def test_comments_go_too(engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    (lead,) = crm.write("request", "shop", [request()])
    assert lead.crm_id is not None
    crm.write("message", "shop", [message(lead.crm_id)])
    die_after_sending(crm, "message", [message(lead.crm_id, "m2")])

    assert crm.withdraw("message", "shop", ["m1", "m2"]) == Withdrawn(1)

    assert ["m1]" in str(one.fields["COMMENT"]) for one in sandbox.judge.records("comment")] == [True]
    assert doubtful(engine, "message", "m2") == []


def test_what_others_have_brought_under_our_origins_stays(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    theirs = {"originatorId": "shop", "originId": "c1", "name": "Theirs"}
    crm.portal.read("crm.item.add", {"entityTypeId": 3, "fields": theirs})

    assert crm.withdraw("contact", "shop", ["c1"]) == Withdrawn()
    assert sandbox.judge.number("contact") == 1


def test_one_that_is_there_twice_goes_twice(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    die_after_sending(crm, "contact", contacts("c1"))
    crm.portal.read(
        "crm.item.add", {"entityTypeId": 3, "fields": {"originatorId": "shop", "originId": "c1", "name": "Anna"}}
    )

    assert crm.withdraw("contact", "shop", ["c1"]) == Withdrawn(2)
    assert sandbox.judge.number("contact") == 0


def test_what_somebody_has_edited_stays_and_the_next_import_takes_it_up(database_url: str, tmp_path: Path) -> None:
    with in_step(database_url, tmp_path, sleep=nod) as step:
        crm = step.house.crm
        assert isinstance(crm, Bitrix24Crm)
        die_after_sending(crm, "request", [a_request(1, "r1"), a_request(2, "r2")])
        ids = {one.origin: one.id for one in step.judge.records("lead")}
        step.clock.set("2026-06-08 11:00")
        step.change(ids["r1"], title="Edited")

        assert crm.withdraw("request", "shop", ["r1", "r2"]) == Withdrawn(1, (Known("r1", ids["r1"], 1),))

        assert [one.id for one in step.judge.records("lead")] == [ids["r1"]]
        step.imported(["r1", "r2"])
        assert step.judge.doubles() == {}
        assert step.judge.number() == 2


def test_an_attempt_that_hangs_sends_nothing_after_its_records_were_withdrawn(
    engine: sa.Engine, crm: Bitrix24Crm
) -> None:
    older, now = uuid.uuid4(), datetime.now(UTC)
    with engine.begin() as connection:
        book.intend(connection, ("contact", "shop"), [Intent("c1", None, b"", now)], older)

    assert crm.withdraw("contact", "shop", ["c1"]) == Withdrawn()

    with engine.begin() as connection:
        assert book.renew(connection, ("contact", "shop"), ["c1"], older, now=now) == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_portal_that_loses_answers_loses_nothing_else(database_url: str, tmp_path: Path, seed: int) -> None:
    names = [f"r{n}" for n in range(120)]
    with in_step(database_url, tmp_path) as quiet:
        crm = quiet.house.crm
        assert isinstance(crm, Bitrix24Crm)
        quiet.imported(["kept"])
        die_after_sending(crm, "request", [a_request(n, one) for n, one in enumerate(names)])
        assert quiet.judge.number() == 121
    port = int(quiet.portal.address.rpartition(":")[2])
    faults = {name: 0.04 for name in (*BEFORE, *AFTER, *INSIDE) if not name.startswith("timeout")}
    with in_step(database_url, tmp_path, bound=False, sleep=nod, port=port, faults=faults, seed=seed) as step:
        for _ in range(5):
            with suppress(TryLater):
                assert step.house.crm.withdraw("request", "shop", names).stay == ()
                break

        assert [one.origin for one in step.judge.records("lead")] == ["kept"]
        assert step.query("SELECT count(*) FROM portal.intent") == [(0,)]


def test_nobody_is_waited_for_when_nothing_is_open(engine: sa.Engine, sandbox: Sandbox) -> None:
    crm = portals.crm(engine, sandbox.url, ceiling=1e9)

    assert crm.withdraw("contact", "shop", ["c1"]) == Withdrawn()
