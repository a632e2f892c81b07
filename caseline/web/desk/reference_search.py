"""Finds what a reference may point at while somebody types part of its name, mail address or number."""

import re
from typing import Final

from starlette.responses import Response

from caseline.actions import suggest_targets
from caseline.people.rights import Right
from caseline.web.desk.page import Handler, Page
from caseline.web.desk.visit import Visit
from caseline.web.language import later

SEARCHED: Final = {
    "company": later("Part of the name, mail address, phone or tax number"),
    "contact": later("Part of the name, mail address or phone"),
    "request": later("Number, or words of the request"),
    "product": later("Part of its name, words in any order"),
}
"""What is searched for, and by what."""
_LIST: Final = re.compile(r"[a-z0-9-]{1,40}")
_LONGEST: Final = 200


def _found(entity: str) -> Handler:
    def handle(visit: Visit) -> Response:
        asked = visit.request.query_params
        # The field of a form sends what is typed under its own name.
        words = next((text for name, text in asked.multi_items() if name == "q" or name.startswith("r:")), "")
        text = words.replace("\0", "").strip()[:_LONGEST]
        hits = suggest_targets.suggested(visit.house, visit.viewer, entity, text, now=visit.now)
        owner = asked.get("list", "")
        return visit.page(
            "requests/references.html", hits=hits, text=text, owner=owner if _LIST.fullmatch(owner) else "found"
        )

    return handle


PAGES: Final = tuple(Page(f"/references/{entity}", _found(entity), Right.SEE_REQUESTS) for entity in SEARCHED)
