"""A place at which a secret stands in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in a text: which, and where; never its value.

    Attributes:
        name: what the secret is called, such as the variable that holds it.
        line, column: where it begins, from 1.
        how: the notations in which it is written, outermost first, such as ``("base64", "gzip")``; none where it is as it is.
        interaction: the number of the interaction that it stands in, from 1; 0 where there is none.
        pointer: the way to the value from there, such as ``outcome.response.body.json.echo``; may be empty.
    """

    name: str
    line: int
    column: int
    how: tuple[str, ...] = ()
    interaction: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        place = f"interaction {self.interaction}" if self.interaction else f"line {self.line}, column {self.column}"
        place += f", {self.pointer}" if self.pointer else ""
        return f"  {place}: {self.name}" + (f" (in {', in it '.join(self.how)})" if self.how else "")
