"""The form of an import."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from flows.options import ImportOptions


def test_run_name_is_made_of_the_parameters_alone() -> None:
    options = ImportOptions(
        paths=["/srv/spring"], mapping="/etc/desk.yaml", only=["request"], overwrite=True, reconvert=True
    )

    assert options.run_name() == "desk spring only request overwrite reconvert"


def test_relative_path_is_refused_because_the_worker_stands_elsewhere() -> None:
    with pytest.raises(ValidationError, match="paths"):
        ImportOptions(paths=["export"])


@pytest.mark.parametrize("wrong", [{"max_failed": 101}, {"max_failed": -1}, {"workers": 0}, {"paths": []}, {"typo": 1}])
def test_impossible_values_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ImportOptions.model_validate({"paths": ["/srv/spring"]} | wrong)


def test_order_says_the_same_as_the_form() -> None:
    order = ImportOptions(paths=["/a", "/b"], workers=3, retry_failed=False, overwrite=True, confirmed=True).order()

    assert order.paths == (Path("/a"), Path("/b"))
    assert (order.mapping, order.workers, order.confirmed) == ("salesforce", 3, True)
    assert (order.options.retry_failed, order.options.overwrite, order.options.only) == (False, True, ())
