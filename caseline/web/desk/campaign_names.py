"""What codes and ids of a campaign are called: stages, categories, divisions, forms."""

from collections.abc import Mapping
from dataclasses import dataclass

from caseline.actions import keep_campaigns, keep_categories, keep_divisions, keep_stages
from caseline.web.desk.visit import Visit


@dataclass(frozen=True, slots=True)
class Names:
    """What codes and ids of a campaign are called."""

    stages: Mapping[str, str]
    services: Mapping[str, str]
    divisions: Mapping[int, str]
    forms: Mapping[str, str]

    @classmethod
    def of(cls, visit: Visit) -> "Names":
        """Those of the house."""
        return cls(
            {one.code: one.label for one in keep_stages.stages(visit.house)},
            {one.code: one.label for one in keep_categories.categories(visit.house)},
            {one.id: path for one, path in keep_divisions.paths(visit.house)},
            {one.code: one.name for one in keep_campaigns.forms(visit.house, now=visit.now)},
        )
