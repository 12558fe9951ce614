"""What ``play(...)`` may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.cassettes import faults
from autogen_harness.cassettes.checks import url_problem
from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autogen_harness.cassettes.cassette import Times

_KEYWORDS = ("fault", "optional", "times", "url")


def check(names: tuple[str, ...], url: str | None, fault: object, times: Times | None, unknown: Iterable[str]) -> None:
    """Refuse what cannot be meant.

    Raises:
        UsageError: an argument of that name does not exist, or a value of it; says what to write.
    """
    for name in unknown:
        raise UsageError(f"play({name}=...): there is no such argument; {nearest_or_all(name, _KEYWORDS)}")
    if not names:
        message = 'play() needs the name of a cassette, as in harness.http.play("yahoo/chart-nvda")'
        raise UsageError(message)
    if url is not None and url_problem(url):
        raise UsageError(f"play(url=...): {url_problem(url)}")
    check_how(fault, times)


def check_how(fault: object, times: object) -> None:
    """Refuse a fault that is none, and a number of times that cannot be one.

    Raises:
        UsageError: says what to write.
    """
    if fault is not None and not isinstance(fault, faults.Fault):
        raise UsageError(f"play(fault={_called(fault)}")
    if times not in (None, "any") and (type(times) is not int or times < 1):
        raise UsageError(f'play(times={times!r}): write a whole number from 1, or "any"')


def _called(fault: object) -> str:
    """How a fault is written, by what was written instead."""
    maker = getattr(faults.fault, getattr(fault, "__name__", ""), None)
    if maker is None or fault != maker:
        return f"{fault!r}): write a call such as fault.timeout() or fault.status(503)"
    name = f"fault.{maker.__name__}"
    return f"{name}) lacks its brackets: write {name}({_FIRST.get(maker.__name__, '')})"


_FIRST = {"status": "503", "slow": "3"}
"""An argument for the faults that need one."""
