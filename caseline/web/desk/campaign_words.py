"""Says a campaign as people read it: whom it asks, when, how, what follows, and what to mind."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from caseline.feedback import forms
from caseline.feedback.answering import Grade
from caseline.feedback.campaign import MAIL, AddressRule, Campaign, Channel, On
from caseline.feedback.confirming import Mode
from caseline.feedback.follow import Do, Follow
from caseline.feedback.follow import On as GivenFor
from caseline.web.desk import asking_words, campaign_modes
from caseline.web.desk.campaign_names import Names
from caseline.web.language import Texts, later

KINDS: Final = {
    "smileys": later("smileys"),
    "nps": later("recommendation (NPS)"),
    "registry": later("reviews of agreements"),
    "chat": later("chat"),
    "web": later("web page"),
}
TRIGGERS: Final = {
    On.STAGE: later("a request comes into a stage"),
    On.AGE: later("a request has been in a stage for some days"),
    On.AGREEMENT: later("an agreement: by its status and the time since it was asked about"),
    On.HAND: later("by hand only"),
    On.API: later("another system says so"),
}
ADDRESSES: Final = {
    AddressRule.CARD: later("the address on the card"),
    AddressRule.MANAGER: later("the responsible chooses the address"),
    AddressRule.PHONE: later("the phone on the card"),
}
GIVEN_FOR: Final = {GivenFor.ANSWER: later("for the answer"), GivenFor.CLICK: later("for the click")}
WARNINGS: Final = {
    "literal": later(
        "Every opening of a link counts as a rating. Mail scanners open all links of a letter: use this only for mail"
        " that never leaves the house."
    ),
    "google": later(
        "Google forbids any reward for a review and asking only those who are content. Ask everybody, and reward the"
        " feedback, not the review."
    ),
    "chosen": later("Only those who are content are asked for a public review: platforms may forbid that."),
    "no_stage": later(
        "There is no such stage yet: %(stages)s. A shipped campaign makes its own when it is switched on."
    ),
    "no_follow": later("Nothing follows from an answer: it is only kept and counted."),
}


def when(texts: Texts, one: Campaign, names: Names) -> list[str]:
    """What starts an ask, and when its letter leaves."""
    found = [_trigger(texts, one, names)]
    plan = one.schedule
    if plan.delay:
        found.append(texts.say("The letter leaves %(time)s later at the earliest.", time=_span(texts, plan.delay)))
    if plan.since == plan.until:
        found.append(texts.say("It leaves at any hour."))
    else:
        hours = {"since": f"{plan.since:%H:%M}", "until": f"{plan.until:%H:%M}"}
        found.append(texts.say("It leaves from %(since)s to %(until)s on the client's clock.", **hours))
    found.append(texts.say("Only on working days.") if plan.working_days else texts.say("On any day of the week."))
    if plan.reminder_after is not None:
        days = texts.count("%(num)s working day", "%(num)s working days", plan.reminder_after)
        found.append(texts.say("One reminder after %(days)s without an answer.", days=days))
    else:
        found.append(texts.say("There is no reminder."))
    lasts = texts.count("%(num)s day", "%(num)s days", plan.lasts.days)
    found.append(texts.say("The link works for %(days)s.", days=lasts))
    return found


def _trigger(texts: Texts, one: Campaign, names: Names) -> str:
    trigger = one.trigger
    stages = [f"«{names.stages.get(code, code)}»" for code in sorted(trigger.stages)]
    if trigger.closed:
        stages.append(texts.say("every closed stage"))
    told = ", ".join(stages)
    if trigger.by is On.STAGE:
        return texts.say("When a request comes into: %(stages)s.", stages=told)
    if trigger.by is On.AGE:
        days = texts.count("%(num)s day", "%(num)s days", trigger.age.days)
        return texts.say("When a request has been for %(days)s in: %(stages)s.", days=days, stages=told)
    if trigger.by is On.AGREEMENT:
        days = texts.count("%(num)s day", "%(num)s days", trigger.every.days)
        return texts.say("For agreements in work every %(days)s, for one-off ones when they are done.", days=days)
    return texts.say("By itself it asks nobody: %(how)s.", how=texts.say(TRIGGERS[trigger.by]))


def whom(texts: Texts, one: Campaign, names: Names) -> list[str]:
    """Who is asked, and who is not."""
    rule = one.audience
    found = [
        texts.say("Categories: %(names)s.", names=_named(rule.services, names.services))
        if rule.services
        else texts.say("All categories.")
    ]
    if rule.without_services:
        found.append(texts.say("Left out: %(names)s.", names=_named(rule.without_services, names.services)))
    if rule.divisions:
        told = ", ".join(names.divisions.get(number, str(number)) for number in sorted(rule.divisions))
        found.append(texts.say("Divisions: %(names)s.", names=told))
    if rule.finished_within:
        days = texts.count("%(num)s day", "%(num)s days", rule.finished_within.days)
        found.append(texts.say("What was finished more than %(days)s ago is not asked about.", days=days))
    if rule.person_rests:
        days = texts.count("%(num)s day", "%(num)s days", rule.person_rests.days)
        found.append(texts.say("One person is asked in this way once in %(days)s at most.", days=days))
    if one.anybody_rests:
        found.append(texts.say("The limit of the house for all asks together holds, too."))
    if one.beside:
        found.append(texts.say("Also where another campaign asks about the same request."))
    found.append(texts.say("Never: what an import brought, what was made from answers, who wants no letters."))
    return found


def how(texts: Texts, one: Campaign, names: Names) -> list[str]:
    """By which way, with which form and letter, and what counts."""
    channel = texts.say(asking_words.CHANNELS[one.channel])
    found = [texts.say("%(channel)s, to: %(address)s.", channel=channel, address=texts.say(ADDRESSES[one.address]))]
    if one.fallback is not None:
        other = texts.say(asking_words.CHANNELS[one.fallback])
        found.append(texts.say("Where no chat can be begun: %(channel)s.", channel=other))
    found.append(texts.say("Form: %(name)s.", name=names.forms.get(one.form, one.form)))
    for number, code in one.forms.items():
        division = names.divisions.get(number, str(number))
        form = names.forms.get(code, code)
        found.append(texts.say("Form for %(division)s: %(name)s.", division=division, name=form))
    if one.channel in MAIL:
        found.append(texts.say("Letter: %(code)s, reminder: %(other)s.", code=one.letter, other=one.reminder))
    found.append(texts.say("What counts: %(mode)s.", mode=texts.say(campaign_modes.MODES[one.rule.mode])))
    return found


def follows(texts: Texts, one: Campaign) -> list[tuple[str, str]]:
    """(condition, what is done) of each rule."""
    return [(condition(texts, rule), done(texts, rule)) for rule in one.follow]


def condition(texts: Texts, rule: Follow) -> str:
    """When a rule holds."""
    found = []
    if rule.when.grades:
        words = ", ".join(texts.say(asking_words.GRADES[one]) for one in Grade if one in rule.when.grades)
        found.append(texts.say("the answer is %(grades)s", grades=words))
    if rule.when.mean_from is not None:
        found.append(texts.say("the mean is %(value)s or more", value=texts.number(rule.when.mean_from)))
    if rule.when.mean_below is not None:
        found.append(texts.say("the mean is below %(value)s", value=texts.number(rule.when.mean_below)))
    return texts.say("If %(all)s", all=texts.say(" and ").join(found)) if found else texts.say("Always")


def done(texts: Texts, rule: Follow) -> str:
    """What a rule does."""
    more, deed = rule.more, texts.say(asking_words.DEEDS[rule.do])
    if rule.do is Do.NOTICE:
        said = texts.say("tell %(people)s", people=_people(texts, more["to"]))
        own = forms.words(more["text"], texts.language)
        return f"{said}: “{own}”" if own else said
    if rule.do is Do.ASSIGNMENT:
        days = texts.count("%(num)s working day", "%(num)s working days", more["due_days"])
        told = {"title": forms.words(more["title"], texts.language), "who": _people(texts, [more["to"]]), "days": days}
        author = _people(texts, [more["author"]])
        return texts.say("give the assignment “%(title)s” to %(who)s, in the name of %(author)s, due in %(days)s", **told, author=author)  # fmt: skip # noqa: E501
    if rule.do is Do.RECORD:
        name = forms.words(more["name"], texts.language)
        return texts.say("make a record of kind %(kind)s, called “%(name)s”", kind=more["kind"], name=name)
    if rule.do is Do.REVIEW:
        return texts.say("ask for a public review on: %(targets)s", targets=", ".join(more["targets"]))
    if rule.do is Do.BONUS:
        given, days = texts.say(GIVEN_FOR[GivenFor(more["given_for"])]), more["lasts_days"]
        lasts = texts.count("%(num)s day", "%(num)s days", days)
        told = {"amount": texts.number(more["amount"]), "given": given, "days": lasts}
        return texts.say("give a bonus of %(amount)s %(given)s, good for %(days)s", **told)
    return f"{deed}: {more['hook']}"


def warnings(texts: Texts, one: Campaign, names: Names) -> list[str]:
    """What somebody should know before he switches it on."""
    found = ["literal"] if one.rule.mode is Mode.LITERAL else []
    reviews = [rule for rule in one.follow if rule.do is Do.REVIEW]
    google = any("google" in rule.more["targets"] for rule in reviews)
    chosen = any(rule.when.grades or rule.when.mean_from is not None for rule in reviews)
    rewarded = any(rule.do is Do.BONUS and rule.more["given_for"] == GivenFor.CLICK for rule in one.follow)
    if google and (chosen or rewarded):
        found.append("google")
    elif chosen:
        found.append("chosen")
    if not one.follow:
        found.append("no_follow")
    said = [texts.say(WARNINGS[code]) for code in found]
    missing = sorted(one.trigger.stages - names.stages.keys())
    return [*said, texts.say(WARNINGS["no_stage"], stages=", ".join(missing))] if missing else said


def waits(one: Campaign) -> bool:
    """Whether a dry run over the requests of now tells anything about it."""
    return one.trigger.by in {On.STAGE, On.AGE}


def _people(texts: Texts, codes: Iterable[str]) -> str:
    return ", ".join(texts.say(label) for who, label in asking_words.PEOPLE.items() if who in set(codes))


def _named(codes: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(code, code) for code in sorted(codes))


def _span(texts: Texts, span: timedelta) -> str:
    hours: Any = span.total_seconds() / 3600
    if hours == int(hours):
        return texts.count("%(num)s hour", "%(num)s hours", int(hours))
    return texts.say("%(num)s h", num=texts.number(hours))


def changed(texts: Texts, changes: Mapping[str, Any]) -> str:
    """What a variant has otherwise."""
    told = {
        "letter": texts.say("letter"),
        "channel": texts.say("channel"),
        "delay_hours": texts.say("delay in hours"),
        "texts": texts.say("texts of the chat"),
        "buttons": texts.say("buttons"),
    }
    found = []
    for name, value in changes.items():
        if name == "channel":
            shown = texts.say(asking_words.CHANNELS[Channel(value)])
        elif name == "texts":
            shown = texts.say("own ones")
        elif isinstance(value, bool):
            shown = texts.say("yes") if value else texts.say("no")
        else:
            shown = str(value)
        found.append(f"{told.get(name, name)}: {shown}")
    return "; ".join(found) or texts.say("as the campaign")
