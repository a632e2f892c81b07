"""A request may come in any of the encodings of PHP, with their traps."""

import httpx

from tests.factories.open_portals import Opened, Said

LEAD = {"TITLE": "a&b", "PHONE": [{"VALUE": "1", "VALUE_TYPE": "WORK"}]}


def only_lead(portal: Opened) -> Said:
    (entry,) = portal.judge.records()
    return entry.fields


def test_json(portal: Opened) -> None:
    assert portal.call("crm.lead.add", fields=LEAD)["result"] == 1
    assert only_lead(portal)["PHONE"] == [{"ID": "1", "VALUE_TYPE": "WORK", "VALUE": "1", "TYPE_ID": "PHONE"}]


def test_a_form(portal: Opened) -> None:
    form = {"fields[TITLE]": "a&b", "fields[PHONE][0][VALUE]": "1", "fields[PHONE][0][VALUE_TYPE]": "HOME"}

    assert portal.http.post("crm.lead.add.json", data=form).json()["result"] == 1
    assert (only_lead(portal)["TITLE"], only_lead(portal)["PHONE"][0]["VALUE_TYPE"]) == ("a&b", "HOME")


def test_multipart(portal: Opened) -> None:
    parts = {"fields[TITLE]": (None, "Ключ & a"), "fields[EMAIL][0][VALUE]": (None, "a@b.c")}

    assert portal.http.post("crm.lead.add/", files=parts).json()["result"] == 1
    assert (only_lead(portal)["TITLE"], only_lead(portal)["EMAIL"][0]["VALUE"]) == ("Ключ & a", "a@b.c")


def test_get_with_any_case_of_the_method(portal: Opened) -> None:
    answer = portal.http.get("CRM.Lead.Add?FIELDS[TITLE]=%D0%B0+b")

    assert answer.json()["result"] == 1
    assert only_lead(portal)["TITLE"] == "а b"


def test_a_raw_equals_sign_loses_the_filter(portal: Opened) -> None:
    for origin in ("x", "y"):
        portal.call("crm.lead.add", fields={"TITLE": origin, "ORIGIN_ID": origin})

    assert portal.http.get("crm.lead.list?filter[=ORIGIN_ID]=x").json()["total"] == 2
    assert portal.http.get("crm.lead.list?filter[%3DORIGIN_ID]=x").json()["total"] == 1
    found = portal.batch({"a": "crm.lead.list?filter[=ORIGIN_ID]=x", "b": "crm.lead.list?filter[%3DORIGIN_ID]=x"})
    assert found["result_total"] == {"a": 2, "b": 1}


def test_lists_in_a_query(portal: Opened) -> None:
    portal.call("crm.lead.add", fields=LEAD)

    for query in ("select[]=ID&select[]=TITLE", "select[0]=ID&select[1]=TITLE"):
        assert portal.http.get(f"crm.lead.list?{query}").json()["result"] == [{"ID": "1", "TITLE": "a&b"}]


def test_a_batch_in_a_form_is_encoded_twice(portal: Opened) -> None:
    body = "cmd%5Bk%5D=crm.lead.add%3Ffields%255BTITLE%255D%3Da%2526b"
    headers = {"content-type": "application/x-www-form-urlencoded"}

    answer = portal.http.post("batch", content=body, headers=headers)

    assert answer.json()["result"]["result"] == {"k": 1}
    assert only_lead(portal)["TITLE"] == "a&b"


def test_broken_json_is_refused(portal: Opened) -> None:
    answer = portal.http.post("crm.lead.add", content=b"{", headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_REQUEST")


def test_addresses(portal: Opened) -> None:
    address = portal.running.address

    assert httpx.post(f"{address}/rest/1/wrong/profile").json()["error"] == "INVALID_CREDENTIALS"
    assert httpx.post(f"{address}/rest/profile").json()["error"] == "NO_AUTH_FOUND"
    assert httpx.get(f"{address}/else").headers["content-type"].startswith("text/html")
