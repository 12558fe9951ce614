"""The journal of a server: every request that came in, of which a client's retries make several out of one."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field, replace

from autogen_harness.server.answers import Answer


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request as it came in over the socket.

    Attributes:
        method, path: what was asked for.
        agent: who asked; empty where the client does not say.
        number: which attempt of this agent it is, counted from 1.
        retry: how many times the client had tried before, as ``x-stainless-retry-count`` says; 0 where it says nothing.
        again: it is an earlier attempt, tried again; the script sees both as one request.
        answer: what was answered; None as long as it is made.
        digest: equal for equal bodies.
    """

    method: str
    path: str
    agent: str = ""
    number: int = 1
    retry: int = 0
    again: bool = False
    answer: Answer | None = field(default=None, repr=False)
    digest: str = field(default="", repr=False)

    @property
    def outcome(self) -> str:
        """What was answered, in a word: a status, ``reset`` or ``stall``; empty as long as it is made."""
        return self.answer.outcome if self.answer else ""


class Journal:
    """The attempts at one script, in the order in which they came in. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: list[Attempt] = []

    def begin(self, attempt: Attempt, body: bytes) -> tuple[int, Attempt, Attempt | None]:
        """Note an attempt that came in.

        Returns:
            Its place in the journal; the attempt, which now knows its number; and the earlier one that it tries again, if any.
        """
        attempt = replace(attempt, digest=hashlib.sha256(body).hexdigest())
        with self._lock:
            number = 1 + sum(1 for one in self._attempts if one.agent == attempt.agent)
            earlier = self._tried_before(attempt)
            attempt = replace(attempt, number=number, again=earlier is not None)
            self._attempts.append(attempt)
            return len(self._attempts) - 1, attempt, earlier

    def end(self, place: int, answer: Answer) -> None:
        """Note what was answered."""
        with self._lock:
            self._attempts[place] = replace(self._attempts[place], answer=answer)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All of them."""
        return tuple(self._attempts)

    def _tried_before(self, attempt: Attempt) -> Attempt | None:
        """The last equal attempt, if this one counts higher: a client that begins anew counts from 0 again."""
        asked = (attempt.agent, attempt.path, attempt.digest)
        last = next((one for one in reversed(self._attempts) if (one.agent, one.path, one.digest) == asked), None)
        return last if last and last.retry < attempt.retry else None
