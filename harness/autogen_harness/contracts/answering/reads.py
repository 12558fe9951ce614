"""Each piece of a body that a client reads, told once: one way of reading is often made of another."""

from __future__ import annotations

import http.client
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from autogen_harness.patches import Patches

    Tell = Callable[[Any, int], None]
    """Told the reply, and how many bytes of it were read."""


def of_http_client(patches: Patches, tell: Tell) -> None:
    """What ``http.client`` reads, and so requests and urllib3."""
    of(patches, http.client.HTTPResponse, ("read", "read1", "readinto"), tell)


def of(patches: Patches, owner: type, names: Iterable[str], tell: Tell) -> None:
    """What these methods of a class read, each of which gives bytes or says how many; within one, the others are not told."""
    within: set[int] = set()  # of replies that are being read: several may be at a time, each by a thread of its own

    def telling(read: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(read)
        def told(reply: Any, *args: Any, **options: Any) -> Any:
            if id(reply) in within:  # such as read, which is made of readinto in Python 3.10
                return read(reply, *args, **options)
            within.add(id(reply))
            try:
                got = read(reply, *args, **options)
            finally:
                within.discard(id(reply))
            tell(reply, got if isinstance(got, int) else len(got or b""))
            return got

        return told

    for name in names:
        patches.swap(owner, name, telling)
