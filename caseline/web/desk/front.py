"""The first page after signing in."""

from starlette.responses import Response

from caseline.web.desk.visit import Visit


def front(visit: Visit) -> Response:
    """What there is to do."""
    return visit.page("front.html")
