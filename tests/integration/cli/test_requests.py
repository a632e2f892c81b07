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


def test_square_brackets_are_shown_as_they_are(caseline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    request = opened(caseline)
    person = caseline(
        "assignment", "add", request["number"], r"[red]T[/] \[x]", "--text", "T", "--to", "B <b@x.example>"
    )

    shown = caseline("request", "show", request["number"]).out

    assert r"[red]T[/] \[x] - B <b@x.example>" in shown
    assert r"[red]T[/] \[x] - B <b@x.example>" in person.out


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


def test_the_time_of_now_in_a_stage_that_pauses_is_paused_time(caseline: Command, query: Query) -> None:
    number = opened(caseline)["number"]
    assert caseline("request", "stage", number, "waiting").code == 0
    query("UPDATE crm.stage_row SET entered_at = entered_at - interval '30 days' WHERE left_at IS NULL")

    present = caseline("stages", number, "--json").object["present"]

    assert present["business_s"] == 0
    assert present["elapsed_s"] > present["paused_s"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "404"), "there is none of this id, number or old key"),
        (("stage", "{}", "new"), "is in stage new already"),
        (("stage", "{}", "odd"), "'odd' is not among its values: choose one of new, working, waiting, closed"),
        (("reopen", "{}"), "nothing to reopen"),
        (("close", "{}", "--stage", "working"), "stage working is not a closed one: use one of closed"),
        (("set", "{}"), "nothing to change is named"),
        (("set", "{}", "--category", "odd"), "there is none in use of that code"),
        (("set", "{}", "--group", "Line 9"), "Group: 'Line 9' is not there (any more): choose another"),
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
        (("", "--hours", "24"), "category '': a code is a word"),
        ((" it", "--hours", "24"), "category ' it': a code is a word"),
        (("new", "--hours", "24", "--label", " "), "category 'new': an empty label says nothing"),
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
    assert "No request is overdue" in caseline("watch").out
    assert "nothing is imported yet" in caseline("golive").err


def test_imported_requests_are_overdue_at_once_and_alarm_from_golive_on(
    caseline: Command, category: Answer, query: Query
) -> None:
    del category
    number = opened(caseline, "--category", "it")["number"]
    query("UPDATE crm.record SET source = 'old', origin = '1'")
    query(
        "UPDATE crm.deadline SET clock_started_at = now() - interval '3 days', warn_at = now() - interval '2 days',"
        " due_at = now() - interval '1 day'"
    )
    assert caseline("watch", "--json").object["sounded"] == []
    assert number in caseline("watch").out

    assert "source new: nothing came from there: use one of old" in caseline("golive", "new").err
    assert "old is live: 0 deadlines ahead, 1 past" in caseline("golive", "--by", "ada").out

    assert [one["percent"] for one in caseline("watch", "--json").object["sounded"]] == [75, 100]
    assert query("SELECT source, by FROM crm.live_source") == [("old", "ada")]


@pytest.mark.parametrize("code", ["", " ", "new "])
def test_a_stage_needs_a_code(caseline: Command, code: str) -> None:
    answer = caseline("stage", "set", code)

    assert answer.code == 1
    assert f"stage {code!r}: a code is a word" in answer.err


def test_a_request_whose_number_is_the_id_of_another_is_never_taken_for_it(caseline: Command) -> None:
    first = opened(caseline)["id"]
    second = opened(caseline, "--number", str(first))["id"]

    several = caseline("request", "stage", str(first), "working")
    assert several.code == 1
    assert f"say which by its id: id:{first} (made here), id:{second} (made here)" in several.err

    answer = caseline("request", "stage", f"id:{first}", "working", "--json")
    assert (answer.object["request"]["id"], answer.object["request"]["stage"]["code"]) == (first, "working")
    assert caseline("request", "show", f"id:{second}", "--json").object["request"]["stage"]["code"] == "new"
    third = opened(caseline, "--number", str(second + 1))
    assert third["id"] == second + 1
    assert caseline("request", "show", "id:999999").code == 1


def test_what_was_changed_is_shown_even_if_its_id_is_the_number_of_another(caseline: Command) -> None:
    first = opened(caseline, "--number", "A-1")["id"]
    opened(caseline, "--number", str(first))

    answer = caseline("request", "stage", "A-1", "working", "--json")

    assert (answer.object["request"]["id"], answer.object["request"]["number"]) == (first, "A-1")


def test_what_is_no_utf_8_is_named(caseline: Command) -> None:
    answer = caseline("request", "new", "bad \udcff")

    assert answer.code == 1
    assert "Subject: holds a character that cannot be kept (U+DCFF): remove it" in answer.err


def test_the_end_of_a_working_day_is_24_hours_and_lists_show_the_time_of_the_calendar(
    caseline: Command, category: Answer, query: Query
) -> None:
    del category
    number = opened(caseline, "--category", "it")["number"]
    query("UPDATE crm.deadline SET clock_started_at = '2026-06-06 09:00Z', due_at = '2026-06-08 21:00Z'")

    assert "Due:       2026-06-08 24:00, overdue\n" in caseline("request", "show", number).out
    listed = caseline("request", "list").out
    assert "Due (Europe/Moscow)" in listed
    assert "2026-06-09 00:00" in listed
    assert "Due (Europe/Moscow)" in caseline("watch").out


def test_a_category_can_go_back_to_the_default_calendar(caseline: Command, category: Answer) -> None:
    del category
    caseline("category", "set", "it", "--calendar", "ru")

    found = caseline("category", "set", "it", "--calendar", "", "--json").object["categories"]

    assert [one["calendar_id"] for one in found] == [None]


def test_a_category_routes_to_a_group_that_was_made_here(caseline: Command) -> None:
    assert caseline("group", "add", "Складская  техника", "--json").object["name"] == "Складская техника"
    assert caseline("group", "add", "Складская техника").code == 1

    caseline("category", "set", "stock", "--hours", "24", "--group", "Складская техника")

    assert opened(caseline, "--category", "stock")["group"] == "Складская техника"
    assert [group["name"] for group in caseline("group", "list", "--json").object["groups"]] == ["Складская техника"]


def test_every_move_of_a_deadline_is_told_with_its_reason(caseline: Command, category: Answer) -> None:
    assert category.code == 0
    request = opened(caseline, "--category", "it")
    caseline("request", "set", request["number"], "--priority", "high")

    moves = caseline("request", "show", request["number"], "--json").object["deadline_moves"]

    assert [move["reason"] for move in moves] == ["category set", "priority changed"]
    assert moves[1]["old_due_at"] == moves[0]["new_due_at"]
    assert ": priority changed" in caseline("request", "show", request["number"]).out


@pytest.mark.parametrize(
    ("words", "mistake"),
    [(("--stage", "nwe"), "stage 'nwe'"), (("--category", "ti"), "'ti'"), (("--group", "x"), "'x'")],
)
def test_a_filter_by_what_does_not_exist_names_the_mistake(
    caseline: Command, category: Answer, words: tuple[str, ...], mistake: str
) -> None:
    opened(caseline, "--category", "it")

    answer = caseline("request", "list", *words)

    assert (answer.code, category.code) == (1, 0)
    assert mistake in answer.err


def test_a_list_as_json_says_what_is_overdue(caseline: Command, category: Answer) -> None:
    opened(caseline, "--category", "it")

    assert caseline("request", "list", "--json").object["requests"][0]["overdue"] is False
    assert category.code == 0


def test_a_merge_into_a_closed_request_says_so_and_what_is_merged_shows_where_it_goes_on(caseline: Command) -> None:
    one, other = (opened(caseline)["number"] for _ in range(2))
    assert caseline("request", "close", other).code == 0

    merged = caseline("request", "merge", one, other)

    assert f"Both are closed; `caseline request reopen {other}` opens it" in merged.out
    assert f"goes on in request {other}" in caseline("request", "show", one).out
    assert caseline("request", "show", one, "--json").object["merged_into"] == int(other)
    refused = caseline("request", "reopen", one)
    assert refused.code != 0
    assert f"is merged into request {other}" in refused.err


def test_a_date_that_no_calendar_reaches_is_named_where_the_deadline_would_stand(
    caseline: Command, category: Answer, query: Query
) -> None:
    del category
    number = opened(caseline)["number"]
    query("UPDATE crm.record SET source = 'old', origin = '1', created_at = '1899-12-30 00:00Z'")

    assert caseline("request", "set", number, "--category", "it").code == 0

    assert "no deadline: no calendar reaches 1899-12-30" in caseline("request", "show", number).out
    assert caseline("request", "show", number, "--json").object["uncountable"] == "1899-12-30T00:00:00Z"


def test_who_moved_a_request_stands_beside_the_visit(caseline: Command, query: Query) -> None:
    query("INSERT INTO people.person (name, email) VALUES ('Ada Vale', 'ada@example.com')")
    number = opened(caseline)["number"]
    caseline("request", "close", number, "--by", "Ada Vale")

    assert [row["by"] for row in caseline("stages", number, "--json").object["stages"]] == [None, "Ada Vale"]
    assert "Ada Vale" in caseline("stages", number).out


def test_a_deadline_in_a_year_that_is_not_known_exactly_is_doubted(
    caseline: Command, category: Answer, query: Query
) -> None:
    del category
    number = opened(caseline, "--category", "it")["number"]
    query("UPDATE crm.deadline SET clock_started_at = '2028-12-27 09:00Z', due_at = '2028-12-28 09:00Z'")

    shown = caseline("request", "show", number, "--json").object["request"]["deadline"]

    assert "2028, which calendar ru knows only provisionally" in shown["doubt"]["en"]
    assert shown["doubt"]["en"] in caseline("request", "show", number).out
    assert shown["doubt"]["ru"] in caseline("request", "show", number, "--lang", "ru").out


def test_a_deadline_whose_visits_have_changed_since_is_not_explained_by_them(
    caseline: Command, category: Answer, query: Query
) -> None:
    del category
    number = opened(caseline, "--category", "it")["number"]
    query("UPDATE crm.deadline SET clock_started_at = clock_started_at - interval '9 days'")
    caseline("request", "close", number)

    assert caseline("request", "show", number, "--json").object["request"]["deadline"]["told"] is None
    assert "its visits to stages have changed since it was counted" in caseline("request", "show", number).out


def test_hours_of_a_priority_and_the_group_of_a_category_can_be_taken_back(caseline: Command, category: Answer) -> None:
    del category
    caseline("group", "add", "Line 2")
    (found,) = caseline("category", "set", "it", "--group", "Line 2", "--json").object["categories"]
    assert (found["group"], found["hours_by_priority"]) == ("Line 2", {"high": 8})

    caseline("category", "set", "it", "--group", "", "--priority-hours", "high=", "--priority-hours", "low=72")

    (found,) = caseline("category", "list", "--json").object["categories"]
    assert (found["group"], found["group_id"], found["hours_by_priority"]) == (None, None, {"low": 72})
    assert caseline("category", "set", "it", "--priority-hours", "=24").code == 2
    assert caseline("category", "set", "it", "--priority-hours", "high=" + "9" * 5_000).code == 2


def test_other_fields_are_set_by_their_keys_and_faults_are_told_in_the_chosen_language(
    caseline: Command, query: Query
) -> None:
    query("INSERT INTO crm.field_definition (entity, name, type, label) VALUES ('request', 'Sum', 'money', 'Сумма')")
    query("INSERT INTO crm.field_rule (effect, field) VALUES ('require', 'extra.Sum')")
    refused = caseline("request", "new", "Printer burns", "--lang", "ru")
    number = opened(caseline, "--field", "extra.Sum=12.50", "--field", "type=fault")["number"]

    worse = caseline("request", "set", number, "-f", "extra.Sum=much", "-f", "extra.None=1", "--lang", "ru")
    moved = caseline("request", "set", number, "-f", "extra.Sum=")
    wrong = caseline("request", "set", number, "-f", "extra.Sum")

    assert (refused.code, refused.err) == (
        1,
        "Не сохранено:\n«Сумма»: пусто, а здесь это нужно: заполните\n",
    )
    assert query("SELECT extra, type FROM crm.record") == [({"Sum": 12.5}, "fault")]
    assert "«Сумма»: «much» — не число" in worse.err
    assert "«extra.None»: такого поля нет" in worse.err
    assert "Сумма: is empty, and such a request needs it: fill it in" in moved.err
    assert wrong.code == 2
