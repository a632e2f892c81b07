"""The sign-off report: one HTML page that needs nothing else, made to be printed and signed."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from staging.audit.findings import KEPT, KEPT_IN_ALL
from staging.audit.presentation import Presentation, is_whole
from staging.audit.verdict import Verdict


def render(verdict: Verdict, *, show_values: bool, version: str) -> str:
    """The page as HTML text; values are escaped, personal ones shortened unless `show_values`."""
    environment = Environment(loader=PackageLoader("staging.audit", ""), autoescape=True, undefined=StrictUndefined)
    environment.filters["number"] = "{:,}".format
    environment.filters["digest"] = "{:016x}".format
    environment.filters["moment"] = "{:%Y-%m-%d %H:%M:%S} UTC".format
    template = environment.get_template("page.html")
    shown = Presentation(verdict, show_values)
    return template.render(
        verdict=verdict, shown=shown, version=version, is_whole=is_whole, kept=KEPT, kept_in_all=KEPT_IN_ALL
    )
