"""Every type of field has a place in the portal, and comes back from there as it was brought."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.port import Definitions
from caseline.crm.vocabulary import Type
from tests.factories.portal_records import again, contacts
from tests.factories.portals import Sandbox

HELD: dict[Type, Any] = {
    Type.TEXT: "Цена & 100% [срочно] 🙂\nновая строка",
    Type.INTEGER: 42,
    Type.NUMBER: 2.5,
    Type.MONEY: 12.75,
    Type.BOOLEAN: True,
    Type.DATE: "2024-02-29",
    Type.DATETIME: datetime(2024, 2, 29, 12, 30, tzinfo=UTC).isoformat(),
    Type.LIST: "gold",
    Type.MULTI_LIST: ["red", "blue"],
}
KINDS = {
    Type.TEXT: "string",
    Type.INTEGER: "integer",
    Type.NUMBER: "double",
    Type.MONEY: "double",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.DATETIME: "datetime",
    Type.LIST: "enumeration",
    Type.MULTI_LIST: "enumeration",
}


def test_fields_of_all_types_are_made_written_and_read_back(
    engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm
) -> None:
    # Files of fields are attached at the desk; no import brings any.
    assert HELD.keys() == set(Type) - {Type.REFERENCE, Type.FILE}
    fields = [("contact", f"F{n}", kind, f"Field {n}") for n, kind in enumerate(HELD)]
    with engine.begin() as connection:
        crm.prepare(connection, Definitions("shop", fields=fields))
    extra = {f"F{n}": value for n, value in enumerate(HELD.values())}
    (record,) = contacts("c1", extra=extra)

    (made,) = crm.write("contact", "shop", [record])

    assert made.code == ""
    made_there = {one.fields["FIELD_NAME"]: one.fields["USER_TYPE_ID"] for one in sandbox.judge.records("userfield")}
    assert {f"UF_CRM_CLX_F{n}": KINDS[kind] for n, kind in enumerate(HELD)}.items() <= made_there.items()
    (read,) = crm.read("contact", "shop")
    assert read["extra"] == extra
    assert crm.edited("contact", [(made.crm_id or 0, made.version)]) == []
    cleared = again(made, record, extra=dict.fromkeys(extra))
    (changed,) = crm.write("contact", "shop", [cleared])
    assert changed.code == ""
    (read,) = crm.read("contact", "shop")
    assert read["extra"] == {}
