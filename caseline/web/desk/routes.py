"""Which pages there are, and which right each of them needs: the whole list, in one place."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import (
    agreement_routes,
    assignment_routes,
    audit_pages,
    card_routes,
    client_routes,
    feedback_routes,
    front,
    keyword_routes,
    notice_routes,
    own_pages,
    product_routes,
    reference_search,
    report_routes,
    request_routes,
    settings_routes,
    signing,
    token_routes,
)
from caseline.web.desk.page import Page

PAGES: Final = (
    Page("/", front.front),
    Page("/sign-in", signing.form, public=True),
    Page("/sign-in", signing.enter, method="POST", public=True, most_bytes=10_000),
    Page("/sign-out", signing.leave, method="POST"),
    Page("/language", signing.speak, method="POST", public=True, most_bytes=10_000),
    Page("/audit", audit_pages.listed, Right.SEE_AUDIT),
    Page("/audit/export", audit_pages.exported, Right.SEE_AUDIT),
    *card_routes.PAGES,
    *request_routes.PAGES,
    Page("/sign-in/code", signing.code_form, public=True),
    Page("/sign-in/code", signing.enter_code, method="POST", public=True, most_bytes=10_000),
    *own_pages.PAGES,
    *report_routes.PAGES,
    *assignment_routes.PAGES,
    *notice_routes.PAGES,
    *product_routes.PAGES,
    *reference_search.PAGES,
    *client_routes.PAGES,
    *agreement_routes.PAGES,
    *keyword_routes.PAGES,
    *settings_routes.PAGES,
    *feedback_routes.PAGES,
    *token_routes.PAGES,
)
