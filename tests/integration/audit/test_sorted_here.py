"""What the keyword dictionary has found out about imported requests is no difference; what else was changed is one."""

from datetime import UTC, datetime

from caseline.actions import keep_categories, keep_groups, sort_requests
from keywords.entries import Entry
from tests.factories import pages
from tests.factories.checks import case_id, check, found
from tests.factories.imports import Desk

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)


def sort(desk: Desk) -> None:
    """The dictionary gives the third request, which has no group, a category with one."""
    keep_groups.add(desk.house, "Third line")
    wish = keep_categories.Wish(label="Third", hours=24, group="Third line")
    keep_categories.put_category(desk.house, "third", wish, now=NOW)
    pages.dictionary(desk.house, Entry("third", 50, "third"))
    assert sort_requests.sort(desk.house, processes=1, now=NOW).categorised == 1


def test_a_category_of_the_dictionary_and_its_group_are_no_differences(imported: Desk) -> None:
    sort(imported)

    verdict = check(imported)

    assert found(verdict) == []
    assert any("1 requests have the category" in note for note in verdict.notes)


def test_a_category_that_nobody_accounts_for_is_a_difference(imported: Desk) -> None:
    sort(imported)
    imported.execute("UPDATE crm.record SET category = 'third' WHERE origin = :key", key=case_id(1))

    assert [(one.key, one.field) for one in check(imported).findings.kept] == [(case_id(1), "category")]


def test_another_group_than_that_of_the_category_is_a_difference(imported: Desk) -> None:
    sort(imported)
    other = keep_groups.add(imported.house, "Another line").id
    imported.execute("UPDATE crm.record SET group_id = :other WHERE origin = :key", other=other, key=case_id(3))

    assert [(one.key, one.field) for one in check(imported).findings.kept] == [(case_id(3), "group")]
