"""The post office that `caseline up --sandbox` brings up: where it and the pages behind its links listen."""

import socket
from pathlib import Path

from caseline.actions import sandbox_post


def _say(*_words: str) -> None:
    """Whatever is told of ports that are taken."""


def test_the_public_pages_listen_where_somebody_wishes_or_at_the_next_free_port(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]

        post = sandbox_post.find(tmp_path, _say, taken)

        assert taken < post.public < taken + 100
    wished = sandbox_post.find(tmp_path, _say, post.public)
    assert wished.public == post.public
    assert sandbox_post.settings(wished, {})["CASELINE_PUBLIC_URL"] == f"http://127.0.0.1:{post.public}"
