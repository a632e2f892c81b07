"""Pages of the request table."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import (
    request_bulk,
    request_columns,
    request_export,
    request_filter,
    request_table,
    request_views,
)
from caseline.web.desk.page import Page

PAGES: Final = (
    Page("/requests", request_table.listed, Right.SEE_REQUESTS),
    Page("/requests/search", request_table.searched, Right.SEE_REQUESTS),
    Page("/requests/count", request_table.counted, Right.SEE_REQUESTS),
    Page("/requests/filter", request_filter.form, Right.SEE_REQUESTS),
    Page("/requests/filter/apply", request_filter.applied, Right.SEE_REQUESTS),
    Page("/requests/filter/names", request_filter.named, Right.SEE_REQUESTS),
    Page("/requests/columns", request_columns.form, Right.SEE_REQUESTS),
    Page("/requests/columns", request_columns.kept, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/columns/arrange", request_columns.arranged, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/views", request_views.listed, Right.SEE_REQUESTS),
    Page("/requests/views", request_views.saved, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/views/begin", request_views.begun, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/views/{number:key}", request_views.replaced, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/views/{number:key}/rename", request_views.renamed, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/views/{number:key}/move", request_views.moved, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/views/{number:key}/delete", request_views.deleted, Right.SEE_REQUESTS, method="POST"),
    Page("/requests/change", request_bulk.form, Right.CHANGE_MANY, method="POST"),
    Page("/requests/change/apply", request_bulk.applied, Right.CHANGE_MANY, method="POST"),
    Page("/requests/export", request_export.exported, Right.EXPORT),
)
