"""A request breaks a rule of the API: what its answer would say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule, with the fields of the API's error body.

    Attributes:
        rule: its id in the table.
        message, param, code, type, status: as the API answers.
        where: the part of the request that breaks it, such as ``messages[3].name``; empty where it is the whole.
        index: the number of the message that ``where`` names, from 0; None where it names none.
        fix: how to mend the request, in one sentence.
        warning: nobody has shown that the API refuses it: noted, and the request is answered.
    """

    rule: str
    message: str
    param: str | None = None
    code: str | None = None
    type: str | None = "invalid_request_error"
    status: int = 400
    where: str = ""
    index: int | None = None
    fix: str = ""
    warning: bool = False
