"""Paths of notices; everybody who is signed in has own ones."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import notice_pages
from caseline.web.desk.page import Page

PAGES: Final = (
    Page("/notices", notice_pages.listed),
    Page("/notices/stream", notice_pages.stream),
    Page("/notices/read", notice_pages.read_all, Right.SEE_REQUESTS, method="POST", most_bytes=10_000),
    Page("/notices/{id:key}", notice_pages.opened),
    Page("/me/notices", notice_pages.choices),
    Page("/me/notices", notice_pages.chosen, Right.SEE_REQUESTS, method="POST", most_bytes=10_000),
)
