"""`batch` answers in the shapes of PHP, runs its commands one after the other and keeps what it did."""

import pytest

from tests.factories.open_portals import Opened

ADD = "crm.lead.add?fields[TITLE]=a%26b"


def test_the_documented_answer(portal: Opened) -> None:
    for _ in range(60):
        portal.call("crm.lead.add", fields={"TITLE": "x"})

    body = portal.call("batch", halt=0, cmd={"k1": ADD, "k2": "crm.lead.get?ID=$result[k1]", "k3": "crm.lead.list"})

    result = body["result"]
    assert (result["result"]["k1"], result["result"]["k2"]["ID"], result["result"]["k2"]["TITLE"]) == (61, "61", "a&b")
    assert result["result_error"] == []
    assert (result["result_total"], result["result_next"]) == ({"k3": 61}, {"k3": 50})
    times = {"start", "finish", "duration", "processing", "date_start", "date_finish"}
    assert set(result["result_time"]["k1"]) == times | {"operating_reset_at", "operating"}
    assert isinstance(result["result_time"]["k1"]["operating_reset_at"], int)
    assert set(body["time"]) == times


def test_counted_keys_make_a_list_as_long_as_all_goes_well(portal: Opened) -> None:
    assert portal.batch({"0": ADD, "1": ADD})["result"] == [1, 2]
    assert portal.batch([ADD, ADD])["result"] == [3, 4]

    found = portal.batch(["crm.lead.get?id=99", ADD])
    assert found["result"] == {"1": 5}
    assert found["result_error"] == [{"error": "", "error_description": "Not found"}]


@pytest.mark.parametrize("commands", [{}, [], None, -1, "x"])
def test_nothing_is_an_empty_list(portal: Opened, commands: object) -> None:
    found = portal.batch(commands)

    assert set(map(str, found.values())) == {"[]"}


def test_more_than_fifty_commands_end_one_by_one(portal: Opened) -> None:
    found = portal.batch({f"k{at}": ADD for at in range(52)})

    assert len(found["result"]) == 50
    assert {key: error["error"] for key, error in found["result_error"].items()} == {
        "k50": "ERROR_BATCH_LENGTH_EXCEEDED",
        "k51": "ERROR_BATCH_LENGTH_EXCEEDED",
    }
    assert portal.judge.number() == 50


def test_a_batch_in_a_batch_is_refused(portal: Opened) -> None:
    found = portal.batch({"k": "batch?cmd[a]=profile"})

    assert found["result_error"]["k"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"


def test_halt_leaves_the_rest_in_neither_map(portal: Opened) -> None:
    found = portal.batch({"a": ADD, "b": "nonsense", "c": ADD}, halt=1)

    assert found["result"] == {"a": 1}
    assert list(found["result_error"]) == ["b"]
    assert portal.judge.number() == 1


def test_references_reach_into_answers(portal: Opened) -> None:
    commands = {
        "new": "crm.contact.add?fields[NAME]=A",
        "all": "crm.contact.list",
        "lead": "crm.lead.add?fields[TITLE]=x&fields[CONTACT_ID]=$result[all][0][ID]",
        "one": "crm.contact.get?id=%24result%5Bnew%5D",
    }

    found = portal.batch(commands)

    assert found["result"]["one"]["ID"] == "1"
    assert portal.judge.records()[0].fields["CONTACT_ID"] == "1"


def test_a_text_that_begins_like_a_reference_is_lost(portal: Opened) -> None:
    portal.batch({"a": "crm.lead.add?fields[TITLE]=x&fields[COMMENTS]=%24result%5Bb%5D%20was%20empty"})
    portal.batch({"a": "crm.lead.add?fields[TITLE]=x&fields[COMMENTS]=%20%24result%5Bb%5D%20was%20empty"})

    first, second = portal.judge.records()
    assert first.fields.get("COMMENTS") == ""
    assert second.fields["COMMENTS"] == " $result[b] was empty"


def test_a_thousand_records_in_one_request(portal: Opened) -> None:
    items = "&".join(f"data[{at}][title]=T{at}" for at in range(20))

    found = portal.batch({f"k{at}": f"crm.item.batchImport?entityTypeId=1&{items}" for at in range(50)})

    assert portal.judge.number() == 1000
    assert found["result"]["k49"]["items"][19] == {"item": {"id": 1000}}
    assert portal.judge.counters()["requests"] == 1


@pytest.mark.parametrize("value", ["None", "True"])
def test_words_of_other_languages_are_words(portal: Opened, value: str) -> None:
    portal.batch({"a": f"crm.lead.add?fields[TITLE]={value}"})

    assert portal.judge.records()[0].fields["TITLE"] == value
