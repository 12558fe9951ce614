"""What only the author of a tool knows: the keyword hints of a contract. An absent hint is never "no": it is "not said"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from autogen_harness.contracts.reading.events import ROLES
from autogen_harness.errors import UsageError
from autogen_harness.wording import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path


class _NotSaid:
    """The value of a hint that was not given; falsy, and nothing else."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "(not said)"


NOT_SAID: Final[Any] = _NotSaid()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The keywords that ``tool_contract`` and ``chain_contract`` take besides the tool, its pattern, schema and upstream.

    Attributes:
        example: arguments of an ordinary call that succeeds; names left out are found as without it.
        max_attempts: the most requests that one call may send for one thing.
        backoff: seconds to wait before the retry number k, counted from 0; or a pair, the shortest and the longest wait.
        idempotency_key: the header, or the field of the body or query, by which the server knows a repeated write; for a chain
            the field of its last result that names the record.
        idempotent: whether the server carries out a repeated write once by itself.
        attempts: takes a number, returns the tool limited to so many attempts.
        plain: the tool without what makes it try again; by default what ``functools.wraps`` remembers.
        wrap: what makes a tool try again: takes a tool, returns it wrapped.
        collaborators: callables that the tool uses and that may fail, by dotted name; for each what a call may come to:
            exceptions are raised, other values returned. They count as upstream.
        concurrency: the most requests that may be open at the same time.
        distinct: whether equal items of a batch are asked for once.
        output_schema: what a successful result looks like: its field names, or a JSON schema.
        success: takes the parsed result, returns whether it reports success.
        callback: how the tool reports progress: the name of its parameter, or a function that takes a callback and returns
            the tool; a pair of that and a predicate on an event tells which events are the last of a run.
        events: status, step, progress, index, timestamp, run_id, duration, steps -> the field of an event that tells it: its
            name, its place, a function of the event, or None where there is none. ``steps`` and ``duration`` of results too.
        cancel: how a run is cancelled: the name under which the tool, or the factory of ``callback``, takes a
            ``threading.Event``; or a function that is called with the event at which to cancel.
        timeout: seconds that must reach the transport.
        root: files that the tool needs: a folder, or a function that takes an empty one and fills it. Every call works on a
            copy in its scratch folder.
        nondeterministic: names of result fields that may differ between equal calls.
        mapping: for a chain: per step, parameter -> path in earlier results.
        reads: folders and files outside the working folder that the tool may read.
        compensations: for a chain: per step, the function that undoes it; it is called with those of the step's arguments and
            result fields that it takes.
        filters: per parameter, whether an item of the result satisfies a value: a function of item and value; or a pair of it
            and values in order, widest first.
        monotone: per parameter, +1 where the score rises with it, -1 where it falls.
        policy: takes the arguments, returns whether they are allowed.
        without: laws that are left out, each with the reason; they are listed as not checked.
        deadline: virtual seconds after which a call must have ended: all attempts and waits together, also where a server
            sends its answer drop by drop.
        side_effects: what a call may do: "none", "read" (ask, change nothing), "write" (also files of its own folder), or
            "external" (also change what others keep, by POST and the like).
        limits: numbers to keep: result_chars, read_bytes (of one body), seconds (virtual); ``calls`` that a chain makes
            to its upstream; ``llm_calls`` and ``depth`` of nested agents.
        hosts: the only hosts that requests may go to; ``*`` stands for any characters.
        secrets: parameters whose values are secret, beside those whose names say so.
        honours: parameters such as a unit or a currency that must change the answer or be refused; or each with values.
        outer: the agents of the outer chat, for a tool whose body is a chat of agents: one, a group or team, a collection, or a
            function that gives them.
        items: two functions, of the parsed reply and of the parsed result, that give what tells items apart.
    """

    example: Mapping[str, Any] = NOT_SAID
    max_attempts: int = NOT_SAID
    backoff: Callable[[int], float | tuple[float, float]] = NOT_SAID
    output_schema: Any = NOT_SAID
    success: Callable[[Any], bool] = NOT_SAID
    callback: Any = NOT_SAID
    events: Mapping[str, Any] = NOT_SAID
    cancel: str | Callable[[Any], object] = NOT_SAID
    timeout: float = NOT_SAID
    root: str | Path | Callable[[Path], object] = NOT_SAID
    nondeterministic: Sequence[str] = NOT_SAID
    reads: Sequence[str | Path] = NOT_SAID
    mapping: Any = NOT_SAID
    compensations: Mapping[str, Callable[..., Any]] = NOT_SAID
    filters: Mapping[str, Any] = NOT_SAID
    monotone: Mapping[str, int] = NOT_SAID
    policy: Callable[[Mapping[str, Any]], bool] = NOT_SAID
    without: Mapping[str, str] = NOT_SAID
    deadline: float = NOT_SAID
    idempotency_key: str = NOT_SAID
    idempotent: bool = NOT_SAID
    attempts: Any = NOT_SAID
    plain: Any = NOT_SAID
    wrap: Any = NOT_SAID
    collaborators: Mapping[str, Sequence[Any]] = NOT_SAID
    concurrency: int = NOT_SAID
    distinct: bool = NOT_SAID
    side_effects: str = NOT_SAID
    limits: Mapping[str, float] = NOT_SAID
    hosts: Sequence[str] = NOT_SAID
    secrets: Sequence[str] = NOT_SAID
    honours: Sequence[str] | Mapping[str, Sequence[Any]] = NOT_SAID
    outer: Any = NOT_SAID
    items: tuple[Callable[[Any], Iterable[Any]], Callable[[Any], Iterable[Any]]] = NOT_SAID

    def given(self, name: str) -> bool:
        """Whether the author said anything about it."""
        return getattr(self, name) is not NOT_SAID


EFFECTS = ("none", "read", "write", "external")
"""What a call may do, each more than the one before."""

LIMITS = ("result_chars", "read_bytes", "seconds", "calls", "llm_calls", "depth")

NAMES = tuple(entry.name for entry in fields(Hints))


def read(given: Mapping[str, Any], *, by: str) -> Hints:
    """The hints among keyword arguments.

    Raises:
        UsageError: a keyword that is not a hint, with the nearest that is; or a value of the wrong kind.
    """
    for name in given:
        if name not in NAMES:
            suggestion = did_you_mean(name, NAMES) or f"known hints: {', '.join(NAMES)}"
            message = f"{by} has no hint {name!r}; {suggestion}"
            raise UsageError(message)
    _refuse_nonsense(given, by)
    return Hints(**given)


def _refuse_nonsense(given: Mapping[str, Any], by: str) -> None:
    for name, (is_right, says) in _KINDS.items():
        if name in given and not is_right(given[name]):
            message = f"{by}: {name} must be {says}, not {given[name]!r}"
            raise UsageError(message)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_sequence(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _has_reasons(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(why, str) and why.strip() for why in value.values())


def _are_directions(value: object) -> bool:
    return isinstance(value, Mapping) and all(direction in (1, -1) for direction in value.values())


def _names_roles(value: object) -> bool:
    return isinstance(value, Mapping) and all(role in ROLES for role in value)


def _is_way_to_cancel(value: object) -> bool:
    return callable(value) or (isinstance(value, str) and value.isidentifier())


def _is_seconds(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def _are_limits(value: object) -> bool:
    return isinstance(value, Mapping) and all(name in LIMITS and _is_seconds(number) for name, number in value.items())


def _are_names(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(name, str) for name in value)


def _are_two_functions(value: object) -> bool:
    return isinstance(value, Sequence) and len(value) == 2 and all(map(callable, value))


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "backoff": (callable, "a function of k"),
    "success": (callable, "a function"),
    "attempts": (callable, "a function of a number that returns the tool"),
    "plain": (callable, "the tool without its decorator"),
    "wrap": (callable, "a decorator"),
    "idempotency_key": (_is_name, "the name of a header or field"),
    "idempotent": (_is_flag, "True or False"),
    "distinct": (_is_flag, "True or False"),
    "concurrency": (_is_count, "a number from 1"),
    "collaborators": (_is_mapping, 'a mapping such as {"tools.database.connect": [ConnectionError("gone")]}'),
    "max_attempts": (_is_count, "a number from 1"),
    "example": (_is_mapping, "a mapping"),
    "compensations": (_is_mapping, "a mapping of steps to functions"),
    "filters": (_is_mapping, "a mapping of parameters to functions of item and value"),
    "monotone": (_are_directions, "a mapping of parameters to +1 or -1"),
    "policy": (callable, "a function of the arguments"),
    "events": (_names_roles, f"a mapping of some of {', '.join(ROLES)} to fields of an event"),
    "cancel": (_is_way_to_cancel, "the name of a parameter, or a function of an event"),
    "deadline": (_is_seconds, "a number of seconds"),
    "side_effects": (EFFECTS.__contains__, f"one of {', '.join(EFFECTS)}"),
    "limits": (_are_limits, f"a mapping of {', '.join(LIMITS)} to numbers above 0"),
    "hosts": (_are_names, "a list of host names"),
    "secrets": (_are_names, "a list of parameters"),
    "honours": (lambda value: _is_mapping(value) or _are_names(value), "a list of parameters, or a mapping of them to values"),
    "items": (_are_two_functions, "a pair of functions: of the reply, and of the result"),
    "reads": (_is_sequence, "a list of folders and files"),
    "without": (_has_reasons, 'a mapping of laws to reasons, {"law-id": "why it is left out"}'),
}
