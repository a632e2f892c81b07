"""Pages of the reports."""

from typing import Final

from caseline.people.rights import Right
from caseline.reports import feedback_questions
from caseline.reports.questions import Report
from caseline.web.desk import feedback_report_pages, feedback_report_rows, report_pages
from caseline.web.desk.page import Page

PAGES: Final = (
    Page("/reports", report_pages.front, Right.SEE_REPORTS),
    *(
        Page(f"/reports/{report}{path}", page(report), Right.SEE_REPORTS)
        for report in Report
        for path, page in (
            ("", report_pages.shown),
            ("/export", report_pages.exported),
            ("/rows", report_pages.rows),
            ("/rows/count", report_pages.counted),
            ("/rows/export", report_pages.rows_exported),
        )
    ),
    *(
        Page(f"/reports/{one}{path}", page(one), Right.SEE_REPORTS)
        for one in feedback_questions.Report
        for path, page in (
            ("", feedback_report_pages.shown),
            ("/export", feedback_report_pages.exported),
            ("/rows", feedback_report_rows.shown),
            ("/rows/count", feedback_report_rows.counted),
            ("/rows/export", feedback_report_rows.exported),
        )
    ),
)
