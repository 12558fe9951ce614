"""What a fault may be told: checked where it is made, by a test or by a file."""

from __future__ import annotations

from typing import TypeGuard

from autogen_harness.errors import UsageError


def is_number(value: object) -> TypeGuard[float]:
    """A number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def seconds(value: object, name: str) -> float:
    """A time from 0.

    Raises:
        UsageError: it is none; ``name`` is the fault's.
    """
    if not is_number(value):
        raise UsageError(f"fault.{name}({value!r}): write seconds, as in fault.{name}(3)")
    if not 0 <= value < float("inf"):
        raise UsageError(f"fault.{name}({value!r}): seconds cannot be negative, nor without end")
    return value


def count(value: object, name: str) -> int | None:
    """A number of bytes, or None.

    Raises:
        UsageError: it is neither; ``name`` is the fault's.
    """
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise UsageError(f"fault.{name}({value!r}): write a whole number of bytes, as in fault.{name}(after=100)")
    return value


def text(value: object, name: str, example: str) -> str:
    """Text of one line.

    Raises:
        UsageError: it is none; ``name`` is the fault's.
    """
    if not isinstance(value, str) or not value or any(character in value for character in "\r\n\0"):
        raise UsageError(f'fault.{name}({value!r}): write text of one line, as in fault.{name}("{example}")')
    return value


def retry_after(value: object, as_date: object) -> str | None:
    """The value of the header: seconds or a date as text, None where there is no such header.

    Raises:
        UsageError: it is neither, or seconds are missing that the date is made of.
    """
    if not isinstance(as_date, bool):
        raise UsageError(f"fault.status(as_date={as_date!r}): write true or false")
    if value is None or is_number(value):
        if as_date and value is None:
            raise UsageError("fault.status(as_date=True) needs the seconds, as in retry_after=30")
        return None if value is None else _written(seconds(value, "status"))
    if as_date or not isinstance(value, str):
        raise UsageError(f"fault.status(retry_after={value!r}): write seconds" + ("" if as_date else ", or an HTTP date"))
    return value


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
