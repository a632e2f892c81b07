"""Pages of the catalogue, and of products of requests."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import catalogue_file_pages, catalogue_pages, product_pages
from caseline.web.desk.page import Page

_FILE: Final = 40_000_000
"""Bytes of a form with a catalogue: it writes a Cyrillic letter in six bytes instead of two."""

PAGES: Final = (
    Page("/products/pick", product_pages.picked, Right.SEE_REQUESTS),
    Page("/products/search", product_pages.found, Right.SEE_REQUESTS),
    Page("/requests/{record:key}/products", product_pages.shown, Right.SEE_REQUESTS),
    Page("/requests/{record:key}/products/add", product_pages.added, Right.WORK_REQUESTS, method="POST"),
    Page("/requests/{record:key}/products/remove", product_pages.removed, Right.WORK_REQUESTS, method="POST"),
    Page("/settings/catalogue", catalogue_pages.shown, Right.SEE_SETTINGS),
    Page("/settings/catalogue", catalogue_pages.changed, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/catalogue/below", catalogue_pages.below, Right.SEE_SETTINGS),
    Page("/settings/catalogue/export", catalogue_file_pages.exported, Right.SEE_SETTINGS),
    Page("/settings/catalogue/import", catalogue_file_pages.form, Right.EDIT_SETTINGS),
    Page(
        "/settings/catalogue/import",
        catalogue_file_pages.imported,
        Right.EDIT_SETTINGS,
        method="POST",
        most_bytes=_FILE,
    ),
)
