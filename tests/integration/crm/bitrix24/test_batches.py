"""How calls that write are put together: their order, the size of batches, and what must go alone."""

import pytest

from caseline.crm.bitrix24.answers import Done
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from tests.factories import portal_steps as script
from tests.factories.portal_clock import ADD, Bench, calls, executed, kinds
from tests.factories.portal_steps import Step
from tests.factories.scripted_portal import CODE


def test_all_goes_well_in_the_order_of_the_calls(table: Bench, portal: Portal) -> None:
    outcomes = portal.send(calls(25))

    assert list(outcomes) == [f"r{n}" for n in range(25)]
    assert outcomes == {f"r{n}": Done(n + 1) for n in range(25)}
    assert executed(table) == [str(n) for n in range(25)]
    assert table.server.batches()[0] == 10
    assert table.server.asked[0].path == f"/rest/7/{CODE}/batch"


def test_commands_past_the_portals_limit_are_sent_again(table: Bench, portal: Portal) -> None:
    late = {"error": "ERROR_BATCH_LENGTH_EXCEEDED", "error_description": "Max batch length exceeded"}
    maps = {"result": {"c0": 5}, "result_error": {"c1": late, "c2": late}}
    table.server.script.append(script.says(200, {"result": maps}))

    assert kinds(portal.send(calls(3))) == "ddd"
    assert executed(table) == ["1", "2"]


@pytest.mark.parametrize(
    "refusal", [script.html(413, executed=False), script.fault(400, "INVALID_REQUEST", "too long")], ids=["413", "400"]
)
def test_a_batch_that_is_refused_is_halved(table: Bench, portal: Portal, refusal: Step) -> None:
    table.server.script.extend([refusal, refusal])

    assert kinds(portal.send(calls(10))) == "d" * 10
    assert table.server.batches() == [10, 5, 2, 4, 4]


def test_a_call_that_a_query_cannot_carry_goes_alone_and_nothing_of_its_method_overtakes_it(
    table: Bench, portal: Portal
) -> None:
    sent = calls(5)
    sent["r2"] = Call(ADD, {"fields": {"TITLE": "Заявка 2", "COMMENTS": "$result[r0]", "UF": None, "OK": True}})

    assert kinds(portal.send(sent)) == "ddddd"
    assert executed(table) == ["0", "1", "2", "3", "4"]
    assert table.server.batches() == [2, 0, 2]
    assert table.server.executed[2][1]["fields"] == {
        "TITLE": "Заявка 2",
        "COMMENTS": "$result[r0]",
        "UF": "",
        "OK": "1",
    }


def test_batches_grow_as_the_portal_turns_out_to_be_quick(table: Bench, portal: Portal) -> None:
    portal.send(calls(120))

    assert table.server.batches() == [10, 50, 50, 10]


def test_batches_shrink_when_the_portal_is_slow(table: Bench, portal: Portal) -> None:
    def slow(exchange: script.Exchange) -> None:
        table.time.now += 2.0 * len(exchange.asked.params["cmd"])
        script.well(exchange)

    table.server.script.extend([slow] * 4)

    portal.send(calls(40))

    assert table.server.batches()[:3] == [10, 15, 15]


def test_a_batch_that_used_up_the_portals_time_is_followed_by_half_of_it(table: Bench, portal: Portal) -> None:
    def over(exchange: script.Exchange) -> None:
        table.time.now += 60
        script.html(504)(exchange)

    table.server.script.extend([script.well, over])

    assert kinds(portal.send(calls(100))) == "d" * 10 + "u" * 50 + "d" * 40
    assert table.server.batches()[:3] == [10, 50, 25]


def test_before_is_called_for_every_request_and_stops_what_would_leave(table: Bench, portal: Portal) -> None:
    seen: list[int] = []
    table.server.script.extend([script.fault(503, "QUERY_LIMIT_EXCEEDED"), script.well, script.html(413)])

    portal.send(calls(25), before=lambda: seen.append(len(table.server.asked)))

    assert seen == list(range(len(table.server.asked)))

    def refuse() -> None:
        raise ValueError("the fence is old")

    before = len(table.server.asked)
    with pytest.raises(ValueError, match="fence"):
        portal.send(calls(1), before=refuse)
    assert len(table.server.asked) == before


def test_methods_may_be_mixed(table: Bench, portal: Portal) -> None:
    sent = {f"k{n}": Call(ADD if n % 2 else "crm.contact.add", {"fields": {"TITLE": f"Заявка {n}"}}) for n in range(8)}

    assert kinds(portal.send(sent)) == "d" * 8
    assert len(table.server.asked) == 1


def test_nothing_to_send_is_nothing(table: Bench, portal: Portal) -> None:
    assert portal.send({}) == {}
    assert table.server.asked == []
