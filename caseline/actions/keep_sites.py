"""Sites of others that show forms themselves: makes and ends their keys, and knows their signatures."""

import re
import secrets
from datetime import datetime
from typing import Final

from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.feedback import signatures, sites
from caseline.feedback.signatures import Signed
from caseline.feedback.sites import Site

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def add(house: House, code: str, *, by: str, now: datetime) -> str:
    """Take the signature of a site from now on; answers its key, which is shown only here. Raises `Refused`."""
    if not _CODE.fullmatch(code):
        raise Told("site %(code)r: take 1 to 40 small Latin letters, digits and dashes", code=code)
    key = secrets.token_bytes(signatures.KEY_BYTES)
    with house.engine.begin() as connection:
        if not sites.add(connection, code, key, by=by, now=now):
            raise Told("site %(code)r: there is one of this code: remove it first, or take another code", code=code)
    return key.hex()


def every(house: House) -> list[Site]:
    """All sites."""
    with house.engine.connect() as connection:
        return sites.every(connection)


def remove(house: House, code: str, *, now: datetime) -> None:
    """Take its signature no more. Raises `Refused`."""
    with house.engine.begin() as connection:
        if not sites.end(connection, code, now=now):
            raise Told("site %(code)r: there is none of this code; `caseline feedback site list` names them", code=code)


def signed(house: House, code: str, call: Signed, *, now: datetime) -> bool:
    """Whether a call comes from the site that it names, just now and unchanged."""
    if "\0" in code:
        return False
    with house.engine.connect() as connection:
        key = sites.key(connection, code)
    return signatures.fits(key, call, now)
