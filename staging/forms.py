"""What CSV records look like, as patterns over their bytes."""

import re
from dataclasses import dataclass
from functools import lru_cache

Pattern = re.Pattern[bytes]


@dataclass(frozen=True, slots=True)
class Forms:
    """What records look like, as patterns."""

    strict: Pattern
    lenient: Pattern
    """Quotes and carriage returns inside unquoted fields."""
    any_count: Pattern
    """Any number of fields."""
    unfinished: Pattern
    """The front of a strict record whose last quote is still open."""
    field: Pattern
    """A field of a lenient record with the sign behind it."""


@lru_cache(maxsize=64)
def of(delimiter: str, columns: int) -> Forms:
    """Forms of records with `columns` fields; built once for each pair."""
    sign = re.escape(delimiter.encode())
    # Groups are repeated greedily, not possessively: Python before 3.11.5 matches those wrongly. Nothing is lost, for
    # what follows a group never begins like what it repeats, so that going back ends at once.
    open_ = rb'"[^"]*+(?:""[^"]*+)*'
    # A carriage return alone ends nothing: sloppy writers leave it unquoted inside a value.
    plain = rb'(?:[^"\r\n' + sign + rb"]|\r(?!\n|\Z))(?:[^\r\n" + sign + rb"]++|\r(?!\n|\Z))*"
    strict = rb"(?:" + open_ + rb'"|[^"\r\n' + sign + rb"]*+)"
    lenient = rb"(?:" + open_ + rb'"|' + plain + rb"|)"
    # Behind a closing quote any text up to the delimiter is taken along: such a record is damaged, but it ends here.
    loose = rb"(?:" + open_ + rb'"[^\r\n' + sign + rb'"]*+|' + plain + rb"|)"

    def whole(field: bytes, times: bytes) -> Pattern:
        return re.compile(rb"(" + field + rb"(?:" + sign + field + rb")" + times + rb")\r?(?:\n|\Z)")

    exactly = b"{%d}" % (columns - 1)
    return Forms(
        whole(strict, exactly),
        whole(lenient, exactly),
        whole(loose, rb"*"),
        re.compile(rb"(?:" + strict + sign + rb"){0,%d}" % (columns - 1) + open_ + rb"\Z"),
        re.compile(rb"(" + open_ + rb'"|' + plain + rb"|)(" + sign + rb"|\Z)"),
    )


def requoted(content: bytes, forms: Forms) -> bytes:
    """The same record with every field quoted by the rules: `5" pipe` stands for itself."""
    pieces, position, sign = [], 0, b"."
    while sign and (found := forms.field.match(content, position)):
        value, sign = found.groups()
        plain = value.startswith(b'"') or not (b'"' in value or b"\r" in value)
        pieces.append((value if plain else b'"' + value.replace(b'"', b'""') + b'"') + sign)
        position = found.end()
    return b"".join(pieces)
