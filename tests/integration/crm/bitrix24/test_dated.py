"""Original dates as the portal's own: exact where they rise, as old as the portal allows where not, and never refused."""

import dataclasses
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.crm.bitrix24 import book
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.dated import Dated
from caseline.crm.bitrix24.delivery import Parcel, Post
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.items import Items, Names
from caseline.crm.connect import Webhook
from caseline.crm.connect import portal as portal_behind
from caseline.crm.port import Outcome, TryLater
from staging import mapping_file, register, survey, work
from staging.register import Options
from tests.factories import portals
from tests.factories.portal_records import DEFINITIONS, contacts, edit, request
from tests.factories.portals import Sandbox

FIRST = datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)
MAPPING = """
version: 1
source: shop
title: Shop
parts:
  contact:
    files: ["*.csv"]
    key: id
    fields: {name: name, created_at: created}
"""


@pytest.fixture
def dated(engine: sa.Engine, sandbox: Sandbox) -> Bitrix24Crm:
    """The adapter that gives original dates, ready for an import."""
    return ready(engine, sandbox.url)


def ready(engine: sa.Engine, url: str, **options: Any) -> Bitrix24Crm:  # noqa: ANN401 - as `portals.crm` takes
    made = portals.crm(engine, url, ceiling=0.1, original=True, **options)
    with engine.begin() as connection:
        made.prepare(connection, DEFINITIONS)
    return made


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def made_on(*days: int) -> list[dict[str, Any]]:
    """New contacts that are called like their day."""
    made = contacts(*(f"c{number}" for number in days))
    return [{**one, "created_at": day(number).isoformat()} for one, number in zip(made, days, strict=True)]


def dates(sandbox: Sandbox, kind: str = "contact", field: str = "DATE_CREATE") -> dict[str, datetime]:
    """By origin, in the order in which the portal made the records."""
    return {one.origin: datetime.fromisoformat(one.fields[field]) for one in sandbox.judge.records(kind, "shop")}


def refused(outcomes: Sequence[Outcome]) -> list[str]:
    return [one.text for one in outcomes if one.crm_id is None]


def somebody_makes_a_contact(crm: Bitrix24Crm) -> None:
    crm.portal.read("crm.contact.add", {"fields": {"NAME": "Of today"}})


def test_sorted_records_have_their_dates(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    for piece in (range(25), range(25, 60)):
        assert refused(dated.write("contact", "shop", made_on(*piece))) == []

    assert dates(sandbox) == {f"c{number}": day(number) for number in range(60)}


def test_change_and_closing_have_their_dates_too(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    closed = request(
        stage="done",
        created_at=day(0).isoformat(),
        modified_at=day(3).isoformat(),
        closed_at=day(2).isoformat(),
    )

    dated.write("request", "shop", [closed])

    found = {name: dates(sandbox, "lead", name)["r1"] for name in ("DATE_CREATE", "MOVED_TIME", "DATE_MODIFY")}
    assert list(found.values()) == [day(0), day(2), day(3)]


def test_records_of_one_write_are_sent_in_the_order_of_their_dates(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    shuffled = [number * 37 % 60 for number in range(60)]

    outcomes = dated.write("contact", "shop", made_on(*shuffled))

    assert [one.crm_id for one in outcomes] == [number + 1 for number in shuffled]
    assert dates(sandbox) == {f"c{number}": day(number) for number in range(60)}


def test_what_comes_later_and_is_older_gets_the_date_of_the_newest(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    dated.write("contact", "shop", made_on(5, 7))

    assert refused(dated.write("contact", "shop", made_on(6, 1, 9))) == []

    assert dates(sandbox) == {"c5": day(5), "c7": day(7), "c1": day(7), "c6": day(7), "c9": day(9)}
    assert dates(sandbox, field="UF_CRM_CL_CREATED_AT") == {f"c{number}": day(number) for number in (5, 7, 1, 6, 9)}


def test_a_record_of_today_makes_all_as_young_and_refuses_none(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    somebody_makes_a_contact(dated)

    assert refused(dated.write("contact", "shop", made_on(3, 1, 2))) == []

    today = datetime.fromisoformat(sandbox.judge.records("contact")[0].fields["DATE_CREATE"])
    assert set(dates(sandbox).values()) == {today}
    assert dates(sandbox, field="UF_CRM_CL_CREATED_AT") == {f"c{number}": day(number) for number in (1, 2, 3)}


def test_kinds_of_records_do_not_hold_one_another_up(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    somebody_makes_a_contact(dated)

    dated.write("request", "shop", [request(created_at=day(1).isoformat())])

    assert dates(sandbox, "lead") == {"r1": day(1)}


def test_a_date_to_come_becomes_now(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    begun = datetime.now(UTC).replace(microsecond=0)

    assert refused(dated.write("contact", "shop", made_on(100_000))) == []

    assert begun <= dates(sandbox)["c100000"] <= datetime.now(UTC)


def test_a_text_that_goes_alone_is_not_overtaken_by_younger_records(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    records = made_on(*range(9))
    records[4]["name"] = "$result[c0]"

    dated.write("contact", "shop", records)

    assert dates(sandbox) == {f"c{number}": day(number) for number in range(9)}


def test_another_unfit_field_is_refused_though_the_portal_says_the_same_of_dates(
    engine: sa.Engine, dated: Bitrix24Crm, sandbox: Sandbox
) -> None:
    sent = [*parcels(1), Parcel("c2", {**parcels(2)[0].fields, "BIRTHDATE": "no day"}), *parcels(3)]

    told = dated.packing.deliver(Post(engine, dated.portal, ("contact", "shop")), sent)

    assert told.refused["c2"][0] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert dates(sandbox) == {f"c{number}": day(number) for number in (1, 3)}


def carrier(crm: Bitrix24Crm) -> Dated:
    return Dated(Items(crm.portal, "contact", "shop", Names({"UF_CRM_CL_CREATED_AT": "ufCrmClCreatedAt"})))


def parcels(*days: int) -> list[Parcel]:
    return [Parcel(f"c{n}", {"NAME": "Anna", "UF_CRM_CL_CREATED_AT": day(n).isoformat()}) for n in days]


def test_who_is_refused_because_others_made_records_meanwhile_goes_again(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    ours, sent = carrier(dated), parcels(1, 2)
    asked = ours.calls(sent)
    somebody_makes_a_contact(dated)

    told = ours.told(sent, dated.portal.send(asked))
    assert (told.made, told.refused, told.open) == ({}, {}, set())
    told = ours.told(sent, dated.portal.send(ours.calls(sent)))

    assert told.made.keys() == {"c1", "c2"}
    today = datetime.fromisoformat(sandbox.judge.records("contact")[0].fields["DATE_CREATE"])
    assert set(dates(sandbox).values()) == {today}


def test_where_the_newest_was_deleted_records_are_made_all_the_same(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    """The portal still compares with it, and names another one as the newest."""
    begun = datetime.now(UTC).replace(microsecond=0)
    dated.write("contact", "shop", made_on(9))
    dated.portal.read("crm.item.delete", {"entityTypeId": 3, "id": 1})

    assert refused(dated.write("contact", "shop", made_on(1, 2))) == []

    assert dates(sandbox).keys() == {"c1", "c2"}
    assert begun <= min(dates(sandbox).values()) <= datetime.now(UTC)


def test_an_edited_record_keeps_its_creation_date(dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    (made,) = dated.write("contact", "shop", made_on(1))

    edit(dated, "contact", made.crm_id, {"name": "Anna Maria"})

    assert dates(sandbox) == {"c1": day(1)}


def test_two_workers_at_once_are_refused_nothing(engine: sa.Engine, dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    other = ready(engine, sandbox.url)
    found: list[str] = []

    def bring(crm: Bitrix24Crm, numbers: range) -> None:
        for number in numbers:
            found.extend(refused(crm.write("contact", "shop", made_on(number, number + 100))))

    threads = [
        threading.Thread(target=bring, args=(crm, range(start, 20, 2))) for start, crm in enumerate((dated, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = list(dates(sandbox).values())
    assert found == []
    assert (len(made), made) == (40, sorted(made))
    # Nobody was refused in secret: what is refused is sent again without a date of ours, and so would be of today.
    assert max(made) == day(119)


@pytest.fixture
def losing(tmp_path: Path) -> Iterator[Sandbox]:
    """A portal that loses some answers after it has done everything."""
    with portals.sandbox(tmp_path, "--no-limit", "--faults", "reset_after=0.15", "--seed", "4") as found:
        yield found


def test_lost_answers_double_nothing_and_move_no_date(engine: sa.Engine, losing: Sandbox) -> None:
    crm = ready(engine, losing.url, size=3)
    for start in range(0, 60, 30):
        assert refused(crm.write("contact", "shop", made_on(*range(start, start + 30)))) == []

    assert losing.judge.faults()["reset_after"] > 0
    assert losing.judge.doubles("contact") == {}
    assert dates(losing) == {f"c{number}": day(number) for number in range(60)}


@pytest.mark.long
@pytest.mark.parametrize("seed", ["1", "2"])
def test_whatever_fault_befalls_it_nothing_is_refused_or_doubled(engine: sa.Engine, tmp_path: Path, seed: str) -> None:
    words = ("--no-limit", "--faults", "all=0.01", "--seed", seed, "--ceiling", "1")
    with portals.sandbox(tmp_path, *words) as sandbox:
        crm = portals.crm(engine, sandbox.url, ceiling=1, size=3, original=True)
        with engine.begin() as connection:
            crm.prepare(connection, DEFINITIONS)
        for start in range(0, 100, 50):
            assert refused(crm.write("contact", "shop", made_on(*range(start, start + 50)))) == []

        made = list(dates(sandbox).values())
        assert (len(made), made, sandbox.judge.doubles("contact")) == (100, sorted(made), {})


def test_who_waits_too_long_for_his_turn_gives_it_back(engine: sa.Engine, dated: Bitrix24Crm, sandbox: Sandbox) -> None:
    object.__setattr__(dated.portal.options, "patience", 0.2)
    with book.turn(engine, dated.portal.key, "contact", patience=1) as ours:
        assert ours
        with pytest.raises(TryLater, match="others"):
            dated.write("contact", "shop", made_on(1))
        dated.write("request", "shop", [request()])

    assert refused(dated.write("contact", "shop", made_on(1))) == []
    assert (sandbox.judge.number("contact"), sandbox.judge.number("lead")) == (1, 1)


def test_the_turn_of_a_dead_worker_is_over(engine: sa.Engine, database_url: str, dated: Bitrix24Crm) -> None:
    key = f"portal {dated.portal.key} contact"
    with closing(psycopg.connect(database_url, autocommit=True)) as dead:
        dead.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (key,))
        with book.turn(engine, dated.portal.key, "contact", patience=0.1) as ours:
            assert not ours

    with book.turn(engine, dated.portal.key, "contact", patience=0.1) as ours:
        assert ours


def test_several_workers_of_an_import_keep_the_order_of_a_sorted_export(
    engine: sa.Engine, sandbox: Sandbox, tmp_path: Path
) -> None:
    rows = "".join(f"c{number},Anna,{day(number):%Y-%m-%d %H:%M:%S}\n" for number in range(400))
    (tmp_path / "contacts.csv").write_text(f"id,name,created\n{rows}", encoding="utf-8")
    crm, mapping = portals.crm(engine, sandbox.url, original=True), mapping_file.parse(MAPPING, "shop.yaml")
    found = survey.look([tmp_path / "contacts.csv"], mapping).found
    with engine.begin() as connection:
        run_id, _ = register.prepare(connection, mapping, found, Options(), crm=crm, now=datetime.now(UTC))
        ids = register.part_ids(connection, mapping)
    job = work.Job(engine, crm, mapping, Options(), run_id, ids, found, workers=4)

    assert work.work(dataclasses.replace(job, block_size=1_500))

    assert dates(sandbox) == {f"c{number}": day(number) for number in range(400)}


@pytest.mark.parametrize(("imports", "remedy"), [(True, "administrator"), (False, "CASELINE_BITRIX24_WRITE=import")])
def test_where_no_date_can_be_set_an_import_does_not_begin(
    engine: sa.Engine, tmp_path: Path, *, imports: bool, remedy: str
) -> None:
    with portals.sandbox(tmp_path, "--no-limit", *(["--non-admin"] if imports else [])) as sandbox:
        crm = portal_behind(engine, Webhook(SecretStr(sandbox.url), imports=imports, original=True))

        with engine.begin() as connection, pytest.raises(PortalStopped, match=remedy):
            crm.prepare(connection, DEFINITIONS)


def test_who_is_no_administrator_any_more_stops_before_dates_are_left_out(engine: sa.Engine, tmp_path: Path) -> None:
    with portals.sandbox(tmp_path, "--no-limit") as sandbox:
        ready(engine, sandbox.url)
        code = sandbox.url.rstrip("/").rpartition("/")[2]
    with portals.sandbox(tmp_path, "--no-limit", "--non-admin") as sandbox:
        assert sandbox.url.rstrip("/").endswith(code)
        crm = portals.crm(engine, sandbox.url, ceiling=0.1, original=True)

        with pytest.raises(PortalStopped, match="administrator"):
            crm.write("contact", "shop", made_on(1))

        assert sandbox.judge.number("contact") == 0


def test_unless_somebody_says_so_the_portal_dates_records_itself(crm: Bitrix24Crm, sandbox: Sandbox) -> None:
    begun = datetime.now(UTC).replace(microsecond=0)

    crm.write("contact", "shop", made_on(1))

    assert begun <= dates(sandbox)["c1"] <= datetime.now(UTC)
    assert isinstance(crm.portal, Portal)
    assert not crm.in_order
