"""The families `caseline request`, `category`, `stage` and the command `stages`."""

from typing import Any

import pytest

from tests.integration.cli.conftest import Answer, Command, Query


def opened(caseline: Command, *words: str) -> dict[str, Any]:
    """A request that was just opened."""
    answer = caseline("request", "new", "Printer burns", *words, "--json")
    assert answer.code == 0, answer.err
    found: dict[str, Any] = answer.object["request"]
    return found


@pytest.fixture
def category(caseline: Command) -> Answer:
    """A category of 24 hours."""
    return caseline("category", "set", "it", "--hours", "24", "--label", "Компьютеры", "--priority-hours", "high=8")


def test_a_request_is_opened_in_the_first_stage_with_its_id_as_number(caseline: Command) -> None:
    request = opened(caseline)

    assert (request["stage"]["code"], request["number"], request["deadline"]) == ("new", str(request["id"]), None)
    assert "no deadline, as long as it has no category" in caseline("request", "show", request["number"]).out


def test_a_category_brings_the_deadline_with_its_explanation_in_two_languages(
    caseline: Command, category: Answer
) -> None:
    assert category.code == 0, category.err

    request = opened(caseline, "--category", "it")

    told = request["deadline"]["told"]
    assert told["en"].startswith("24 h from ")
    assert told["ru"].startswith("24 ч")
    assert told["en"] in caseline("request", "show", request["number"]).out
    assert told["ru"] in caseline("request", "show", request["number"], "--lang", "ru").out


def test_setting_category_and_priority_moves_the_deadline(caseline: Command, category: Answer, query: Query) -> None:
    del category
    request = opened(caseline)
    assert caseline("request", "set", request["number"], "--category", "it").code == 0

    answer = caseline("request", "set", request["number"], "--priority", "high", "--json")

    assert answer.object["request"]["deadline"]["target_s"] == 8 * 3600
    assert query("SELECT reason FROM crm.deadline_change ORDER BY id") == [("category set",), ("priority changed",)]


def test_stages_close_and_reopen_leave_their_rows_behind(caseline: Command) -> None:
    number = opened(caseline)["number"]

    assert caseline("request", "stage", number, "working").code == 0
    assert caseline("request", "close", number).code == 0
    assert caseline("request", "reopen", number).code == 0

    found = caseline("stages", number, "--json").object
    assert [row["stage"] for row in found["stages"]] == ["new", "working", "closed", "working"]
    assert {total["stage"]: total["visits"] for total in found["totals"]} == {"new": 1, "working": 1, "closed": 1}
    assert "Added up" in caseline("stages", number).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "404"), "there is none of this id, number or old key"),
        (("stage", "{}", "new"), "is in stage new already"),
        (("stage", "{}", "odd"), "use one of new, working, waiting, closed"),
        (("reopen", "{}"), "nothing to reopen"),
        (("close", "{}", "--stage", "working"), "stage working is not a closed one: use one of closed"),
        (("set", "{}"), "nothing to change is named"),
        (("set", "{}", "--category", "odd"), "there is none in use of that code"),
        (("set", "{}", "--group", "Line 9"), "group 'Line 9': there is none of this name"),
        (("new", " "), "a request needs a subject"),
        (("new", "x", "--stage", "closed"), "is a closed one"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_remedy(caseline: Command, words: tuple[str, ...], said: str) -> None:
    number = opened(caseline)["number"]

    answer = caseline("request", *(word.format(number) for word in words))

    assert answer.code == 1
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_who_names_an_old_version_changes_nothing_and_is_told(caseline: Command) -> None:
    request = opened(caseline)
    caseline("request", "stage", request["number"], "working")

    for words in (("stage", "waiting"), ("set", "--subject", "Other"), ("close",)):
        command, *rest = words
        answer = caseline("request", command, request["number"], *rest, "--version", request["version"], "--json")
        assert answer.code == 1
        assert (answer.object["done"], answer.object["request"]["stage"]["code"]) == (False, "working")
        assert "Nothing was done" in answer.err


def test_a_person_and_a_group_are_found_by_name(caseline: Command, query: Query) -> None:
    query("INSERT INTO people.person (name, email) VALUES ('Ada Vale', 'ada@example.com')")
    query("INSERT INTO people.\"group\" (name) VALUES ('Line 2')")

    number = opened(caseline, "--assignee", "ADA@example.com", "--group", "Line 2", "--by", "Ada Vale")["number"]

    shown = caseline("request", "show", number).out
    assert "Ada Vale" in shown
    assert "Line 2" in shown


def test_the_list_names_requests_and_filters_them(caseline: Command, category: Answer) -> None:
    del category
    with_category = opened(caseline, "--category", "it")["id"]
    closed = opened(caseline)["number"]
    caseline("request", "close", closed)

    def ids(*words: str) -> list[int]:
        return [one["id"] for one in caseline("request", "list", *words, "--json").object["requests"]]

    assert ids() == [with_category, int(closed)]
    assert ids("--open") == [with_category]
    assert ids("--closed") == [int(closed)]
    assert ids("--category", "it") == [with_category]
    assert ids("--overdue") == []
    assert caseline("request", "list", "--open", "--closed").code == 2
    assert "Printer burns" in caseline("request", "list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new",), "say its hours"),
        (("new", "--hours", "90000"), "give 1 to 87600 hours"),
        (("new", "--hours", "25", "--mode", "whole_days"), "give a multiple of 24"),
        (("new", "--hours", "24", "--calendar", "mars"), "mars: there is no such calendar"),
        (("new", "--hours", "24", "--group", "nobody"), "group 'nobody'"),
    ],
)
def test_a_category_that_cannot_be_counted_by_is_refused(caseline: Command, words: tuple[str, ...], said: str) -> None:
    answer = caseline("category", "set", *words)

    assert answer.code == 1
    assert said in answer.err


def test_categories_are_listed_and_changed(caseline: Command, category: Answer) -> None:
    assert "Компьютеры" in category.out
    caseline("category", "set", "it", "--inactive")

    (found,) = caseline("category", "list", "--json").object["categories"]

    assert (found["hours"], found["hours_by_priority"], found["active"]) == (24, {"high": 8}, False)
    assert caseline("request", "new", "x", "--category", "it").code == 1
    assert caseline("category", "set", "it", "--priority-hours", "high").code == 2


def test_stages_can_be_made_to_pause_the_clock(caseline: Command, category: Answer) -> None:
    del category
    number = opened(caseline, "--category", "it")["number"]
    assert "pauses the clock" in caseline("stage", "set", "working", "--pauses").out

    caseline("request", "stage", number, "working")

    assert "the clock stands still since" in caseline("request", "show", number).out
    assert "pauses" in caseline("stage", "list").out
    assert caseline("stage", "set", "working", "--closed").code == 1


def test_watch_and_golive_speak(caseline: Command) -> None:
    assert caseline("watch", "--json").object["sounded"] == []
    assert "No requests" in caseline("watch").out
    assert caseline("golive").code == 1
