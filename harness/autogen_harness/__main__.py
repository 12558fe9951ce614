"""``python -m autogen_harness``: the command, where its script is not on the path."""

from __future__ import annotations

import sys

from autogen_harness.cli import main

sys.exit(main())
