"""What came of one call in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.world import Seen

if TYPE_CHECKING:
    from autogen_harness.contracts.calling.world import World


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call, from outside.

    Attributes:
        arguments: by name.
        what: what is dangerous about them.
        ended: why the process had to be ended, or how it ended itself; "" where the call came back.
        result: what the tool returned, as text; withheld where it may hold what was read outside.
        raised: the exception that left the tool, as text; "" where none did.
        is_error: the result reports an error.
        read: places outside the working folder that were opened for reading because of the arguments.
        wrote: files outside the working folder that were written, or were about to be.
        started: command lines that were about to run.
        refused: the sandbox kept the tool from changing or starting something.
        lost: those of the descriptors 0, 1 and 2 that are closed, or another file, afterwards.
        grew: bytes of memory that the process took more than it began with.
        sqlite: the tool opened an SQLite database.
        databases: SQLite files in the working folder.
        changed: those of them that the call changed.
    """

    arguments: Mapping[str, Any]
    what: str
    ended: str = ""
    result: str = ""
    raised: str = ""
    is_error: bool = False
    read: tuple[str, ...] = ()
    wrote: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    refused: bool = False
    lost: tuple[int, ...] = ()
    grew: int = 0
    sqlite: bool = False
    databases: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the tool came back, and not with an error."""
        return not (self.is_error or self.raised or self.ended)

    def seen(self, world: World) -> Seen:
        """The call as other laws see one."""
        return Seen(
            arguments=self.arguments,
            plan=world.calm,
            result=self.raised or self.result,
            raised=None,
            attempts=(),
            sleeps=(),
            elapsed=0.0,
            timeline=(),
            outside=self.wrote,
            astray=(),
        )
