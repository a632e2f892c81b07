"""Values of lists that stand in a mapping."""

from staging.known_values import listed
from staging.mapping import Mapping


def test_maps_defaults_and_constants_of_lists_are_known() -> None:
    mapping = Mapping.model_validate(
        {
            "version": "1",
            "source": "shop",
            "title": "Shop",
            "parts": {
                "request": {
                    "files": "r.csv",
                    "key": "id",
                    "fields": {
                        "subject": {"value": "no list"},
                        "priority": {"column": "p", "values": {"1": "High", "2": "Low"}, "default": "Low"},
                        "channel": {"value": "phone"},
                        "type": "t",
                    },
                    "extra": {
                        "colours": {"column": "c", "type": "multi_list", "values": {"r": "red"}},
                        "note": {"column": "n", "values": {"a": "b"}},
                    },
                }
            },
        }
    )

    assert listed(mapping) == {
        ("request", "priority", False): {"High", "Low"},
        ("request", "channel", False): {"phone"},
        ("request", "colours", True): {"red"},
    }
