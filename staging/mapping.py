"""The mapping model: how files of a source become records, checked before anything is read."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from caseline.crm import vocabulary
from caseline.crm.vocabulary import Type
from staging import formats


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _known_format(value: str) -> str:
    formats.compile_format(value)
    return value


def _known_zone(value: str | None) -> str | None:
    return formats.zone(value)


Texts = Annotated[list[str], BeforeValidator(_listed)]
Formats = Annotated[list[Annotated[str, AfterValidator(_known_format)]], BeforeValidator(_listed)]
Zone = Annotated[str | None, AfterValidator(_known_zone)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """How one field is filled; `column: X` may be written as plain `X`."""

    column: Annotated[Texts, Field(alias="column")] = []
    """Source column; several are joined by `join`, blanks left out."""
    join: str = " "
    value: str | None = None
    """A constant instead of a column."""
    type: Type | None = None
    """Extra fields only: core fields have the type of the register."""
    required: bool = False
    default: str | None = None
    max: int | None = Field(None, ge=1)
    """Longest text in characters."""
    too_long: Literal["fail", "cut"] = "fail"
    values: dict[str, str] | None = None
    """Value map; what is not in it follows `unmapped`."""
    unmapped: Literal["fail", "keep", "empty"] = "fail"
    to: str | None = None
    """Part that a reference points at."""
    here: bool = False
    """The reference is to what the same line defines in part `to` (inline parts)."""
    unless_prefix: str | None = None
    """Ids that begin so are meant for another field and leave this one empty."""
    missing: Literal["fail", "empty"] = "fail"
    """What a reference to nothing does."""
    formats: Formats | None = None
    zone: Zone = None
    separator: str = Field(";", min_length=1)
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    label: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: object) -> object:
        return {"column": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if [bool(self.column), self.value is not None, self.here].count(True) != 1:
            message = "give exactly one of: column, value, here"
            raise ValueError(message)
        if self.here and self.to is None:
            message = "`here` needs `to`: the part that the same line defines"
            raise ValueError(message)
        return self


class Key(_Strict):
    """What identifies a record in the source; `key: Id` may be written short."""

    column: Annotated[Texts, Field(min_length=1)]
    otherwise: Texts = []
    """Columns to use when the first ones are blank."""
    fold: bool = False
    """Letter case, ё and runs of blanks do not distinguish keys."""
    ids: Literal["plain", "salesforce"] = "plain"
    """salesforce: 15 characters become 18, anything else is BAD_ID."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: object) -> object:
        return {"column": data} if isinstance(data, (str, list)) else data


class Skip(_Strict):
    """Rows that are not wanted; they are counted under `reason`."""

    column: str
    values: Annotated[Texts, Field(alias="is")] = []
    empty: bool = False
    reason: str

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if bool(self.values) == self.empty:
            message = "give exactly one of: is, empty"
            raise ValueError(message)
        return self


class Part(_Strict):
    """One kind of record of the source and the files it stands in."""

    entity: str = ""
    files: Texts
    key: Key
    optional: bool = False
    """An export without these files is whole."""
    inline: bool = False
    """Records written into the lines of another part: repeats are no duplicates."""
    skip: list[Skip] = []
    fields: dict[str, Rule]
    keep: Literal["*"] | list[str] = []
    """Columns that go into extra fields as text; `*` = all that nothing else uses."""
    ignore: list[str] = []
    """Columns that are neither kept nor looked at when rows are compared."""
    extra: dict[str, Rule] = {}
    """Extra fields with a type, a label or a value map."""

    @field_validator("fields")
    @classmethod
    def _typed_by_register(cls, rules: dict[str, Rule]) -> dict[str, Rule]:
        typed = [name for name, rule in rules.items() if rule.type is not None]
        if typed:
            message = f"{typed[0]}: a core field has the type of the register; remove `type`"
            raise ValueError(message)
        return rules


class Stage(_Strict):
    """A stage of requests, named as the source names it."""

    code: str
    label: str
    closed: bool = False
    pauses: bool = False
    """The clock of a deadline stands still in it."""


class View(_Strict):
    """A list view of the source; becomes a preset filter."""

    name: str
    where: dict[str, list[str]]
    sort: str | None = None


class Mapping(_Strict):
    """A mapping file: everything that is particular about a source."""

    version: Literal["1"]
    source: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    title: str
    format: Literal["csv", "jsonl"] = "csv"
    delimiter: str = Field(",", min_length=1, max_length=1)
    encodings: Texts = ["utf-8"]
    """Tried in this order; a byte-order mark decides before them."""
    zone: Zone = "UTC"
    """Zone of date-times that name none."""
    dates: Formats = ["YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DDThh:mm:ss.sssZ"]
    nulls: list[str] = []
    """Values that mean empty."""
    decimal: Literal[".", ","] = "."
    thousands: str | None = None
    true: list[str] = ["1", "true"]
    false: list[str] = ["0", "false"]
    not_imported: list[str] = []
    """Files that are counted and reported, not imported."""
    stages: list[Stage] = []
    views: list[View] = []
    parts: dict[str, Part] = Field(min_length=1)

    @field_validator("delimiter")
    @classmethod
    def _one_byte(cls, sign: str) -> str:
        if not sign.isascii() or sign in '"\r\n\0':
            message = "a delimiter is one ASCII character, and neither a quote nor a line end"
            raise ValueError(message)
        return sign

    @field_validator("encodings")
    @classmethod
    def _known_encodings(cls, names: list[str]) -> list[str]:
        return [formats.encoding(name) for name in names]

    @field_validator("parts")
    @classmethod
    def _named_entities(cls, parts: dict[str, Part]) -> dict[str, Part]:
        named = {name: part.model_copy(update={"entity": part.entity or name}) for name, part in parts.items()}
        return dict(sorted(named.items(), key=lambda item: vocabulary.RANK.get(item[1].entity, 99)))

    def neighbours(self, only: Sequence[str]) -> tuple[str, ...]:
        """`only` and the parts that stand in the same files as these: a file is read once, for all its parts."""
        files = {pattern for name in only if name in self.parts for pattern in self.parts[name].files}
        return tuple(dict.fromkeys([*only, *(name for name, part in self.parts.items() if files & set(part.files))]))

    def part_rank(self, name: str) -> int:
        """Order of import of a part; references go to lower or equal ranks."""
        return list(self.parts).index(name)
