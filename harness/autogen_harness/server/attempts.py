"""The journal of a server: every request that came in, of which a client's retries make several out of one."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request as it came in over the socket.

    Attributes:
        method, path: what was asked for.
        agent: who asked; empty where the client does not say.
        number: the how manieth attempt of this agent it is, from 1.
        retry: how many times the client had tried before, as ``x-stainless-retry-count`` says; 0 where it says nothing.
        again: it is an earlier attempt, tried again; the script sees both as one request.
        outcome: what was answered: a status, ``reset`` or ``stall``.
        digest: equal for equal bodies.
    """

    method: str
    path: str
    agent: str = ""
    number: int = 1
    retry: int = 0
    again: bool = False
    outcome: str = ""
    digest: str = field(default="", repr=False)


class Journal:
    """The attempts at one script, in the order in which they came in. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: list[Attempt] = []

    def begin(self, attempt: Attempt, body: bytes) -> tuple[int, Attempt]:
        """Note an attempt that came in.

        Returns:
            Its place in the journal, and the attempt, which now knows its number and whether it is an earlier one tried again.
        """
        attempt = replace(attempt, digest=hashlib.sha256(body).hexdigest())
        with self._lock:
            number = 1 + sum(1 for one in self._attempts if one.agent == attempt.agent)
            attempt = replace(attempt, number=number, again=self._is_retry(attempt))
            self._attempts.append(attempt)
            return len(self._attempts) - 1, attempt

    def end(self, place: int, outcome: str) -> None:
        """Note what was answered."""
        with self._lock:
            self._attempts[place] = replace(self._attempts[place], outcome=outcome)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All of them."""
        return tuple(self._attempts)

    def _is_retry(self, attempt: Attempt) -> bool:
        equal = [
            one for one in self._attempts if (one.agent, one.path, one.digest) == (attempt.agent, attempt.path, attempt.digest)
        ]
        return bool(equal) and equal[-1].retry < attempt.retry
