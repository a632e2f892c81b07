"""The pages of the settings."""

from typing import Final

from starlette.responses import Response

from caseline.people.rights import Right
from caseline.web.desk import (
    bonus_pages,
    settings_autotexts,
    settings_calendars,
    settings_categories,
    settings_divisions,
    settings_fields,
    settings_groups,
    settings_hooks,
    settings_logins,
    settings_menu,
    settings_people,
    settings_pictures,
    settings_reviews,
    settings_rules,
    settings_sections,
    settings_services,
    settings_stages,
    settings_templates,
)
from caseline.web.desk.page import Page
from caseline.web.desk.visit import Visit


def front(visit: Visit) -> Response:
    """All sections with what somebody finds there."""
    return visit.page("settings/index.html", shelves=settings_menu.of(visit))


PAGES: Final = (
    Page("/settings", front, Right.SEE_SETTINGS),
    *settings_categories.PAGES,
    *settings_people.PAGES,
    *settings_groups.PAGES,
    *settings_divisions.PAGES,
    *settings_services.PAGES,
    *settings_fields.PAGES,
    *settings_sections.PAGES,
    *settings_rules.PAGES,
    *settings_stages.PAGES,
    *settings_logins.PAGES,
    *settings_calendars.PAGES,
    *settings_templates.PAGES,
    *settings_autotexts.PAGES,
    *settings_pictures.PAGES,
    *settings_reviews.PAGES,
    *settings_hooks.PAGES,
    *bonus_pages.PAGES,
)
