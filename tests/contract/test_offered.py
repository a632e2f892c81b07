"""What the handbook says that each CRM does (docs/crms.md), and what its adapter does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from caseline.crm.embedded.adapter import EmbeddedCrm
from caseline.crm.memory import MemoryCrm, RehearsalCrm
from caseline.crm.port import Crm, Definitions, Incoming, NotOffered
from caseline.db.engine import open_engine
from tests.factories import portals

PAGE: Final = Path(__file__).parents[2] / "docs" / "crms.md"
METHODS: Final = ("prepare", "mint", "take_in", "write", "look_up", "read", "edited", "delete", "withdraw", "count")
CALLS: Final[dict[str, Callable[[Crm, sa.Connection], object]]] = {
    "prepare": lambda crm, connection: crm.prepare(connection, Definitions("shop")),
    "mint": lambda crm, _connection: crm.mint("contact"),
    "take_in": lambda crm, connection: crm.take_in(connection, Incoming("contact", "shop", nothing(), ("name",), 0)),
    "write": lambda crm, _connection: crm.write("contact", "shop", []),
    "look_up": lambda crm, _connection: crm.look_up("contact", "shop", ["c1"]),
    "read": lambda crm, _connection: list(crm.read("contact", "shop")),
    "edited": lambda crm, _connection: crm.edited("contact", []),
    "delete": lambda crm, _connection: crm.delete("contact", []),
    "withdraw": lambda crm, _connection: crm.withdraw("contact", "shop", []),
    "count": lambda crm, _connection: crm.count(),
}


def nothing() -> sa.Select[Any]:
    columns = {"ref": sa.BigInteger, "crm_id": sa.BigInteger, "is_new": sa.Boolean, "version": sa.BigInteger}
    columns |= {"origin": sa.Text, "name": sa.Text, "extra": sa.JSON}
    made: list[sa.ColumnElement[Any]] = [sa.cast(sa.null(), kind).label(name) for name, kind in columns.items()]
    query: sa.Select[Any] = sa.select(*made)
    return query.where(sa.false())


def told() -> dict[tuple[str, str], str]:
    """(method, CRM) to the word of the table."""
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    head = lines[0]
    return {
        (line[0], crm): word
        for line in lines
        if line[0] in METHODS
        for crm, word in zip(head[1:], line[1:], strict=True)
    }


@pytest.fixture(params=["embedded", "bitrix24", "memory"])
def crm(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[tuple[str, Crm, sa.Engine]]:
    engine = open_engine(database_url)
    if request.param == "bitrix24":
        with portals.sandbox(tmp_path, "--no-limit") as portal:
            yield "bitrix24", portals.crm(engine, portal.url), engine
        return
    yield request.param, EmbeddedCrm(engine) if request.param == "embedded" else MemoryCrm(), engine


def test_the_table_knows_every_method_of_every_crm() -> None:
    assert told().keys() == {(method, crm) for method in METHODS for crm in ("embedded", "bitrix24", "memory")}


def test_every_refusal_of_the_table_has_its_reason() -> None:
    words = told().values()

    assert {word for word in words if word != "yes" and not word.startswith("no: ")} == set()


def test_what_the_table_says_is_what_the_adapter_does(crm: tuple[str, Crm, sa.Engine]) -> None:
    name, offered, engine = crm
    table = told()
    for method, call in CALLS.items():
        with engine.connect() as connection:
            if table[method, name] == "yes":
                call(offered, connection)
                connection.commit()
            else:
                with pytest.raises(NotOffered, match=r"does not offer .+: "):
                    call(offered, connection)


def test_a_rehearsal_takes_in_sets_only() -> None:
    with pytest.raises(NotOffered, match="use `take_in`"):
        RehearsalCrm().write("contact", "shop", [])


def test_a_login_that_may_not_leave_out_triggers_gives_no_other_ids(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection, pytest.raises(NotOffered, match="GRANT SET ON PARAMETER"):
        EmbeddedCrm(engine, trusted=False).renumber(connection, "contact", {})
