"""What the rules find wrong with campaigns, forms and their texts is said in the language of the page, at its place."""

from collections.abc import Mapping
from typing import Any

import pytest

from caseline.feedback import campaigns, document_text, forms, presets
from caseline.feedback.document_text import TextUnfit
from caseline.feedback.forms import FormUnfit
from caseline.feedback.reading import CampaignUnfit
from caseline.web.desk import feedback_faults
from caseline.web.language import Texts

NPS: Mapping[str, Any] = presets.campaigns()["nps-after-a-stage"].document
FORM: Mapping[str, Any] = presets.forms()["review"]
ONE = {"key": "a", "kind": "text", "label": "x"}


def rule(**changes: object) -> dict[str, object]:
    return {"follow": [{"do": "notice", "to": ["head"], **changes}]}


CAMPAIGNS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"foo": 1}, ("foo",)),
    ({"name": {"ru": ""}}, ("name", "ru")),
    ({"name": 5}, ("name",)),
    ({"kind": " "}, ("kind",)),
    ({"channel": "pigeon"}, ("channel",)),
    ({"trigger": {"by": "stage"}}, ("trigger", "stages")),
    ({"trigger": {"by": "age", "closed": True}}, ("trigger", "age_days")),
    ({"trigger": {"by": "stage", "stages": "x"}}, ("trigger", "stages")),
    ({"trigger": []}, ("trigger", "by")),
    ({"trigger": "x"}, ()),
    ({"address": "phone"}, ("address",)),
    ({"schedule": {"delay_hours": 9e9}}, ("schedule", "delay_hours")),
    ({"address": "manager"}, ("address",)),
    ({"audience": {"divisions": ["x"]}}, ("audience", "divisions")),
    ({"audience": {"anybody_rests": "x"}}, ("audience", "anybody_rests")),
    ({"form": "No Code"}, ("form",)),
    ({"forms_by_division": {"x": "nps"}}, ("forms_by_division", "x")),
    ({"schedule": {"delay_hours": "soon"}}, ("schedule", "delay_hours")),
    ({"schedule": {"since": "25:99"}}, ("schedule", "since")),
    ({"schedule": {"lasts_days": 0}}, ("schedule", "lasts_days")),
    ({"rule": {"quiet_min": 1}}, ("rule", "quiet_min")),
    ({"planned": {"base": 2, "hoped": 0.1}}, ("planned",)),
    ({"variants": [{"code": "a", "share": 0}]}, ("variants",)),
    ({"variants": [{"code": "a"}, {"code": "a"}]}, ("variants 2", "code")),
    ({"follow": 5}, ("follow",)),
    (rule(to=[]), ("follow 1", "to")),
    (rule(to=["x"]), ("follow 1", "to")),
    (rule(when={"grades": ["x"]}), ("follow 1", "when", "grades")),
    ({"follow": [*rule()["follow"], *rule()["follow"]]}, ("follow 2", "key")),  # type: ignore[misc] # lists
    ({"follow": [{"do": "review"}]}, ("follow 1", "targets")),
    ({"follow": [{"do": "bonus"}]}, ("follow 1", "amount")),
    ({"follow": [{"do": "assignment", "title": "x", "checklist": "x"}]}, ("follow 1", "checklist")),
]
FORMS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"questions": []}, ("questions",)),
    ({"questions": [ONE] * 51}, ("questions",)),
    ({"questions": [ONE, ONE]}, ("question 2", "key")),
    ({"questions": [ONE | {"key": "a b"}]}, ("question 1", "key")),
    ({"questions": [ONE | {"kind": "x"}]}, ("question 1", "kind")),
    ({"questions": [ONE | {"label": ""}]}, ("question 1", "label", "ru")),
    ({"questions": [ONE | {"label": {"de": "x"}}]}, ("question 1", "label")),
    ({"questions": [ONE | {"target": 1}]}, ("question 1", "target")),
    ({"questions": [ONE | {"kind": "choice", "options": []}]}, ("question 1", "options")),
    ({"questions": [ONE | {"kind": "scale", "from": 5, "to": 1}]}, ("question 1", "from", "to")),
    ({"questions": [ONE | {"kind": "nps", "to": 9}]}, ("question 1", "from", "to")),
    ({"questions": [ONE | {"kind": "smileys", "to": 9}]}, ("question 1", "to")),
    ({"questions": [ONE | {"kind": "scale", "bad_to": 9}]}, ("question 1", "bad_to")),
    ({"questions": [ONE | {"when": {"question": "b", "is": ["x"]}}]}, ("question 1", "when")),
    ({"questions": [ONE, ONE | {"key": "b", "when": {"question": "a", "is": ["x"]}}]}, ("question 2", "when")),
    ({"questions": [ONE | {"when": {"question": "b"}}]}, ("question 1", "when")),
    ({"title": {"ru": ""}}, ("title", "ru")),
]


def told(error: Exception, place: tuple[str, ...]) -> None:
    """The same at its place in English, and wholly in Russian."""
    english = str(error).partition(": ")[2]
    said = feedback_faults.read(Texts("en"), error)
    assert english in said.words
    assert said.at(*place), said
    russian = feedback_faults.read(Texts("ru"), error).words
    assert english not in russian, f"feedback_faults.TEXTS lacks: {english}"


@pytest.mark.parametrize(("changes", "place"), CAMPAIGNS)
def test_faults_of_campaigns_are_said_at_their_places(changes: dict[str, Any], place: tuple[str, ...]) -> None:
    with pytest.raises(CampaignUnfit) as caught:
        campaigns.read({**NPS, **changes})
    told(caught.value, place)


@pytest.mark.parametrize(("changes", "place"), FORMS)
def test_faults_of_forms_are_said_at_their_places(changes: dict[str, Any], place: tuple[str, ...]) -> None:
    with pytest.raises(FormUnfit) as caught:
        forms.read({**FORM, **changes})
    told(caught.value, place)


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: &x 1\nb: *x", "[a]: 1", "x: [", "- 1", 'x: "\\0"', "x" * 200_001])
def test_faults_of_texts_are_known(text: str) -> None:
    with pytest.raises(TextUnfit) as caught:
        document_text.read(text)
    assert caught.value.text in feedback_faults.UNREAD
    assert caught.value.line >= 1
