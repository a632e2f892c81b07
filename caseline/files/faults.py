"""What can go wrong with contents of files."""


class Gone(Exception):
    """A content that was kept cannot be had; the message says where it should be."""


class StoreTrouble(Exception):
    """The place of contents does not work now, or not with these settings: no content is at fault, nor its mail."""


class TooLarge(Exception):
    """A content is larger than its place takes."""
