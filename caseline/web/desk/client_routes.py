"""Pages of companies and contacts."""

from collections.abc import Iterator
from typing import Final

from caseline.crm.clients import Entity
from caseline.people.rights import Right
from caseline.web.desk import client_form, client_pages, client_words, merge_pages, personal_pages
from caseline.web.desk.page import Page


def _of(entity: Entity) -> Iterator[Page]:
    home = client_words.of(entity).path
    one = f"{home}/{{client:key}}"
    sees, works = Right.SEE_REQUESTS, Right.WORK_REQUESTS
    yield Page(home, client_pages.listed(entity), sees)
    yield Page(f"{home}/suggest", client_pages.suggested(entity), sees)
    yield Page(f"{home}/duplicates", merge_pages.groups(entity), sees)
    yield Page(f"{home}/new", client_form.form(entity), works)
    yield Page(f"{home}/new", client_form.written(entity), works, method="POST")
    yield Page(one, client_pages.shown(entity), sees)
    yield Page(f"{one}/edit", client_form.form(entity), works)
    yield Page(f"{one}/edit", client_form.written(entity), works, method="POST")
    yield Page(f"{one}/merge", merge_pages.asked(entity), works)
    yield Page(f"{one}/merge", merge_pages.merged(entity), works, method="POST")
    yield Page(f"{one}/unmerge", merge_pages.unmerged(entity), works, method="POST")
    yield Page(f"{one}/apart", merge_pages.parted(entity), works, method="POST")


PAGES: Final = (*_of(Entity.COMPANY), *_of(Entity.CONTACT), *personal_pages.PAGES)
