"""What a portal says no with."""

from http import HTTPStatus


class Refusal(Exception):
    """An error answer: its code, its words, its HTTP status."""

    def __init__(self, code: str | int, description: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = int(status)

    @property
    def body(self) -> dict[str, str | int]:
        """The answer as it is sent, and as it stands in a batch."""
        return {"error": self.code, "error_description": self.description}


def old(description: str) -> Refusal:
    """The refusal of an old method, which has no code."""
    return Refusal("", description)


def not_found() -> Refusal:
    """An old method did not find the record."""
    return old("Not found")


def access_denied() -> Refusal:
    """An old method wants an administrator."""
    return old("Access denied.")


def required(title: str) -> Refusal:
    """A mandatory field is empty."""
    return Refusal("CRM_FIELD_ERROR_REQUIRED", f'Field "{title}" is required')


def unfit(title: str) -> Refusal:
    """A value that its field cannot hold."""
    return Refusal("CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value of field "{title}"')
