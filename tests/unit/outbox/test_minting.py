"""Message-IDs and reply addresses prove that they are ours, and whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.outbox.minting import Mint, Thread
from tests.factories.letters import mint

IDS = st.integers(1, 2**63 - 1)
THREADS = st.builds(Thread, IDS, st.none() | IDS)
SHORT = st.integers(1, 10**11)
MINT = mint()


@given(st.builds(Thread, SHORT, st.none() | SHORT), SHORT)
def test_what_was_minted_is_read_back(thread: Thread, number: int) -> None:
    assert MINT.read_id(MINT.message_id(thread, number)) == thread
    assert MINT.read_address(MINT.reply_address(thread)) == thread


def test_they_look_as_they_are_documented_and_tell_nothing_but_ids() -> None:
    assert MINT.message_id(Thread(45, 12), 7) == "<45.12.7.eszsyusfn4jtgml4@example.org>"
    assert MINT.message_id(Thread(45), 7).startswith("<45.0.7.")
    assert MINT.reply_address(Thread(45, 12)).startswith("support+45.12.")
    assert MINT.reply_address(Thread(45)).startswith("support+45.")


@given(THREADS, THREADS)
def test_a_token_of_one_thread_is_none_of_another(thread: Thread, other: Thread) -> None:
    token = MINT.message_id(thread, 1).rpartition(".")[0][-20:]
    assert MINT.read_id(f"<{other.record_id}.{other.assignment_id or 0}.2.{token}@example.org>") is None


@given(st.integers(0, 10**6))
def test_a_changed_character_makes_it_a_strangers(seed: int) -> None:
    for text, read in (
        (MINT.message_id(Thread(45, 12), 7), MINT.read_id),
        (MINT.reply_address(Thread(45)), MINT.read_address),
    ):
        head = text.rpartition("@")[0]
        place = seed % len(head)
        changed = "b" if head[place] != "b" else "c"
        if "+" in head and place <= head.index("+"):
            continue  # the name before the plus proves nothing and may be another one
        if head[place] == "<":
            continue
        assert read(text[:place] + changed + text[place + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "<45.12.7@example.org>",
        "<45.12.7.@example.org>",
        "<45.12.7.eszsyusfn4jtgml@example.org>",
        "<45.12.7.eszsyusfn4jtgml4i@example.org>",
        "<045.12.7.eszsyusfn4jtgml4@example.org>",
        "<45.12.8.eszsyusfn4jtgml4@example.org>",
        "<45.0.7.eszsyusfn4jtgml4@example.org>",
        "<45.12.7.ESZSYUSFN4JTGML4@example.org>",
        "<45.12.7.eszsyusfn4jtgmlи@example.org>",
        "<99999999999999999999.12.7.eszsyusfn4jtgml4@example.org>",
        "<45.12.7.eszsyusfn4jtgml4>",
        "x" * 100_000,
    ],
)
def test_forged_truncated_and_odd_ids_are_strangers(text: str) -> None:
    assert MINT.read_id(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "@", "support@example.org", "support+@example.org", "support+45@example.org", "support+45.@example.org"],
)
def test_addresses_without_a_token_are_no_threads(text: str) -> None:
    assert MINT.read_address(text) is None


@given(st.text())
def test_no_text_breaks_reading(text: str) -> None:
    assert MINT.read_id(text) is None
    assert MINT.read_address(text) is None
    assert MINT.read_address(f"support+{text}@example.org") is None
    assert not MINT.read_mark(text)


def test_addresses_survive_servers_that_change_letter_case_or_host() -> None:
    address = MINT.reply_address(Thread(45, 12))

    for form in (address.upper(), f"<{address}>", f" {address} ", address.replace("example.org", "mx1.example.net")):
        assert MINT.read_address(form) == Thread(45, 12)


def test_a_name_before_the_plus_that_has_a_plus_is_no_trouble() -> None:
    made = mint(address="help+desk@example.org")

    assert made.read_address(made.reply_address(Thread(3))) == Thread(3)


def test_old_secrets_are_good_for_reading_and_strange_ones_are_not() -> None:
    old, new, strange = b"o" * 32, b"n" * 32, b"s" * 32
    thread = Thread(45)
    rotated = mint(new, old)

    assert rotated.read_id(mint(old).message_id(thread, 7)) == thread
    assert rotated.read_address(mint(old).reply_address(thread)) == thread
    assert rotated.message_id(thread, 7) == mint(new).message_id(thread, 7)
    assert rotated.read_id(mint(strange).message_id(thread, 7)) is None
    assert rotated.read_mark(f"{mint(old).mark()}; reply")
    assert not rotated.read_mark(mint(strange).mark())


def test_an_id_is_no_address_and_an_address_is_no_id() -> None:
    ids = MINT.message_id(Thread(45), 7).strip("<>").split(".")
    assert MINT.read_address(f"support+45.{ids[3].partition('@')[0]}@example.org") is None


def test_the_part_before_the_at_never_grows_beyond_what_servers_take() -> None:
    made = mint(address=f"{'s' * 20}@example.org")
    assert len(made.reply_address(Thread(10**11, 10**11)).partition("@")[0]) == 63

    with pytest.raises(ValueError, match="choose one that is shorter"):
        made.reply_address(Thread(10**12, 10**12))


def test_secrets_do_not_appear_in_what_is_printed() -> None:
    assert "secret of thirty" not in f"{MINT!r} {MINT}"


@pytest.mark.parametrize("secrets", [[], [b"short"]])
def test_a_mint_needs_real_secrets(secrets: list[bytes]) -> None:
    with pytest.raises(ValueError, match="needs secrets"):
        Mint(secrets, "example.org", "support@example.org")


@pytest.mark.parametrize("ids", [(0, None), (-1, None), (1, 0), (2**63, None)])
def test_a_thread_has_ids_from_one_on(ids: tuple[int, int | None]) -> None:
    with pytest.raises(ValueError, match="from 1 on"):
        Thread(*ids)
