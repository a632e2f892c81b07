"""What a page gets to work with: who asks, for what, in which language; and the ways to answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from caseline.actions import show_notices
from caseline.actions.wiring import House
from caseline.people import rights
from caseline.people.access import Viewer
from caseline.people.logins import Login, Session
from caseline.people.rights import Right
from caseline.web.desk import pages
from caseline.web.language import Texts

SEE_OTHER: Final = 303
GREATEST: Final = 2**63 - 2
"""Of keys and versions; one more is still a number of the database."""
_DIGITS: Final = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a browser."""

    house: House
    request: Request
    form: FormData = field(default_factory=FormData)
    session: Session | None
    texts: Texts
    now: datetime

    @property
    def login(self) -> Login:
        """Who asks; pages that need a right always have somebody."""
        if self.session is None:
            raise LookupError("nobody is signed in")
        return self.session.login

    @property
    def viewer(self) -> Viewer:
        """Who looks at requests."""
        if self.session is None:
            raise LookupError("nobody is signed in")
        return self.session.viewer

    @property
    def unread(self) -> int:
        """How many notices whoever asks has not read, for the bell."""
        known = self.session.unread if self.session else None
        return show_notices.unread(self.house, self.viewer) if known is None else known

    @property
    def piece(self) -> bool:
        """Whether a script asks for the changed part of a page only."""
        return self.request.headers.get("hx-request") == "true"

    def may(self, right: Right) -> bool:
        """Whether whoever asks may do that."""
        return self.session is not None and rights.may(self.session.login.role, right)

    def text(self, name: str, default: str = "") -> str:
        """A value of the form, or of the address."""
        value = self.form.get(name, self.request.query_params.get(name, default))
        # No database takes the character 0, and no browser lets anybody type it.
        return value.replace("\0", "\ufffd") if isinstance(value, str) else default

    def number(self, name: str) -> int | None:
        """A whole number of the form or the address; None when it is none, or larger than any of ours."""
        text = self.text(name).strip()
        number = whole(text.removeprefix("-"))
        return -number if number is not None and text.startswith("-") else number

    def numbers(self, name: str) -> list[int]:
        """Whole numbers of a field that the form may hold several times; others are left out."""
        found = [whole(value) for value in self.form.getlist(name) if isinstance(value, str)]
        return [number for number in found if number is not None]

    def page(self, template: str, *, status: int = 200, **data: Any) -> Response:  # noqa: ANN401 - a template's values
        """A page, or a piece of one."""
        return HTMLResponse(pages.render(template, self, data), status)

    def go(self, path: str, *, notice: str = "") -> Response:
        """Send the browser to another page, which shows a notice."""
        mark = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{mark}notice={quote(notice)}" if notice else path, SEE_OTHER)


def whole(text: str) -> int | None:
    """The whole number that a text is; None when it is none, or larger than any of ours."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        return None
    number = int(text)
    return number if number <= GREATEST else None
