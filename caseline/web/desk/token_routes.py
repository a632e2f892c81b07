"""Pages of tokens for programs."""

from typing import Final

from caseline.web.desk import token_pages
from caseline.web.desk.page import Page

PAGES: Final = (
    Page("/me/tokens", token_pages.listed),
    Page("/me/tokens", token_pages.made, method="POST", most_bytes=10_000),
    Page("/me/tokens/{number:key}/end", token_pages.ended, method="POST", most_bytes=10_000),
)
