"""What is wrong with a file as a whole."""


class FileFault(Exception):
    """A file that cannot be read, and of which nothing is used: `name:line: what and remedy`, several on lines."""

    def __init__(self, name: str, line: int, text: str) -> None:
        super().__init__(f"{name}:{line}: {text}")
