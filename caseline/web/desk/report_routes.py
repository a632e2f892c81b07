"""Pages of the reports."""

from typing import Final

from caseline.people.rights import Right
from caseline.reports.questions import Report
from caseline.web.desk import report_pages
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
)
