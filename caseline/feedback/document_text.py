"""Documents as text: plain YAML, without what surprises people (09:00 as a number, no as false, aliases)."""

import re
from collections.abc import Hashable, Mapping
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node

LONGEST: Final = 200_000


class TextUnfit(ValueError):
    """A text is no document; `line` counts from 1, `text` says in English what is wrong, with `values` filled in."""

    def __init__(self, line: int, text: str, **values: object) -> None:
        super().__init__(f"line {line}: {text % values if values else text}")
        self.line = line
        self.text = text
        self.values = values


class _Loader(yaml.SafeLoader):
    """Texts, whole and decimal numbers, true and false, null; lists and names with values."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call] # as it comes
            raise TextUnfit(line, "an alias (*) is not taken: write it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - as it is called
        names = set()
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name or name in names:
                told = "the name %(name)s stands there twice" if name else "a name is expected before the colon"
                raise TextUnfit(key.start_mark.line + 1, told, **({"name": name} if name else {}))
            names.add(name)
            key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _sign, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_sign})$"), list(_first))


def read(text: str) -> dict[str, Any]:
    """The document that a text is. Raises `TextUnfit`."""
    if len(text) > LONGEST:
        raise TextUnfit(1, "the text is longer than %(most)s characters: shorten it", most=LONGEST)
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe one, with less in it
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TextUnfit(mark.line + 1 if mark else 1, "it cannot be read here: look at blanks and colons") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, TextUnfit):
            raise
        raise TextUnfit(1, "it cannot be read here: look at blanks and colons") from error
    if not isinstance(found, dict):
        raise TextUnfit(1, "names with values are expected")
    _bearable(found)
    return found


def written(document: Mapping[str, Any]) -> str:
    """The text of a document, which reads as the same."""
    text: str = yaml.dump(dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text


class _Dumper(yaml.SafeDumper):
    """Without aliases; what the loader would take for something else is quoted, since the usual rules are wider."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - as it is called
        return True


def _bearable(found: object) -> None:
    """No database keeps half signs or the sign 0, which a text can spell."""
    if isinstance(found, str):
        if "\0" in found or any("\ud800" <= sign <= "\udfff" for sign in found):
            raise TextUnfit(1, "a text holds signs that cannot be kept: take them out")
    elif isinstance(found, dict):
        for name, value in found.items():
            _bearable(name)
            _bearable(value)
    elif isinstance(found, list):
        for value in found:
            _bearable(value)
