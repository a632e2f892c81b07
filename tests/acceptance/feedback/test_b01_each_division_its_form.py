"""B1: several divisions, several forms; the client sees only the form that belongs to what is behind the link."""

from tests.factories.feedback_asks import Asking, asking

__all__ = ["asking"]


def test_each_link_shows_its_own_form_and_takes_no_other(asking: Asking) -> None:
    asking.campaign("review-registry", {"forms_by_division": {"2": "nps", "3": "smileys"}})
    forms = {"review": "Review of the service", "nps": "Five questions about our work", "smileys": "How did we help?"}
    client = asking.client()
    for form, title in forms.items():
        one = asking.sent("review-registry", form)
        shown = client.get(one.path)

        assert title in shown.text
        assert not any(other in shown.text for other in set(forms.values()) - {title})
        for other in set(forms) - {form}:
            assert client.get(one.path.replace(f"/f/{form}/", f"/f/{other}/")).status_code == 404
