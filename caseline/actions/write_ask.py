"""Writes the letter of an ask: queued with links of a new secret, once for each time that it is sent or reminded of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import wiring, write_alone, write_letter
from caseline.actions.wiring import House
from caseline.actions.write_alone import Lone
from caseline.actions.write_letter import Draft
from caseline.crm.cards import Card
from caseline.feedback import agreement_words, ask_links, books, forms, links, schedule, taken_steps
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import Campaign
from caseline.feedback.forms import Form, Kind
from caseline.feedback.states import State
from caseline.outbox import picture_book, smileys, tags, template_book, templates
from caseline.outbox import store as outbox
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address, Nature
from caseline.outbox.pictures import Picture
from caseline.outbox.smileys import Smiley
from caseline.outbox.tags import Block, Tag
from caseline.outbox.templates import Template


@dataclass(frozen=True, slots=True)
class Way:
    """How the answer to a letter comes back."""

    page: str
    """The address of its page."""
    unsubscribe: str
    secret: str = field(repr=False)


def write(
    house: House, connection: sa.Connection, ask: Ask, campaign: Campaign, *, reminder: bool, now: datetime
) -> int:
    """Queue the letter of an ask, or its reminder, in the caller's transaction; answers the id of the letter.

    An ask that is sent has one letter and one reminder, however often this is called; only one that failed and was
    repaired has further ones. A letter about a record stands in its timeline. Raises `SettingsError` where an address
    of ours is not set, and `OutboxFault` for what cannot be written; nothing is kept then.
    """
    occasion = _occasion(connection, ask, reminder=reminder)
    if (known := outbox.of_occasion(connection, occasion)) is not None:
        return known
    base = wiring.public_url(house.settings)
    wiring.mint(house, connection, now=now)
    way = _way(base, ask, books.form_code(connection, ask.form_version_id))
    writing = _Writing(house, connection, ask, now, way)
    code = campaign.reminder if reminder else campaign.letter
    letter_id = writing.letter(code, occasion, ask.expires_at or schedule.expires_at(campaign.schedule, now))
    letter = outbox.get(connection, letter_id)
    # Somebody else may have written it at this moment: then it has his links.
    if letter is not None and way.secret in letter.secret_links:
        ask_links.keep_secret(connection, ask.id, links.digest(way.secret), now=now)
    return letter_id


def shown_smileys(form: Form, page: str, language: str, pictures: Mapping[str, Picture]) -> Block | None:
    """The smileys of a form whose page has this address; None where it has none."""
    question = next((one for one in form.questions if one.kind is Kind.SMILEYS), None)
    if question is None:
        return None
    said = {code: forms.words(label, language) for code, label in question.options}
    found = [
        Smiley(value, said.get(str(value)) or smileys.usual(place, len(question.values), language), f"{page}/{value}")
        for place, value in enumerate(question.values)
    ]
    return smileys.block(found, pictures)


@dataclass(frozen=True, slots=True)
class _Writing:
    """One letter that is being written."""

    house: House
    connection: sa.Connection
    ask: Ask
    now: datetime
    way: Way

    def letter(self, code: str, occasion: str, until: datetime) -> int:
        """Queue it; answers its id."""
        if self.ask.address is None:
            raise OutboxFault("ask %(ask)s: it has no mail address: choose one", ask=self.ask.id)
        template = template_book.ready(self.connection, code, self.ask.language)
        pictures = picture_book.every(self.connection)
        values = {
            Tag.LINK: self.way.page,
            Tag.UNSUBSCRIBE: self.way.unsubscribe,
            Tag.LINK_UNTIL: self._day(until),
            **self._smileys(template, pictures),
        }
        if self.ask.subject == "request":
            return self._about_record(code, occasion, values, pictures)
        return self._about_agreement(code, occasion, values)

    def _about_record(
        self, code: str, occasion: str, values: Mapping[Tag, str], pictures: Mapping[str, Picture]
    ) -> int:
        card = wiring.intake(self.house).cards.get(self.connection, self.ask.subject_id)
        if card is None:
            raise OutboxFault(
                "ask %(ask)s: record %(record)s, which it is about, is gone: cancel the ask",
                ask=self.ask.id,
                record=self.ask.subject_id,
            )
        draft = Draft(
            card=card,
            template=code,
            to=Address(self.ask.address or "", card.contact or ""),
            values={**self._of_record(card), **values},
            nature=Nature.ASK,
            occasion=occasion,
            secret_links=[self.way.secret],
            language=self.ask.language,
            pictures=pictures,
            unsubscribe=self.way.unsubscribe,
        )
        return write_letter.write(self.house, self.connection, draft, now=self.now).letter_id

    def _of_record(self, card: Card) -> dict[Tag, str]:
        number, day = card.number or str(card.id), self._day(card.created_at)
        english = self.ask.language == "en"
        return {
            Tag.REQUEST_NUMBER_DATE: f"No. {number} of {day}" if english else f"№ {number} от {day}",
            Tag.REQUEST_SUBJECT: card.subject,
            Tag.SERVICE: card.category or "",
        }

    def _about_agreement(self, code: str, occasion: str, values: Mapping[Tag, str]) -> int:
        said = agreement_words.of(self.connection, self.ask.subject_id)
        if said is None:
            raise OutboxFault(
                "ask %(ask)s: agreement %(agreement)s, which it is about, is gone: cancel the ask",
                ask=self.ask.id,
                agreement=self.ask.subject_id,
            )
        known = {
            Tag.AGREEMENT_NUMBER: said.number,
            Tag.SERVICE: said.service,
            Tag.COMPANY: said.company,
            Tag.CLIENT_NAME: said.contact,
            Tag.RESPONSIBLE: said.manager,
        }
        lone = Lone(
            template=code,
            language=self.ask.language,
            to=Address(self.ask.address or "", said.contact),
            values={**known, **values},
            nature=Nature.ASK,
            occasion=occasion,
            secret_links=[self.way.secret],
            unsubscribe=self.way.unsubscribe,
        )
        return write_alone.write(self.house, self.connection, lone, now=self.now)

    def _smileys(self, template: Template, pictures: Mapping[str, Picture]) -> dict[Tag, str]:
        if not any(Tag.SMILEYS in tags.used(getattr(template, one)) for one in templates.FIELDS):
            return {}
        form = books.version(self.connection, self.ask.form_version_id)
        found = shown_smileys(form, self.way.page, self.ask.language, pictures)
        if found is None:
            raise OutboxFault(
                "ask %(ask)s: letter %(letter)s shows smileys, and no question of the form has any: add one, or name a"
                " letter without %%Smileys%%",
                ask=self.ask.id,
                letter=template.code,
            )
        return {Tag.SMILEYS: found}

    def _day(self, at: datetime) -> str:
        zone = wiring.intake(self.house).clocks.zone(self.connection, None)
        return write_letter.day(at, zone, self.ask.language)


def _occasion(connection: sa.Connection, ask: Ask, *, reminder: bool) -> str:
    """What the letter is called: another name for each time that the ask was made ready to be sent."""
    again = taken_steps.again(connection, ask.id, State.QUEUED)
    return f"ask {ask.id}{again} reminder" if reminder else f"ask {ask.id}{again}"


def _way(base: str, ask: Ask, form: str) -> Way:
    secret = links.mint_secret()
    page = links.Link(form, ask.service, ask.public_id, secret).path
    return Way(f"{base}{page}", f"{base}/u/{ask.public_id}.{secret}", secret)
