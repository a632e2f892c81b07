"""Whatever an action may refuse to somebody at a page has a text there, in Russian too."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from caseline.actions.keep_views import Why
from caseline.crm.cards import Refused
from caseline.crm.port import NotOffered
from caseline.crm.refusals import Told
from caseline.outbox.faults import OutboxFault
from caseline.web.desk import card_frame, refusal_words, request_views
from caseline.web.desk.refusal_texts import RARE
from caseline.web.language import Texts

ROOT: Final = Path(__file__).parents[3]
TEXTS: Final = {*refusal_words.TEXTS, *refusal_words.AT_WORK, *RARE}
PLAIN: Final = {"caseline.crm.cards.Refused"}
TOLD: Final = {
    "caseline.crm.refusals.Told",
    "caseline.crm.refusals.Overtaken",
    "caseline.outbox.faults.OutboxFault",
    "caseline.outbox.faults.TemplateFault",
    "caseline.outbox.faults.ImportedIsQuiet",
    "caseline.actions.work_assignment.NoMail",
}
NO_MAIL: Final = "CASELINE_MAIL_ADDRESS: nobody has said our own address; set it (support@example.org)"
"""The pages have a text of their own for this kind."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    return next((one for one in (base.with_suffix(".py"), base / "__init__.py") if one.exists()), None)


def imported(path: Path) -> dict[str, str]:
    """What a module imports: the full name, by the name that it has there."""
    found: dict[str, str] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {one.asname or one.name: one.name for one in node.names}
    return found


def behind_pages() -> dict[str, Path]:
    """All modules that pages import, over any number of others."""
    pages = [one.relative_to(ROOT).with_suffix("") for one in (ROOT / "caseline" / "web").rglob("*.py")]
    waiting, found = [".".join(one.parts) for one in pages], dict[str, Path]()
    while waiting:
        module = waiting.pop()
        path = place(module)
        if path is None or module in found or not module.startswith("caseline"):
            continue
        found[module] = path
        for name in imported(path).values():
            waiting += [name, name.rpartition(".")[0]]
    return found


def calls(module: str, path: Path, kinds: set[str]) -> Iterator[ast.Call]:
    """Where one of these is made."""
    names = imported(path)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = names.get(node.func.id, f"{module}.{node.func.id}")
            if name in kinds:
                yield node


def constants(path: Path) -> dict[str, object]:
    """Texts that a module gives names to."""
    found: dict[str, object] = {}
    for node in tree(path).body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant):  # type: ignore[attr-defined]
            found[target.id] = node.value.value  # type: ignore[attr-defined]
    return found


def test_no_refusal_is_made_without_a_text_that_pages_can_say() -> None:
    modules = behind_pages()
    assert len(modules) > 300
    plain = [(module, ast.unparse(call)) for module, path in modules.items() for call in calls(module, path, PLAIN)]

    # What is wrong with extra fields of a client, in the language of the page already.
    assert plain == [("caseline.web.desk.client_form", "Refused('; '.join(faults))")]


def test_every_refusal_stands_in_the_list_and_nothing_else_does() -> None:
    said: dict[object, str] = {}
    for module, path in behind_pages().items():
        known = constants(path)
        for call in calls(module, path, TOLD):
            (text, *_) = call.args
            if isinstance(text, ast.Name):
                said[known.get(text.id, text.id)] = module
            elif isinstance(text, ast.Attribute) and text.attr == "NO_PRODUCT":
                said[refusal_words.NO_PRODUCT] = module
            elif isinstance(text, ast.Attribute) and ast.unparse(call.func) == "TemplateFault":
                assert ast.unparse(text) == "error.text"  # hands on one that stands in the list
            else:
                assert isinstance(text, ast.Constant), f"{module}: {ast.unparse(call)}"
                said[text.value] = module
    missing = {text: module for text, module in said.items() if text not in TEXTS | {NO_MAIL, refusal_words.NO_PRODUCT}}

    assert len(said) > len(RARE)
    assert missing == {}, "give it a text in caseline/web/desk/refusal_texts.py, then run make texts"
    assert {text for text in RARE if text not in said} == set()


def test_every_code_of_a_refusal_has_its_words() -> None:
    faulty = {"caseline.actions.work_request.Faulty"}
    codes = {
        ast.literal_eval(call.args[0])
        for module, path in behind_pages().items()
        for call in calls(module, path, faulty)
    }

    assert codes
    assert codes <= set(card_frame.FAULTS)
    assert set(request_views.PROBLEMS) == set(Why)


@pytest.mark.parametrize(
    ("error", "russian"),
    [
        (
            Told(
                "%(name)s: stage %(stage)s is not a closed one: use one of %(codes)s",
                name="request 7",
                stage="new",
                codes="closed",
            ),
            "Обращение 7: стадия «new» не закрытая: выберите одну из этих: closed",
        ),
        (
            Told(
                "%(name)s is %(state)s already: open it again to go on with its checklist",
                name="assignment 3 of request 7",
                state="done",
            ),
            "Поручение 3 к обращению 7: уже завершено (выполнено): откройте его снова, чтобы продолжить чек-лист",
        ),
        (
            OutboxFault("letter of request %(request)s: it goes to nobody: give an address", request=7),
            "Письмо по обращению 7: нет получателя: укажите адрес почты",
        ),
        (
            NotOffered("bitrix24", "merging requests from here", "do it in the portal"),
            "Здесь это делается на портале: сделайте это там, следующая синхронизация перенесёт изменения сюда.",
        ),
    ],
)
def test_refusals_name_record_field_and_remedy_in_russian(error: Exception, russian: str) -> None:
    assert refusal_words.said(Texts("ru"), error) == russian
    assert isinstance(error, Refused | OutboxFault | NotOffered)
