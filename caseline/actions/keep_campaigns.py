"""Keeps campaigns and forms: ships the presets, switches campaigns on and off, saves what administrators change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import editing, open_request, take_back, wiring
from caseline.actions.editing import Editor, Fault, Faulty, Overtaken, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.cards import Stage
from caseline.crm.connect import BITRIX24
from caseline.crm.vocabulary import REQUEST
from caseline.db import named_locks
from caseline.feedback import asks, books, dialogue, presets, waiting_asks
from caseline.feedback.books import KeptCampaign, KeptForm
from caseline.feedback.campaign import Campaign, Channel, On
from caseline.feedback.follow import Do
from caseline.feedback.reading import CampaignUnfit
from caseline.outbox import template_book
from caseline.outbox.faults import TemplateFault

_SHIPPED_BY: Final = "caseline"


def campaigns(house: House, *, now: datetime) -> list[KeptCampaign]:
    """All campaigns by code; the presets of this version are among them, switched off as long as nobody wants them."""
    with house.engine.begin() as connection:
        ship(connection, now=now)
        return books.every(connection)


def forms(house: House, *, now: datetime) -> list[KeptForm]:
    """All forms by code, each with its newest version."""
    with house.engine.begin() as connection:
        ship(connection, now=now)
        return books.every_form(connection)


def find(house: House, code: str, *, now: datetime) -> KeptCampaign:
    """The campaign of that code; raises `Absent`."""
    with house.engine.begin() as connection:
        ship(connection, now=now)
        return _known(connection, code)


def ship(connection: sa.Connection, *, now: datetime) -> None:
    """Bring in forms and campaigns that ship and are not there; what people have made of them is left alone."""
    known, asked = {one.code for one in books.every_form(connection)}, {one.code for one in books.every(connection)}
    missing = (presets.forms().keys() - known) | (presets.campaigns().keys() - asked)
    if not missing:
        return
    named_locks.hold(connection, ["feedback presets"])
    for code, document in presets.forms().items():
        if code not in known and books.newest(connection, code) is None:
            books.save_form(connection, code, dict(document), by=_SHIPPED_BY, now=now)
    for code, preset in presets.campaigns().items():
        if code not in asked:
            books.add(connection, code, dict(preset.document), by=_SHIPPED_BY, now=now)


def save_form(house: House, code: str, document: Mapping[str, Any], editor: Editor, *, seen: str | None = None) -> int:
    """Keep a new version of a form; answers its id. Raises `FormUnfit` and `Overtaken`, and saves nothing."""
    with house.engine.begin() as connection:
        ship(connection, now=editor.at)
        named_locks.hold(connection, [f"feedback form {code}"])
        old = books.newest(connection, code)
        if old is not None:
            editing.check(seen, old.document)
        number = books.save_form(connection, code, dict(document), by=editor.login or "", now=editor.at)
        what = "form.added" if old is None else "form.changed"
        editing.note(connection, editor, what, code, None if old is None else old.document, document)
        return number


def add(house: House, code: str, document: Mapping[str, Any], editor: Editor) -> None:
    """Keep a new campaign, switched off. Raises `CampaignUnfit`, and `Faulty` where there is one of this code."""
    with house.engine.begin() as connection:
        ship(connection, now=editor.at)
        if books.add(connection, code, dict(document), by=editor.login or "", now=editor.at) is None:
            raise Faulty(Fault("code", "another campaign has it: take another", "такой код уже есть у другой кампании"))
        editing.note(connection, editor, "campaign.added", code, None, document)


def change(
    house: House, code: str, document: Mapping[str, Any], editor: Editor, *, seen: str | None = None
) -> KeptCampaign:
    """Change a campaign. Raises `CampaignUnfit`, `Absent`, `Overtaken`; one that is on must stay fit to run."""
    with house.engine.begin() as connection:
        kept = _known(connection, code)
        editing.check(seen, kept.document)
        changed = books.change(connection, kept, dict(document), by=editor.login or "", now=editor.at)
        if changed is None:
            raise Overtaken
        if changed.switched_on_at is not None:
            _check(house, connection, changed)
        editing.note(connection, editor, "campaign.changed", code, kept.document, document)
        return changed


def switch_on(house: House, code: str, editor: Editor, *, since: datetime | None = None) -> KeptCampaign:
    """Let a campaign ask about what happens from an instant on, now where none is named.

    Stages that ship with a preset are made where they are missing, also for a copy of it. Raises `Absent`, `Overtaken`,
    and `CampaignUnfit` when a form, a letter or another stage of it is not there.
    """
    with house.engine.begin() as connection:
        ship(connection, now=editor.at)
        kept = _known(connection, code)
        _make_stages(house, connection, kept)
        _check(house, connection, kept)
        at = since or editor.at
        if not books.switch(connection, kept, at):
            raise Overtaken
        editing.note(connection, editor, "campaign.changed", code, _switch(kept.switched_on_at), _switch(at))
        return _known(connection, code)


def switch_off(house: House, code: str, editor: Editor) -> KeptCampaign:
    """Let a campaign ask nobody new, and cancel what has not left; what was sent is still answered.

    What somebody has asked by hand goes on. Raises `Absent` and `Overtaken`.
    """
    with house.engine.begin() as connection:
        kept = _known(connection, code)
        if not books.switch(connection, kept, None):
            raise Overtaken
        waiting_asks.cancel(connection, kept.id, by=editor.login or "", now=editor.at)
        for ask_id in waiting_asks.begun(connection, kept.id):
            ask = asks.one(connection, ask_id)
            if ask is not None:
                take_back.take_back(connection, ask, waiting_asks.OFF, now=editor.at)
        editing.note(connection, editor, "campaign.changed", code, _switch(kept.switched_on_at), _switch(None))
        return _known(connection, code)


def _check(house: House, connection: sa.Connection, kept: KeptCampaign) -> None:
    """Raise `CampaignUnfit` for what a campaign names and nobody has."""
    campaign = kept.campaign
    for code in {campaign.form, *campaign.forms.values()}:
        form = books.newest(connection, code)
        if form is None:
            raise CampaignUnfit(f"campaign {kept.code}, form: there is no form {code!r}; make it, or name another one")
        if campaign.channel is Channel.CHAT:
            _check_dialogue(connection, kept.code, form)
    for code in _missing_stages(house, connection, campaign):
        raise CampaignUnfit(
            f"campaign {kept.code}, trigger, stages: there is no stage {code!r}; make it, or name another one"
        )
    own = {one.do for one in campaign.follow} & {Do.RECORD, Do.ASSIGNMENT}
    if house.settings.crm == BITRIX24 and (own or campaign.trigger.by is On.AGREEMENT):
        raise CampaignUnfit(
            f"campaign {kept.code}, follow: agreements, records and assignments are kept in a register of our own,"
            f" and the CRM here is {house.settings.crm}"
        )
    for name in ("letter", "reminder"):
        try:
            template_book.find(connection, getattr(campaign, name), house.settings.mail_language)
        except TemplateFault as error:
            raise CampaignUnfit(f"campaign {kept.code}, {name}: {error}") from error


def _check_dialogue(connection: sa.Connection, code: str, form: KeptForm) -> None:
    try:
        dialogue.questions(books.version(connection, form.version_id))
    except dialogue.CannotAsk as error:
        raise CampaignUnfit(f"campaign {code}, form: {error}") from error


def _make_stages(house: House, connection: sa.Connection, kept: KeptCampaign) -> None:
    """Make the stages that a preset, or a copy of one, waits for and that ship with it."""
    trigger, cards = kept.campaign.trigger, wiring.intake(house).cards
    if trigger.record != REQUEST or not trigger.stages:
        return
    known = open_request.stages(connection, cards)
    missing = trigger.stages - {one.code for one in known}
    place = max((one.position for one in known), default=0)
    shipped = {one.code: one for preset in presets.campaigns().values() for one in preset.stages}
    made = [
        Stage(code=one.code, label=one.label, closed=one.closed, position=place + number)
        for number, one in enumerate((shipped[code] for code in sorted(missing & shipped.keys())), 1)
        if one.record == REQUEST
    ]
    if made:
        cards.put_stages(connection, made)


def _missing_stages(house: House, connection: sa.Connection, campaign: Campaign) -> list[str]:
    trigger = campaign.trigger
    known = wiring.intake(house).cards.stages(connection, trigger.record)
    return sorted(trigger.stages - {one.code for one in known})


def _known(connection: sa.Connection, code: str) -> KeptCampaign:
    found = books.by_code(connection, code)
    if found is None:
        raise Absent(code)
    return found


def _switch(at: datetime | None) -> Plain:
    return {"switched_on_at": None if at is None else at.isoformat()}
