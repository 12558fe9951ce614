"""What a player offers for recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.cassettes.recording.modes import Mode
    from autogen_harness.cassettes.recording.session import Recordings
    from autogen_harness.cassettes.shelf import Shelf


class Recorded:
    """The recordings of a player.

    Attributes:
        recordings: those that are open; to be finished when the verdict is known.
    """

    recordings: Recordings

    @property
    def _shelf(self) -> Shelf:
        raise NotImplementedError

    def record(
        self,
        name: str | None = None,
        *,
        mode: Mode | None = None,
        optional: bool = False,
        headers: Sequence[str] = (),
        **unknown: NoReturn,
    ) -> None:
        """Play a cassette of the test's own, or record it: that says the mode, which the command line may overrule.

        What other cassettes answer is not recorded. Recording is a live run: hosts must be allowed, and waits are real.

        Args:
            name: of the cassette; None for ``module/test``.
            mode: one of :data:`~autogen_harness.cassettes.recording.modes.Mode`; None: what the marker says, else "none".
            optional: what it holds need not be asked for; for a cassette that several tests share.
            headers: names of request headers to record beside the usual ones.
            unknown: nothing; here to tell the nearest argument of one that is misspelt.

        Raises:
            UsageError: no such mode; nothing to play; or something is being recorded here already, or wall time is frozen.
            DocumentError: the file is not a cassette.
        """
        for argument in unknown:
            near = nearest_or_all(argument, ("headers", "mode", "optional"))
            raise UsageError(f"record({argument}=...): there is no such argument; {near}")
        self.recordings.add(self._shelf, name, mode, optional=optional, headers=headers)
