"""A request breaks a rule of the API: what its answer would say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule, with the fields of the API's error body.

    Attributes:
        rule: its id in the table.
        message, param, code, type, status: as the API answers.
        where: the part of the request that breaks it, such as ``messages[3]``; empty where it is the whole.
        warning: nobody has shown that the API refuses it: noted, and the request is answered.
    """

    rule: str
    message: str
    param: str | None = None
    code: str | None = None
    type: str | None = "invalid_request_error"
    status: int = 400
    where: str = ""
    warning: bool = False
