"""The sandbox from inside: a process that opens the contract's world once, and forks for every dangerous call.

Run as ``python -m autogen_harness.contracts.sandbox.cell`` with an order on its standard input.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from autogen_harness.contracts.calling import again
from autogen_harness.contracts.calling.descriptors import STANDARD, Descriptors
from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.reading.verdicts import is_error, parsed
from autogen_harness.contracts.sandbox import dangers, traps
from autogen_harness.contracts.sandbox.limits import Limits, peak
from autogen_harness.contracts.sandbox.outcome import Outcome
from autogen_harness.contracts.sandbox.watch import Watch
from autogen_harness.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.contracts.sandbox.dangers import Danger

_HIGH = 200  # a descriptor that no tool guesses
_BROKEN = "broken"  # what is told where the sandbox itself failed
_SHOWN = 2000  # characters of a result that are reported


def main() -> None:
    """Try the dangers of the family that the order names, each in a process of its own, until one does not come back."""
    order = again.read_order()
    limits, reads = Limits(**order["limits"]), tuple(order["reads"])
    sys.dont_write_bytecode = True
    outcomes: list[Outcome] = []
    with World(again.contract_of(order)) as world:
        for danger in dangers.of(order["family"], world):
            outcomes.append(_tried(world, danger, limits, reads))
            if outcomes[-1].ended:  # the others would take as long
                break
    again.report([asdict(outcome) for outcome in outcomes])


def _tried(world: World, danger: Danger, limits: Limits, reads: Sequence[str]) -> Outcome:
    """The call in a process, and a process group, of its own, which is killed whole when the call is over."""
    back, forth = os.pipe()
    child = os.fork()
    if child == 0:
        _call(world, danger, limits, reads, forth)
    os.close(forth)
    with suppress(OSError):  # the child does so too: whoever comes first
        os.setpgid(child, child)
    try:
        text, in_time = _received(back, limits.seconds)
    finally:
        os.close(back)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if text.endswith("\n"):
        told = json.loads(text)
        if _BROKEN in told:
            raise HarnessError(told[_BROKEN])
        return Outcome(danger.arguments, danger.what, **told)
    return Outcome(danger.arguments, danger.what, ended=_end(status, limits) if in_time else _too_long(limits))


def _received(wire: int, seconds: float) -> tuple[str, bool]:
    """What the child wrote until its end of line, and whether that, or its own end, came in time."""
    text = b""
    while not text.endswith(b"\n"):
        if not select.select([wire], [], [], seconds)[0]:
            return "", False
        part = os.read(wire, 1 << 16)
        if not part:
            break
        text += part
    return text.decode(), True


def _too_long(limits: Limits) -> str:
    return f"killed: it had not come back after {limits.seconds} s"


def _end(status: int, limits: Limits) -> str:
    """How a process ended that did not report."""
    if not os.WIFSIGNALED(status):
        return f"the process ended itself, with status {os.WEXITSTATUS(status)}"
    killed = signal.Signals(os.WTERMSIG(status))
    return _too_long(limits) if killed is signal.SIGXCPU else f"killed by {killed.name}"


def _call(world: World, danger: Danger, limits: Limits, reads: Sequence[str], wire: int) -> NoReturn:
    """In the child: make the call, report, and end without a trace."""
    try:
        os.setpgid(0, 0)
        wire = fcntl.fcntl(wire, fcntl.F_DUPFD_CLOEXEC, _HIGH)
        _send(wire, _told(world, danger, limits, reads))
    except MemoryError:  # after the call: what the tool keeps leaves nothing for the report
        _send(wire, {"ended": "it used up its memory"})
    except Exception:  # noqa: BLE001  # the tool's own are caught where it is called
        _send(wire, {_BROKEN: traceback.format_exc()})
    finally:
        os._exit(0)


def _send(wire: int, told: dict[str, Any]) -> None:
    report = json.dumps(told).encode() + b"\n"
    while report:
        report = report[os.write(wire, report) :]


def _told(world: World, danger: Danger, limits: Limits, reads: Sequence[str]) -> dict[str, Any]:
    """The fields of the outcome."""
    standard = _plugged()
    scratch, suffixes = world.outside.parent, dangers.suffixes_of(world)
    watch = Watch(scratch)
    state: dict[str, Any] = {}

    def call(**arguments: Any) -> Any:
        work = Path.cwd()
        traps.lay(work, world.outside, suffixes)
        state.update(work=work, files=_around(scratch, work), databases=traps.databases_in(work), peak=peak())
        limits.impose()
        watch.open()
        try:
            return perform(world.contract.tool, arguments)
        finally:
            watch.close()
            state.update(grew=peak() - state["peak"], lost=standard.lost())

    seen = world.call(danger.arguments, tool=call)
    if "grew" not in state:
        message = f"the traps could not be laid: {seen.raised}"
        raise HarnessError(message) from seen.raised
    work, databases = state["work"], state["databases"]
    read = _outside(watch.read, scratch, work, reads, danger.leads_to)
    after = traps.databases_in(work)
    return {
        "result": "(withheld: it may hold what was read)" if read else _shown(seen.result),
        "raised": f"raised {type(seen.raised).__name__}: {seen.raised}"[:_SHOWN] if seen.raised is not None else "",
        "is_error": is_error(parsed(seen.result)),
        "read": read,
        "wrote": [*seen.outside, *sorted(_around(scratch, work) - state["files"])],
        "started": watch.started,
        "refused": watch.refused,
        "sqlite": watch.sqlite,
        "lost": state["lost"],
        "grew": state["grew"],
        "databases": list(databases),
        "changed": [name for name in {**databases, **after} if databases.get(name) != after.get(name)],
    }


def _plugged() -> Descriptors:
    """Nothing ever comes from the standard input, as from a terminal that nobody sits at; what is printed goes nowhere."""
    silent, _ = os.pipe()  # the other end stays open, so that there is no end of file
    os.dup2(silent, 0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    kept = Descriptors(STANDARD)
    kept.open()
    return kept


def _around(scratch: Path, work: Path) -> frozenset[str]:
    """What lies in the scratch folder, and in none of those that a tool may use."""
    return frozenset(place for place in traps.everything_in(scratch / "outside") if not _below(place, str(work)))


def _outside(read: Sequence[str], scratch: Path, work: Path, reads: Sequence[str], leads_to: str) -> list[str]:
    """Those places that only the arguments can have led to; what a library or the interpreter opens for itself is none."""
    allowed = (str(work), str(scratch / "tmp"), *reads)
    targets = tuple(target for target in (str(scratch), leads_to) if target)
    return [
        place
        for place in dict.fromkeys(read)
        if any(_below(place, target) for target in targets) and not any(_below(place, folder) for folder in allowed)
    ]


def _below(place: str, folder: str) -> bool:
    return place == folder or place.startswith(folder + os.sep)


def _shown(result: Any) -> str:
    return (result if isinstance(result, str) else repr(result))[:_SHOWN]


if __name__ == "__main__":
    main()
