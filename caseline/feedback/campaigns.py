"""Reads a campaign as it is written, and checks it as a whole."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any, Final

from caseline.feedback import follow as follow_rules
from caseline.feedback.audience import Rule as Audience
from caseline.feedback.campaign import SMILEYS, AddressRule, Campaign, Channel, On, Trigger, Variant
from caseline.feedback.confirming import Mode
from caseline.feedback.confirming import Rule as Confirming
from caseline.feedback.forms import LANGUAGES, Words
from caseline.feedback.links import slug
from caseline.feedback.reading import CampaignUnfit, Part, part
from caseline.feedback.schedule import Schedule

__all__ = ["CampaignUnfit", "read"]

_RESTS: Final = {"nps": 30, "chat": 30}
"""Days for which a person is asked by no campaign of the same kind; the other kinds have limits of their own."""
_LONGEST_DELAY: Final = 8_760
"""Hours of a year."""
_VARIED: Final = frozenset({"letter", "channel", "delay_hours", "texts", "buttons"})


_PARTS: Final = (
    *("name", "kind", "trigger", "audience", "address", "channel", "fallback", "form", "forms_by_division", "letter"),
    *("reminder", "schedule", "rule", "follow", "texts", "buttons", "variants", "planned"),
)


def read(document: object) -> Campaign:
    """A campaign from the JSON in which it is kept. Raises `CampaignUnfit`."""
    whole = part(document, "campaign")
    whole.only(*_PARTS)
    kind = whole.text("kind")
    channel = whole.word("channel", Channel)
    trigger = _trigger(whole.part("trigger"))
    address = whole.word("address", AddressRule, AddressRule.PHONE if channel is Channel.CHAT else AddressRule.CARD)
    _together(whole, trigger, address, channel)
    audience = whole.part("audience")
    fallback = whole.maybe("fallback")
    made = Campaign(
        name=whole.by_language("name", LANGUAGES),
        kind=kind,
        trigger=trigger,
        audience=_audience(audience, kind),
        anybody_rests=audience.flag("anybody_rests", default=kind != SMILEYS),
        beside=audience.flag("beside_others", default=False),
        address=address,
        channel=channel,
        fallback=None if fallback is None else whole.word("fallback", Channel),
        form=_slug(whole, "form", whole.text("form")),
        forms=_forms(whole),
        letter=whole.text("letter", "ask_smileys" if channel is Channel.MAIL_SMILEYS else "ask_review"),
        reminder=whole.text("reminder", "ask_reminder"),
        schedule=_schedule(whole.part("schedule"), channel),
        rule=_rule(whole.part("rule")),
        follow=follow_rules.read(whole.parts("follow")),
        texts=_texts(whole.part("texts")),
        buttons=whole.flag("buttons", default=True),
        planned=_planned(whole),
        document=whole.values,
    )
    return replace(made, variants=_variants(whole))


def _trigger(one: Part) -> Trigger:
    one.only("by", "record", "stages", "closed", "age_days", "every_days")
    by = one.word("by", On)
    made = Trigger(
        by=by,
        record=one.text("record", "request"),
        stages=one.words("stages"),
        closed=one.flag("closed", default=False),
        age=timedelta(days=one.whole("age_days", 0, most=3650) or 0),
        every=timedelta(days=one.whole("every_days", 90, 1, 3650) or 90),
    )
    if by in {On.STAGE, On.AGE} and not (made.stages or made.closed):
        raise one.fault("stages", "none is named; name codes of stages, or say closed: true")
    if by is On.AGE and not made.age:
        raise one.fault("age_days", "say after how many days in the stage somebody is asked")
    return made


def _together(whole: Part, trigger: Trigger, address: AddressRule, channel: Channel) -> None:
    if (address is AddressRule.PHONE) != (channel is Channel.CHAT) and channel is not Channel.WEB:
        raise whole.fault("address", f"{address} does not go with the channel {channel}; a chat is found by phone")
    if address is AddressRule.MANAGER and trigger.by is not On.AGREEMENT:
        raise whole.fault("address", "only an agreement has a manager who can be asked; take the address of the card")


def _audience(one: Part, kind: str) -> Audience:
    one.only(
        *("services", "without_services", "divisions", "finished_within_days", "person_rests_days", "anybody_rests"),
        "beside_others",
    )
    rests = one.whole("person_rests_days", _RESTS.get(kind), 0, 3650)
    within = one.whole("finished_within_days", None, 1, 36500)
    return Audience(
        services=one.words("services"),
        without_services=one.words("without_services"),
        divisions=one.numbers("divisions"),
        finished_within=None if within is None else timedelta(days=within),
        person_rests=timedelta(days=rests) if rests else None,
    )


def _forms(whole: Part) -> dict[int, str]:
    found = whole.part("forms_by_division")
    made = {}
    for division, code in found.values.items():
        if not division.isascii() or not division.isdigit():
            raise found.fault(division, "it is no id of a division")
        made[int(division)] = _slug(found, division, code)
    return made


def _slug(where: Part, name: str, code: object) -> str:
    if not isinstance(code, str) or not slug(code):
        raise where.fault(name, f"{code!r} is no code of a form: small Latin letters, digits and dashes")
    return code


def _schedule(one: Part, channel: Channel) -> Schedule:
    one.only("delay_hours", "since", "until", "working_days", "reminder_after", "lasts_days")
    reminder = one.whole("reminder_after", 3, 1, 60)
    lasts = one.whole("lasts_days", 7 if channel is Channel.CHAT else 30, 1, 365)
    # Nobody is woken by a form on a site: whoever is there looks at it himself.
    written = channel is not Channel.WEB
    return Schedule(
        delay=timedelta(hours=_delay(one)),
        since=one.clock("since", time(9) if written else time()),
        until=one.clock("until", time(20) if written else time()),
        working_days=one.flag("working_days", default=written),
        reminder_after=reminder,
        lasts=timedelta(days=lasts or 30),
    )


def _delay(one: Part) -> float:
    found = one.number("delay_hours", 0) or 0
    if not 0 <= found <= _LONGEST_DELAY:
        raise one.fault("delay_hours", f"{found:g} is no number of hours from 0 to {_LONGEST_DELAY}")
    return found


def _rule(one: Part) -> Confirming:
    one.only("mode", "first_window_s", "quiet_min")
    try:
        return Confirming(
            mode=one.word("mode", Mode, Mode.BALANCED),
            first_window=timedelta(seconds=one.whole("first_window_s", 60, 0, 86_400) or 0),
            quiet=timedelta(minutes=one.whole("quiet_min", 10, 0, 1440) or 0),
        )
    except ValueError as error:
        raise one.fault("quiet_min", str(error)) from error


def _texts(one: Part) -> dict[str, Words]:
    return {name: one.by_language(name, LANGUAGES) for name in one.values}


def _planned(whole: Part) -> tuple[float, float] | None:
    one = whole.part("planned")
    one.only("base", "hoped")
    base, hoped = one.number("base"), one.number("hoped")
    if base is None and hoped is None:
        return None
    if base is None or hoped is None or not (0 < base < 1 and 0 < hoped < 1) or base == hoped:
        raise whole.fault("planned", "base and hoped are two different shares between 0 and 1")
    return base, hoped


def _variants(whole: Part) -> tuple[Variant, ...]:
    found: list[Variant] = []
    for one in whole.parts("variants"):
        one.only("code", "share", "changes")
        changes = one.part("changes")
        changes.only(*sorted(_VARIED))
        made = Variant(code=one.text("code"), share=one.whole("share", 50, 0, 10_000) or 0, changes=_changes(changes))
        if any(made.code == earlier.code for earlier in found):
            raise one.fault("code", f"{made.code!r} is the code of another variant; give it its own")
        found.append(made)
    if found and not sum(one.share for one in found):
        raise whole.fault("variants", "nobody gets any of them; give one of them a share")
    return tuple(found)


def _changes(one: Part) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if "letter" in one.values:
        made["letter"] = one.text("letter")
    if "channel" in one.values:
        made["channel"] = one.word("channel", Channel)
    if "delay_hours" in one.values:
        made["delay_hours"] = _delay(one)
    if "texts" in one.values:
        made["texts"] = _texts(one.part("texts"))
    if "buttons" in one.values:
        made["buttons"] = one.flag("buttons", default=True)
    return made
