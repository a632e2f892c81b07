"""The check imports nothing of the import but what both must agree on, whatever modules will be added."""

import ast
from pathlib import Path
from typing import Final

from staging import audit

SHARED: Final = {
    "staging.mapping",  # the contract
    "staging.tables",  # what the import says it did
    "staging.discretion",  # how values are shown to people
}


def test_the_check_shares_only_the_mapping_and_the_tables_with_the_import() -> None:
    (folder,) = audit.__path__
    foreign = set()
    for module in Path(folder).glob("*.py"):
        for node in ast.walk(ast.parse(module.read_bytes())):
            if isinstance(node, ast.ImportFrom):
                names = {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "staging" else set()
                foreign |= names or {node.module or ""}
            elif isinstance(node, ast.Import):
                foreign |= {alias.name for alias in node.names}

    ours = {name for name in foreign if name.startswith("staging") and not name.startswith("staging.audit")}

    assert ours <= SHARED
    assert {name for name in foreign if name.startswith("caseline")} <= {
        "caseline.crm",
        "caseline.crm.port",
        "caseline.crm.vocabulary",
    }
