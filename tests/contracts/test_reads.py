"""What a client reads of a body is told once, whichever of its methods it reads by."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from autogen_harness.contracts.answering import reads
from autogen_harness.patches import Patches


class Reply:
    """Reads as ``http.client`` does in Python 3.10: one way is made of the other."""

    def __init__(self) -> None:
        self.meanwhile = lambda: None

    def read(self, size: int) -> bytes:
        buffer = bytearray(size)
        return bytes(buffer[: self.readinto(buffer)])

    def readinto(self, buffer: bytearray) -> int:
        self.meanwhile()
        return len(buffer)


@pytest.fixture
def told() -> Iterator[list[tuple[Reply, int]]]:
    patches, pieces = Patches(), []
    reads.of(patches, Reply, ("read", "readinto"), lambda reply, size: pieces.append((reply, size)))
    yield pieces
    patches.undo()


def test_one_way_that_is_made_of_another_is_told_once(told: list[tuple[Reply, int]]):
    """And by itself as well."""
    reply = Reply()

    assert (reply.read(5), reply.readinto(bytearray(3))) == (bytes(5), 3)
    assert told == [(reply, 5), (reply, 3)]


def test_replies_that_are_read_at_the_same_time_are_each_told(told: list[tuple[Reply, int]]):
    """A tool may fetch several pages in threads of its own."""
    first, second = Reply(), Reply()

    def read_the_second() -> None:
        thread = threading.Thread(target=lambda: second.read(7))
        thread.start()
        thread.join()

    first.meanwhile = read_the_second
    first.read(5)
    assert told == [(second, 7), (first, 5)]


def test_a_read_that_fails_is_not_told_and_the_next_one_is(told: list[tuple[Reply, int]]):
    """Nothing stays behind of a failure."""
    reply = Reply()
    reply.meanwhile = lambda: int("x")
    with pytest.raises(ValueError, match="x"):
        reply.read(5)
    reply.meanwhile = lambda: None
    reply.read(5)
    assert told == [(reply, 5)]
