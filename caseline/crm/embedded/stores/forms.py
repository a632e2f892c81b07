"""Both forms of a domain, or an address: as mails give it, `xn--e1afmkfd.xn--p1ai`, and as people do, `пример.рф`."""

from typing import Final

import idna

_LONGEST: Final = 255


def of_address(address: str) -> list[str]:
    """An address in small letters, first as it is, then in its other form where it has one."""
    local, at, domain = address.lower().rpartition("@")
    return [f"{local}{at}{one}" for one in of_domain(domain)]


def of_domain(domain: str) -> list[str]:
    """A domain in small letters, first as it is, then in its other form where it has one."""
    plain = domain.lower()
    return list(dict.fromkeys([plain, _other(plain)]))


def _other(domain: str) -> str:
    if len(domain) > _LONGEST or (domain.isascii() and "xn--" not in domain):
        return domain
    try:
        if domain.isascii():
            return idna.decode(domain)
        return idna.encode(domain, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return domain
