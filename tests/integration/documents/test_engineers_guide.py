"""An engineer adds a source, a field, a category and a campaign with nothing but the document."""

import pytest

from tests.factories import consoles
from tests.factories.processes import REPOSITORY
from tests.integration.documents.conftest import Reader


@pytest.mark.timeout(900)
def test_an_engineer_needs_nothing_but_the_document(reader: Reader) -> None:
    guide = consoles.blocks(REPOSITORY / "docs" / "engineers.md")
    typed = [block for block in guide if "no-run" not in block.words]

    assert len(typed) > 5, "the guide is typed as a whole"
    assert reader(typed) == []
