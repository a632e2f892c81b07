"""SQL of forms and campaigns: kept as people write them, a form in versions that never change."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from caseline.db.fixed import Fixed, Wanted
from caseline.feedback import campaigns, forms, tables
from caseline.feedback.campaign import Campaign
from caseline.feedback.forms import Form

_form, _version, _campaign, _variant = tables.form, tables.form_version, tables.campaign, tables.variant


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """A form with its newest version."""

    id: int
    code: str
    name: str
    active: bool
    version_id: int
    number: int
    document: dict[str, Any]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCampaign:
    """A campaign as it is kept."""

    id: int
    code: str
    version: int
    switched_on_at: datetime | None
    """Nothing that happened before is asked about; None: it is off."""
    document: dict[str, Any]
    made_by: str
    made_at: datetime
    aged_until: datetime | None = None
    """What came into its stages until then was old enough, and was looked at; None: as it is now, nothing was."""

    @property
    def campaign(self) -> Campaign:
        """What it says. Raises `CampaignUnfit` when a later version of caseline finds fault with it."""
        return _campaign_of(json.dumps(self.document))


_EACH = sa.select(
    *(_form.c.id, _form.c.code, _form.c.name, _form.c.active),
    *(_version.c.id.label("version_id"), _version.c.number, _version.c.document),
    *(_version.c.made_by, _version.c.made_at),
).join(_version, _version.c.form_id == _form.c.id)
_NEWEST = _EACH.ext(distinct_on(_form.c.code)).order_by(_form.c.code, _version.c.number.desc())
_NAMES = tuple(KeptCampaign.__dataclass_fields__)
_KEPT = [_campaign.c[name] for name in _NAMES]
_ONE = Fixed(sa.select(*_KEPT).where(_campaign.c.id == sa.bindparam("id")))
_CODE = Fixed(
    sa.select(_form.c.code).join(_version, _version.c.form_id == _form.c.id).where(_version.c.id == sa.bindparam("id"))
)
_DOCUMENT = Fixed(sa.select(sa.cast(_version.c.document, sa.Text)).where(_version.c.id == sa.bindparam("id")))


def every_form(connection: sa.Connection) -> list[KeptForm]:
    """All forms by code, each with its newest version."""
    return [KeptForm(**row) for row in connection.execute(_NEWEST).mappings()]


def newest(connection: sa.Connection, code: str) -> KeptForm | None:
    """A form with its newest version."""
    row = connection.execute(_NEWEST.where(_form.c.code == code)).mappings().one_or_none()
    return None if row is None else KeptForm(**row)


def version(connection: sa.Connection, version_id: int) -> Form:
    """What a version of a form asks. Raises `LookupError` when there is none of this id."""
    return wanted_version(version_id).on(connection)


def wanted_version(version_id: int) -> Wanted[Form]:
    """The same, still to be asked."""

    def read(rows: Sequence[tuple[Any, ...]]) -> Form:
        if not rows:
            raise LookupError(f"form version {version_id}: there is none of this id")
        return _form_of(rows[0][0])

    return Wanted(_DOCUMENT, {"id": version_id}, read)


def versions(connection: sa.Connection, code: str) -> list[KeptForm]:
    """All versions of a form, the newest first."""
    rows = connection.execute(_EACH.where(_form.c.code == code).order_by(_version.c.number.desc())).mappings()
    return [KeptForm(**row) for row in rows]


def form_code(connection: sa.Connection, version_id: int) -> str:
    """The code of the form that a version belongs to, as links have it."""
    row = _CODE.row(connection, {"id": version_id})
    if row is None:
        raise LookupError(f"form version {version_id}: there is none of this id")
    return str(row[0])


def save_form(connection: sa.Connection, code: str, document: dict[str, Any], *, by: str, now: datetime) -> int:
    """Keep a form; answers the id of its newest version, a new one only where something has changed.

    Asks that were sent are answered by the version that they were sent with. Raises `FormUnfit`.
    """
    read = forms.read(document)
    name = str(document.get("name") or forms.words(read.title, forms.LANGUAGES[0]))
    made = insert(_form).values(code=code, name=name)
    made = made.on_conflict_do_update(index_elements=["code"], set_={"name": name, "active": True})
    number: int = connection.execute(made.returning(_form.c.id)).scalar_one()  # locked until the transaction ends
    known = newest(connection, code)
    if known is not None and known.document == document:
        return known.version_id
    values = {"form_id": number, "number": 1 if known is None else known.number + 1, "document": document}
    added = sa.insert(_version).values(**values, made_by=by, made_at=now).returning(_version.c.id)
    made_id: int = connection.execute(added).scalar_one()
    return made_id


def every(connection: sa.Connection, *, on: bool = False) -> list[KeptCampaign]:
    """All campaigns by code, or those that are switched on."""
    query = sa.select(*_KEPT).order_by(_campaign.c.code)
    query = query.where(_campaign.c.switched_on_at.is_not(None)) if on else query
    return [KeptCampaign(**row) for row in connection.execute(query).mappings()]


def campaign(connection: sa.Connection, campaign_id: int) -> KeptCampaign | None:
    """The campaign of that id."""
    return wanted_campaign(campaign_id).on(connection)


def wanted_campaign(campaign_id: int) -> Wanted[KeptCampaign | None]:
    """The same, still to be asked."""

    def read(rows: Sequence[tuple[Any, ...]]) -> KeptCampaign | None:
        return KeptCampaign(**dict(zip(_NAMES, rows[0], strict=True))) if rows else None

    return Wanted(_ONE, {"id": campaign_id}, read)


def by_code(connection: sa.Connection, code: str) -> KeptCampaign | None:
    """The campaign of that code."""
    row = connection.execute(sa.select(*_KEPT).where(_campaign.c.code == code)).mappings().one_or_none()
    return None if row is None else KeptCampaign(**row)


def add(connection: sa.Connection, code: str, document: dict[str, Any], *, by: str, now: datetime) -> int | None:
    """Keep a new campaign, switched off; None where there is one of this code. Raises `CampaignUnfit`."""
    read = campaigns.read(document)
    values = {"code": code, "name": forms.words(read.name, forms.LANGUAGES[0]), "kind": read.kind, "document": document}
    made = insert(_campaign).values(**values, made_by=by, made_at=now).on_conflict_do_nothing(index_elements=["code"])
    number: int | None = connection.execute(made.returning(_campaign.c.id)).scalar_one_or_none()
    if number is not None:
        _keep_variants(connection, number, read)
    return number


def change(
    connection: sa.Connection, kept: KeptCampaign, document: dict[str, Any], *, by: str, now: datetime
) -> KeptCampaign | None:
    """Change a campaign; None when somebody else has changed it since `kept` was read. Raises `CampaignUnfit`."""
    read = campaigns.read(document)
    values = {"name": forms.words(read.name, forms.LANGUAGES[0]), "kind": read.kind, "document": document}
    changed = (
        sa.update(_campaign)
        .where(_campaign.c.id == kept.id, _campaign.c.version == kept.version)
        .values(**values, version=kept.version + 1, made_by=by, made_at=now, aged_until=None)
    )
    if not connection.execute(changed).rowcount:
        return None
    _keep_variants(connection, kept.id, read)
    return campaign(connection, kept.id)


def switch(connection: sa.Connection, kept: KeptCampaign, at: datetime | None) -> bool:
    """Switch a campaign on from an instant, or off (None); False when somebody else has changed it meanwhile."""
    same = (_campaign.c.id == kept.id, _campaign.c.version == kept.version)
    changed = sa.update(_campaign).where(*same).values(switched_on_at=at, version=kept.version + 1, aged_until=None)
    return bool(connection.execute(changed).rowcount)


def looked(connection: sa.Connection, kept: KeptCampaign, until: datetime) -> None:
    """Whatever came into its stages until then was looked at, by what the campaign says in `kept`."""
    same = (_campaign.c.id == kept.id, _campaign.c.version == kept.version)
    later = sa.func.greatest(_campaign.c.aged_until, until)
    connection.execute(sa.update(_campaign).where(*same).values(aged_until=later))


def variants(connection: sa.Connection, campaign_id: int) -> dict[str, int]:
    """Ids of the variants of a campaign by their codes."""
    query = sa.select(_variant.c.code, _variant.c.id).where(_variant.c.campaign_id == campaign_id)
    return {row.code: row.id for row in connection.execute(query)}


def variant_code(connection: sa.Connection, variant_id: int | None) -> str | None:
    """The code of a variant."""
    if variant_id is None:
        return None
    return connection.execute(sa.select(_variant.c.code).where(_variant.c.id == variant_id)).scalar_one_or_none()


# Pages and rounds need the same few again and again, and what was read is never changed.
@lru_cache(maxsize=256)
def _campaign_of(document: str) -> Campaign:
    return campaigns.read(json.loads(document))


@lru_cache(maxsize=256)
def _form_of(document: str) -> Form:
    return forms.read(json.loads(document))


def _keep_variants(connection: sa.Connection, campaign_id: int, read: Campaign) -> None:
    """One that is taken out of the campaign keeps its row without a share: what was asked by it stays comparable."""
    connection.execute(sa.update(_variant).where(_variant.c.campaign_id == campaign_id).values(share=0))
    for one in read.variants:
        changes = read.document["variants"][list(read.variants).index(one)].get("changes", {})
        values = {"share": one.share, "changes": changes}
        made = insert(_variant).values(campaign_id=campaign_id, code=one.code, **values)
        connection.execute(made.on_conflict_do_update(index_elements=["campaign_id", "code"], set_=values))
