"""What is installed where a client is not as its driver knows it: a mock library, if it is there, and a note in the report."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from autogen_harness.cassettes.backends import ENTRANCES, backend
from autogen_harness.model import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.cassettes.backends import Backend, Desk


def instead_of(client: str, strange: Sequence[str], library: str, desk: Desk) -> Backend | None:
    """Install the backend of a mock library for a client whose driver cannot be installed, and say so.

    Args:
        client: the client's distribution.
        strange: what of it is not as the driver knows it.
        library: the mock library, which is also the name of its backend.
        desk: whom the backend asks; it gets the note.

    Returns:
        The installed backend; None where the library is not there.
    """
    made = _made(library, desk)
    then = (
        f"without {library} its requests are not answered" if made is None else f"its requests are answered through {library}"
    )
    text = f"{client} {version(client)} has another {', '.join(strange)} than the driver for {client} knows, so {then}"
    desk.record(Note("backend", text))
    if made is not None:
        made.install()
    return made


def _made(library: str, desk: Desk) -> Backend | None:
    try:
        return backend(next(entrance for entrance in ENTRANCES if entrance.name == library))(desk)
    except ImportError:  # it is not installed, or just importing the client itself
        return None
