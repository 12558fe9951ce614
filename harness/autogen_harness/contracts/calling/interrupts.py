"""An interruption that a world makes itself, so that it is told apart from one by the user, who wants the run to end."""

from __future__ import annotations


class Interrupted(KeyboardInterrupt):
    """Raised where a tool waits for its upstream, as Ctrl-C would be."""
