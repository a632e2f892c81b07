"""Who comes to a page, as far as it is kept: a network, a program, and whether it says that it fetches ahead."""

from starlette.requests import Request

from caseline.actions.tell_persons import Visitor
from caseline.feedback import signals


def of(request: Request) -> Visitor:
    """Whoever sends this request."""
    said = " ".join(request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz", "x-purpose"))
    ahead = any(word in said.lower() for word in ("prefetch", "prerender", "preview"))
    return Visitor(
        net=signals.net(request.client.host if request.client else None),
        agent=request.headers.get("user-agent"),
        prefetch=ahead or request.method == "HEAD",
    )
