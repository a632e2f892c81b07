"""What every system of record must do, whatever it is: one class over all adapters (see caseline.crm.port)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.embedded.adapter import EmbeddedCrm
from caseline.crm.memory import MemoryCrm
from caseline.crm.port import Crm, Definitions, Incoming, Outcome, Withdrawn
from caseline.db.engine import open_engine
from tests.factories import portals

FIELDS = {"name": sa.Text, "email": sa.Text, "company_id": sa.BigInteger}


class Offer(Protocol):
    """Offers contacts to a CRM and answers what became of each."""

    crm: Crm

    def __call__(self, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False) -> list[Outcome]: ...


class ToMemory:
    def __init__(self) -> None:
        self.crm: Crm = MemoryCrm()

    def __call__(self, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False) -> list[Outcome]:
        return self.crm.write("contact", "shop", records, overwrite=overwrite)


class ToEmbedded:
    def __init__(self, engine: sa.Engine, *, trusted: bool | None = None) -> None:
        self.engine = engine
        self.crm: Crm = EmbeddedCrm(engine, trusted=trusted)

    def __call__(self, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False) -> list[Outcome]:
        with self.engine.begin() as connection:
            rows = [dict(record) for record in records]
            for row in rows:
                if row["crm_id"] is None:
                    row["crm_id"] = connection.execute(sa.select(self.crm.mint("contact"))).scalar_one()
            query = self.query(rows)
            changed = sum(not row["is_new"] for row in rows)
            taken = self.crm.take_in(
                connection, Incoming("contact", "shop", query, tuple(FIELDS), len(rows), changed, overwrite)
            )
            refused = {refusal.ref: refusal for refusal in taken.refused}
            versions = dict(taken.versions)
            assert not taken.known
        return [
            Outcome(row["ref"], None, code=refused[row["ref"]].code)
            if row["ref"] in refused
            else Outcome(row["ref"], row["crm_id"], versions.get(row["ref"], 1))
            for row in rows
        ]

    def query(self, rows: Sequence[Mapping[str, Any]]) -> sa.Select[Any]:
        columns: dict[str, Any] = {
            "ref": sa.BigInteger,
            "crm_id": sa.BigInteger,
            "is_new": sa.Boolean,
            "version": sa.BigInteger,
            "origin": sa.Text,
            **FIELDS,
            "extra": JSONB,
        }
        table = sa.values(*(sa.column(name, kind) for name, kind in columns.items()), name="offered").data(
            [tuple(row[name] for name in columns) for row in rows]
        )
        return sa.select(*(sa.cast(table.c[name], kind).label(name) for name, kind in columns.items()))


class ToPortal:
    def __init__(self, engine: sa.Engine, address: str) -> None:
        self.engine = engine
        self.crm: Crm = portals.crm(engine, address)
        with engine.begin() as connection:
            self.crm.prepare(connection, Definitions("shop", fields=[("contact", "Level", "list", "Level")]))

    def __call__(self, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False) -> list[Outcome]:
        return self.crm.write("contact", "shop", records, overwrite=overwrite)


@pytest.fixture(params=["memory", "embedded", "embedded row by row", "bitrix24"])
def offer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Offer]:
    if request.param == "memory":
        yield ToMemory()
        return
    engine = open_engine(request.getfixturevalue("database_url"))
    if request.param == "bitrix24":
        with portals.sandbox(tmp_path, "--no-limit") as portal:
            yield ToPortal(engine, portal.url)
        return
    yield ToEmbedded(engine, trusted=False if "row by row" in request.param else None)


def contact(ref: int, origin: str, **fields: object) -> dict[str, Any]:
    new: dict[str, Any] = {
        "ref": ref,
        "crm_id": None,
        "is_new": True,
        "version": None,
        "origin": origin,
        "name": "Anna",
        "email": None,
        "company_id": None,
        "extra": {},
    }
    return {**new, **fields}


def again(outcome: Outcome, origin: str, **fields: object) -> dict[str, Any]:
    return contact(outcome.ref, origin, crm_id=outcome.crm_id, is_new=False, version=outcome.version, **fields)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_reference_to_what_was_deleted_costs_its_own_record(database_url: str, *, trusted: bool) -> None:
    """Over a network references are the CRM's own affair; here the register answers them as a set."""
    offer = ToEmbedded(open_engine(database_url), trusted=trusted)

    with_and_without = offer([contact(1, "c1", company_id=404), contact(2, "c2")])

    assert [(outcome.crm_id is None, outcome.code) for outcome in with_and_without] == [(True, "REFUSED"), (False, "")]
    assert [read["origin"] for read in offer.crm.read("contact", "shop")] == ["c2"]


def test_no_trigger_waits_for_insertions_into_the_register(database_url: str) -> None:
    """Imports silence ordinary triggers while they insert: what one of them did would not happen."""
    query = """
        SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname IN ('crm', 'people') AND NOT tgisinternal AND tgtype & 4 > 0 AND tgenabled = 'O'
    """
    with open_engine(database_url).connect() as connection:
        assert list(connection.execute(sa.text(query)).scalars()) == []


def test_a_reference_that_is_deleted_at_the_same_moment_is_held(database_url: str) -> None:
    """What `hold` has locked cannot be deleted before the records that point at it are there."""
    engine = open_engine(database_url)
    offer = ToEmbedded(engine, trusted=True)
    with engine.begin() as connection:
        company = connection.execute(
            sa.text("INSERT INTO crm.company (name, created_at, modified_at) VALUES ('K', now(), now()) RETURNING id")
        ).scalar_one()
    with engine.begin() as connection:
        crm_id = connection.execute(sa.select(offer.crm.mint("contact"))).scalar_one()
        rows = offer.query([{**contact(1, "c1", company_id=company), "crm_id": crm_id}])
        taken = offer.crm.take_in(connection, Incoming("contact", "shop", rows, tuple(FIELDS), 1))
        with engine.begin() as other:
            other.execute(sa.text("SET LOCAL lock_timeout = '200ms'"))
            with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
                other.execute(sa.text("DELETE FROM crm.company"))
            other.rollback()

    assert taken.created == 1
    with engine.begin() as connection, pytest.raises(sa.exc.IntegrityError, match="fk_contact_company_id"):
        connection.execute(sa.text("DELETE FROM crm.company"))


class TestCrm:
    def test_a_created_record_reads_back_under_its_origin(self, offer: Offer) -> None:
        offer([contact(1, "c1", name="Анна", extra={"Level": "gold"})])

        (read,) = offer.crm.read("contact", "shop", ["c1"])

        assert (read["origin"], read["name"], read["extra"]) == ("c1", "Анна", {"Level": "gold"})

    def test_origins_are_case_sensitive(self, offer: Offer) -> None:
        offer([contact(1, "00x14c"), contact(2, "00x14C")])

        assert {known.origin for known in offer.crm.look_up("contact", "shop", ["00x14c", "00x14C"])} == {
            "00x14c",
            "00x14C",
        }

    def test_looking_up_finds_id_and_version_and_nothing_else(self, offer: Offer) -> None:
        (made,) = offer([contact(1, "c1")])

        found = offer.crm.look_up("contact", "shop", ["c1", "c2"])

        assert [(known.origin, known.crm_id, known.version) for known in found] == [("c1", made.crm_id, 1)]

    def test_another_source_does_not_see_the_record(self, offer: Offer) -> None:
        offer([contact(1, "c1")])

        assert offer.crm.look_up("contact", "other", ["c1"]) == []

    def test_a_changed_record_is_updated_and_its_version_rises(self, offer: Offer) -> None:
        (made,) = offer([contact(1, "c1", name="Old")])

        (changed,) = offer([again(made, "c1", name="New")])

        assert (changed.crm_id, changed.version) == (made.crm_id, 2)
        assert [read["name"] for read in offer.crm.read("contact", "shop", ["c1"])] == ["New"]

    def test_a_record_edited_since_is_refused_and_kept(self, offer: Offer) -> None:
        (made,) = offer([contact(1, "c1", name="Old")])
        offer([again(made, "c1", name="Edited by somebody")])

        (refused,) = offer([again(made, "c1", name="From the file")])

        assert (refused.crm_id, refused.code) == (None, "EDITED_SINCE")
        assert [read["name"] for read in offer.crm.read("contact", "shop", ["c1"])] == ["Edited by somebody"]

    def test_overwriting_wins_over_an_edit(self, offer: Offer) -> None:
        (made,) = offer([contact(1, "c1", name="Old")])
        offer([again(made, "c1", name="Edited by somebody")])

        (written,) = offer([again(made, "c1", name="From the file")], overwrite=True)

        assert (written.crm_id, written.version) == (made.crm_id, 3)

    def test_only_the_version_that_was_left_there_is_deleted(self, offer: Offer) -> None:
        first, second = offer([contact(1, "c1"), contact(2, "c2")])
        offer([again(second, "c2", name="Edited by somebody")])
        assert first.crm_id is not None
        assert second.crm_id is not None

        pairs = [(first.crm_id, 1), (second.crm_id, 1)]
        edited, gone = offer.crm.edited("contact", pairs), offer.crm.delete("contact", pairs)

        assert edited == [second.crm_id]
        assert offer.crm.edited("contact", pairs) == [second.crm_id]
        assert gone == [first.crm_id]
        assert [read["origin"] for read in offer.crm.read("contact", "shop")] == ["c2"]

    def test_what_was_answered_is_not_withdrawn(self, offer: Offer) -> None:
        (made,) = offer([contact(1, "c1")])

        assert offer.crm.withdraw("contact", "shop", ["c1", "c2"]) == Withdrawn()
        assert [one.crm_id for one in offer.crm.look_up("contact", "shop", ["c1"])] == [made.crm_id]

    def test_records_are_counted_by_source(self, offer: Offer) -> None:
        offer([contact(1, "c1"), contact(2, "c2")])

        assert offer.crm.count()["contact"] == {"shop": 2}

    def test_preparing_twice_changes_nothing(self, offer: Offer, database_url: str) -> None:
        definitions = Definitions(
            "shop",
            stages=[("new", "New", False)],
            fields=[("contact", "Level", "list", "Level")],
            presets=[("All", {"stage": ["new"]}, None)],
        )
        engine = open_engine(database_url) if isinstance(offer, ToMemory) else offer.engine  # type: ignore[attr-defined]

        with engine.begin() as connection:
            offer.crm.prepare(connection, definitions)
            offer.crm.prepare(connection, definitions)

        assert offer.crm.look_up("contact", "shop", ["c1"]) == []
