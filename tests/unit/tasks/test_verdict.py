"""When a run is good, and how its numbers are told."""

from caseline.actions.summarise_import import Summary
from staging.report import ErrorGroup, Totals
from tasks import wording
from tasks.verdict import Verdict


def verdict(failed: int, max_failed: float = 5) -> Verdict:
    return Verdict(Totals(success=100 - failed, failed=failed, filtered=7), max_failed)


def summary(*groups: ErrorGroup, failed: int = 3) -> Summary:
    return Summary(
        run_id=4,
        source="Old Desk",
        totals={"request": Totals(success=97, failed=failed)},
        paces={},
        created=97,
        codes={},
        commonest=groups,
        not_imported={"Attachment.csv": 12},
        unknown=("notes.txt",),
        lacking={"Case.csv": ("Origin",)},
        changes=(),
    )


def test_as_many_failed_rows_as_allowed_are_good() -> None:
    assert verdict(5).good
    assert not verdict(6).good


def test_filtered_rows_do_not_thin_the_share() -> None:
    assert verdict(6).failed_percent == 6


def test_nothing_imported_is_good() -> None:
    assert Verdict(Totals(), max_failed=0).good


def test_numbers_stand_in_the_message() -> None:
    assert verdict(3).words == "107 rows, 97 SUCCESS, 3 FAILED (3.00 %), 7 filtered"


def test_too_many_failed_rows_name_the_limit_and_the_remedy() -> None:
    words = verdict(6).words

    assert "more than max_failed = 5 %" in words
    assert "press Retry" in words


def test_key_of_an_artifact_is_lower_case_letters_digits_and_dashes() -> None:
    assert wording.key("Old Desk (2019)", "errors") == "import-old-desk--2019-errors"
    assert wording.key("Архив", "errors") == "import-source-errors"


def test_page_tells_errors_what_was_left_out_and_what_to_do() -> None:
    group = ErrorGroup("request", "BAD_DATE", "ClosedDate", 3, ("31.12.2023",), ("Case.csv:7",), "correct it")
    found = summary(group)

    page = wording.page(found, Verdict.on(found, 1))

    assert "**3 × request BAD_DATE** in ClosedDate, for example `'31.12.2023'` (Case.csv:7): correct it" in page
    assert "12 of Attachment.csv counted, not imported" in page
    assert "notes.txt is not in the mapping" in page
    assert "Case.csv has no column Origin" in page
    assert "press **Retry**" in page
    assert "more than 1 %" in page


def test_page_of_a_clean_import_leads_to_the_sign_off() -> None:
    found = summary(failed=0)

    assert "caseline verify" in wording.page(found, Verdict.on(found, 5))
