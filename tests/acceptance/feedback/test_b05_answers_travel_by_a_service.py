"""B5: a site without a line to the CRM: answers travel through an HTTP service, and are sent until they are there."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from caseline.actions import keep_sites
from tests.factories.feedback_asks import Asking, asking
from tests.factories.pages import listening_at

__all__ = ["asking"]


def test_an_answer_given_while_the_service_was_away_arrives_once(asking: Asking, tmp_path: Path) -> None:
    handbook = Path(__file__).parents[3] / "docs" / "feedback-service.md"
    (source,) = re.findall(r"```python\n(.*?)```", handbook.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - the handbook's own
    asking.now = datetime.now(UTC)
    one, key = asking.sent(), keep_sites.add(asking.house, "shop", by="test", now=asking.now)
    link = one.path.removeprefix("/f/")

    away = names["Feedback"]("http://127.0.0.1:1", "shop", key, tmp_path / "outbox")
    away.keep(link, "page-0001", {"rating": 5})
    assert away.send() == 1
    away.outbox.execute("UPDATE answer SET due = 0")
    with listening_at(asking.application()) as address:
        back = names["Feedback"](address, "shop", key, tmp_path / "outbox")
        assert (back.send(), back.send()) == (0, 0)
        assert back.call("GET", link)[1]["state"] == "answered"

    assert (one.counted, one.submissions) == ({"rating": 5}, 1)
