"""List items and sources that somebody deletes in the portal are made again by the next import; others stay."""

import sqlalchemy as sa

from caseline.crm.bitrix24.adapter import Bitrix24Crm
from tests.factories.portal_records import DEFINITIONS, contacts, request
from tests.factories.portals import Sandbox

LEVEL = "UF_CRM_CLX_LEVEL"


def test_a_deleted_list_item_comes_again(engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    crm.write("contact", "shop", contacts("c1", extra={"Level": "gold"}))
    (field,) = (one for one in sandbox.judge.records("userfield") if one.fields["FIELD_NAME"] == LEVEL)
    gone = [{"ID": item["ID"], "DEL": "Y"} for item in field.fields["LIST"]]
    crm.portal.read("crm.contact.userfield.update", {"id": field.id, "fields": {"LIST": gone}})

    with engine.begin() as connection:
        crm.prepare(connection, DEFINITIONS)
    crm.write("contact", "shop", contacts("c2", extra={"Level": "gold"}))

    assert [one["extra"].get("Level") for one in crm.read("contact", "shop", ["c2"])] == ["gold"]
    (field,) = (one for one in sandbox.judge.records("userfield") if one.fields["FIELD_NAME"] == LEVEL)
    made = {one.origin: one.fields.get(LEVEL) for one in sandbox.judge.records("contact")}
    assert made["c2"] == field.fields["LIST"][0]["ID"]


def test_a_new_list_item_takes_nothing_from_those_that_are_there(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    crm.write("contact", "shop", contacts("c1", extra={"Level": "gold"}))
    (field,) = (one for one in sandbox.judge.records("userfield") if one.fields["FIELD_NAME"] == LEVEL)
    (gold,) = field.fields["LIST"]
    arranged = gold | {"SORT": "7", "DEF": "Y"}
    own = {"VALUE": "Their own", "SORT": "8", "XML_ID": "theirs"}
    crm.portal.read("crm.contact.userfield.update", {"id": field.id, "fields": {"LIST": [arranged, own]}})
    (field,) = (one for one in sandbox.judge.records("userfield") if one.fields["FIELD_NAME"] == LEVEL)
    before = field.fields["LIST"]

    crm.write("contact", "shop", contacts("c2", extra={"Level": "silver"}))

    (field,) = (one for one in sandbox.judge.records("userfield") if one.fields["FIELD_NAME"] == LEVEL)
    assert field.fields["LIST"][:2] == before
    assert [item["VALUE"] for item in field.fields["LIST"]] == ["gold", "Their own", "silver"]


def test_a_deleted_source_comes_again(engine: sa.Engine, sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    crm.write("request", "shop", [request(channel="fax")])
    (source,) = (one for one in sandbox.judge.records("status") if one.fields.get("NAME") == "fax")
    crm.portal.read("crm.status.delete", {"id": source.id})

    with engine.begin() as connection:
        crm.prepare(connection, DEFINITIONS)
    crm.write("request", "shop", [request("r2", channel="fax")])

    assert [one.fields["NAME"] for one in sandbox.judge.records("status") if one.fields.get("NAME") == "fax"] == ["fax"]
