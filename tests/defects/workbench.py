"""Tools with known defects, and what finds each: the words of the table.

A bench makes one tool. Called with the ids of some defects it makes the tool with exactly these; with none, the mended twin. A
defect is found if its law is broken in the tool that has it and in no other way, and the twin keeps every law that it owes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import settings

from autogen_harness.contracts import hints, registry, subject, verdict
from autogen_harness.contracts.calling.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.contracts.law import Breach, Law
    from autogen_harness.contracts.subject import Contract


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong with a tool.

    Attributes:
        id: the name that the study of the article gave it.
        what: what goes wrong, with the least input that shows it.
        law: the law that finds it.
        says: a part of what the breach says, which tells it from other defects under the same law.
    """

    id: str
    what: str
    law: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """One tool, its defects, how it is made with some of them, and the package that it cannot do without."""

    tool: str
    make: Callable[[frozenset[str]], Contract]
    defects: tuple[Defect, ...]
    package: str = ""

    def with_only(self, defect: str) -> Contract:
        """The tool with one defect."""
        return self.make(frozenset({defect}))

    @property
    def mended(self) -> Contract:
        """The tool without any."""
        return self.make(frozenset())


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """A defect that no contract finds, and why."""

    id: str
    what: str
    reason: str


def contract(
    tool: Callable[..., Any],
    schema: Mapping[str, Any],
    *,
    pattern: str | tuple[str, ...] = "sync",
    upstream: tuple[str, ...] = (),
    **said: Any,
) -> Contract:
    """What ``tool_contract`` would make of the same arguments."""
    words = hints.read(said, by="tool_contract")
    return subject.contract(tool, pattern=pattern, schema=schema, upstream=upstream, hints=words)


class Counting(World):
    """A world that counts the calls made in it."""

    calls = 0

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Call as ever."""
        self.calls += 1
        return super().call(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Found:
    """What looking for a breach of one law gave, and how many calls of the tool it took."""

    breach: Breach | None
    calls: int


def look(law: str, under: Contract) -> Found:
    """Look for a breach of a law, as a test of the contract does."""
    with Counting(under) as world:
        breach = verdict.breach_in(law_named(law, under), world)
        return Found(breach, world.calls)


@contextmanager
def few_draws() -> Iterator[None]:
    """What is inside draws ten calls for a law, the same in every run."""
    before = settings.get_current_profile_name()
    settings.register_profile("few-draws", max_examples=10, derandomize=True, database=None)
    settings.load_profile("few-draws")
    try:
        yield
    finally:
        settings.load_profile(before)


def law_named(name: str, under: Contract) -> Law:
    """A law that the contract owes and that can be checked."""
    owed, unchecked = registry.owed(under)
    found = next((law for law in owed if law.id == name), None)
    assert found is not None, f"{under.name} is not held to {name}: {[gap for gap in unchecked if gap.law == name]}"
    return found
