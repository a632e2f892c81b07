"""Which request a mail joins: the surest clue whose request the sender has to do with, and never a stranger's guess."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from caseline.crm.timeline import Successor
from caseline.mail.clues import Named
from caseline.mail.threads import Act, Clue, Relation, Rule, Rules, State, Verdict, judge

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RULES = Rules()
DAY = timedelta(days=1)


def clue(rule: Rule, record_id: int = 1, assignment_id: int | None = None, *, at: datetime = NOW) -> Clue:
    return Clue(rule, f"value of {rule}", "References", record_id, assignment_id, at)


def states(*found: State, assignment_id: int | None = None) -> Mapping[tuple[int, int | None], State]:
    return {(one.record_id, assignment_id): one for one in found}


def known(record_id: int = 1, relation: Relation = Relation.REQUESTER, **more: object) -> State:
    return State(record_id, relation, **more)  # type: ignore[arg-type]  # the rest by name


def decide(clues: Sequence[Clue], *found: State, now: datetime = NOW) -> Verdict:
    return judge(clues, states(*found), now=now, rules=RULES)


@pytest.mark.parametrize("rule", list(Rule))
@pytest.mark.parametrize("relation", [one for one in Relation if one is not Relation.STRANGER])
def test_whoever_has_to_do_with_a_request_joins_it_by_any_clue(rule: Rule, relation: Relation) -> None:
    verdict = decide([clue(rule)], known(relation=relation))

    assert (verdict.act, verdict.record_id, verdict.relation) == (Act.JOIN, 1, relation)
    assert not verdict.unverified
    assert verdict.clue == clue(rule)


@pytest.mark.parametrize("rule", [Rule.TOKEN, Rule.OWN_ID])
def test_a_stranger_with_a_token_of_ours_joins_and_is_marked(rule: Rule) -> None:
    verdict = decide([clue(rule)], known(relation=Relation.STRANGER))

    assert (verdict.act, verdict.record_id, verdict.unverified) == (Act.JOIN, 1, True)


@pytest.mark.parametrize("rule", [Rule.STORED_ID, Rule.GHOST, Rule.THREAD_INDEX])
def test_a_stranger_without_one_opens_a_new_request_that_may_belong_there(rule: Rule) -> None:
    verdict = decide([clue(rule)], known(relation=Relation.STRANGER))

    assert (verdict.act, verdict.record_id, verdict.linked, verdict.reason) == (Act.NEW, None, (1,), "stranger")


def test_a_mail_that_names_nothing_is_a_new_request() -> None:
    assert decide([]) == Verdict(Act.NEW, reason="no clue")


def test_a_request_that_is_gone_is_no_clue() -> None:
    assert decide([clue(Rule.TOKEN)]).reason == "no clue"


def test_the_nearest_of_two_requests_wins_and_both_are_linked() -> None:
    verdict = decide([clue(Rule.STORED_ID, 2), clue(Rule.STORED_ID, 1)], known(1), known(2))

    assert (verdict.record_id, verdict.linked) == (2, (1,))


def test_a_clue_of_a_stranger_gives_way_to_a_later_one_of_somebody_known() -> None:
    verdict = decide([clue(Rule.STORED_ID, 2), clue(Rule.STORED_ID, 1)], known(1), known(2, Relation.STRANGER))

    assert (verdict.act, verdict.record_id) == (Act.JOIN, 1)


@pytest.mark.parametrize(("days", "act"), [(0, Act.REOPEN), (14, Act.REOPEN), (15, Act.NEW)])
def test_a_closed_request_is_opened_again_within_the_term_and_followed_by_another_later(days: int, act: Act) -> None:
    verdict = decide([clue(Rule.OWN_ID)], known(closed_at=NOW - days * DAY))

    assert verdict.act is act
    assert (verdict.record_id, verdict.linked) == ((1, ()) if act is Act.REOPEN else (None, (1,)))


def test_the_term_ends_with_its_last_moment() -> None:
    assert decide([clue(Rule.OWN_ID)], known(closed_at=NOW - RULES.reopen)).act is Act.REOPEN
    late = NOW - RULES.reopen - timedelta(seconds=1)
    assert decide([clue(Rule.OWN_ID)], known(closed_at=late)).act is Act.NEW


def test_a_request_that_was_closed_long_ago_gives_way_to_another_that_the_mail_names_too() -> None:
    verdict = decide([clue(Rule.TOKEN, 1), clue(Rule.STORED_ID, 2)], known(1, closed_at=NOW - 15 * DAY), known(2))

    assert (verdict.act, verdict.record_id, verdict.linked) == (Act.JOIN, 2, (1,))


def follow(*found: State, successors: Sequence[Successor], rule: Rule = Rule.OWN_ID) -> Verdict:
    return judge([clue(rule)], states(*found), now=NOW, rules=RULES, successors=successors)


LONG_AGO = NOW - 15 * DAY


@pytest.mark.parametrize(("closed", "act"), [(None, Act.JOIN), (NOW - 14 * DAY, Act.REOPEN)])
def test_where_another_goes_on_the_mail_joins_that(closed: datetime | None, act: Act) -> None:
    old, later = known(1, closed_at=LONG_AGO), known(2, Relation.COMPANY, closed_at=closed)

    verdict = follow(old, later, successors=[Successor(2, direct=True)])

    assert (verdict.act, verdict.record_id, verdict.relation) == (act, 2, Relation.COMPANY)
    assert (verdict.follows, verdict.further, verdict.linked) == ((1,), False, ())


def test_of_several_generations_the_newest_that_runs_is_joined() -> None:
    found = [known(1, closed_at=LONG_AGO), known(2, closed_at=LONG_AGO), known(3), known(4, closed_at=LONG_AGO)]

    verdict = follow(
        *found, successors=[Successor(4, direct=False), Successor(3, direct=False), Successor(2, direct=True)]
    )

    assert (verdict.record_id, verdict.further) == (3, True)


def test_when_all_generations_have_ended_a_new_one_follows_the_first_and_the_last() -> None:
    found = [known(one, closed_at=LONG_AGO) for one in (1, 2, 3)]

    verdict = follow(*found, successors=[Successor(3, direct=False), Successor(2, direct=True)])

    assert (verdict.act, verdict.follows, verdict.linked) == (Act.NEW, (1, 3), (1, 3))


@pytest.mark.parametrize("rule", [Rule.TOKEN, Rule.OWN_ID, Rule.STORED_ID])
def test_whoever_has_nothing_to_do_with_what_goes_on_does_not_get_in_by_the_old_letter(rule: Rule) -> None:
    old, later = known(1, closed_at=LONG_AGO), known(2, Relation.STRANGER)

    verdict = follow(old, later, successors=[Successor(2, direct=True)], rule=rule)

    assert (verdict.act, verdict.follows) == (Act.NEW, (1,))


def test_what_goes_on_in_a_merged_request_is_found_in_the_one_that_remains() -> None:
    found = [known(1, closed_at=LONG_AGO), known(2, merged_into=3), known(3)]

    verdict = follow(*found, successors=[Successor(2, direct=True)])

    assert (verdict.act, verdict.record_id, verdict.further) == (Act.JOIN, 3, True)


def test_what_goes_on_in_the_closed_one_itself_opens_another() -> None:
    verdict = follow(known(1, closed_at=LONG_AGO), known(2, merged_into=1), successors=[Successor(2, direct=True)])

    assert (verdict.act, verdict.follows) == (Act.NEW, (1,))


def test_a_merged_request_is_followed_to_the_one_that_remains() -> None:
    verdict = decide([clue(Rule.TOKEN)], known(1, merged_into=2), known(2, merged_into=3), known(3))

    assert (verdict.act, verdict.record_id) == (Act.JOIN, 3)


def test_requests_merged_in_a_circle_are_no_clue() -> None:
    assert decide([clue(Rule.TOKEN)], known(1, merged_into=2), known(2, merged_into=1)).act is Act.NEW


def test_a_clue_of_an_assignment_lands_on_it() -> None:
    clues = [clue(Rule.TOKEN, assignment_id=7)]

    verdict = judge(clues, states(known(relation=Relation.OUTSIDER), assignment_id=7), now=NOW, rules=RULES)

    assert (verdict.record_id, verdict.assignment_id) == (1, 7)


@pytest.mark.parametrize("rule", [Rule.GHOST, Rule.THREAD_INDEX])
@pytest.mark.parametrize(("days", "act"), [(90, Act.JOIN), (91, Act.NEW)])
def test_a_weak_clue_fades(rule: Rule, days: int, act: Act) -> None:
    verdict = decide([clue(rule, at=NOW - days * DAY)], known())

    assert verdict.act is act
    assert verdict.reason == ("" if act is Act.JOIN else "stale")


@pytest.mark.parametrize("rule", [Rule.TOKEN, Rule.OWN_ID, Rule.STORED_ID])
def test_a_sure_clue_never_fades(rule: Rule) -> None:
    assert decide([clue(rule, at=NOW - 4000 * DAY)], known()).act is Act.JOIN


def test_a_conversation_of_outlook_counts_only_while_one_open_request_bears_it() -> None:
    two = [clue(Rule.THREAD_INDEX, 1), clue(Rule.THREAD_INDEX, 2)]

    assert decide(two, known(1), known(2)).act is Act.NEW
    assert decide(two, known(1), known(2, closed_at=NOW - DAY)).record_id == 1
    assert decide(two[:1], known(1, closed_at=NOW - DAY)).act is Act.NEW


def test_ids_are_asked_from_the_nearest_parent_backwards_each_once() -> None:
    named = Named(in_reply_to=["c@x"], references=["a@x", "b@x", "c@x"])

    assert list(named.ids()) == [("c@x", "In-Reply-To"), ("b@x", "References"), ("a@x", "References")]
