"""The JSON Schema of script files, for editors: made from the tables that read them, so that both cannot part.

It says what a schema can say. That a regular expression compiles, that an error is built in, that ``from`` is not above ``to``:
these the reader alone knows.
"""

from __future__ import annotations

import json
from typing import Any

from autogen_harness.scripts.asking import EXPECT, WHEN
from autogen_harness.scripts.data import DEFINITIONS
from autogen_harness.scripts.error_names import RAISES
from autogen_harness.scripts.items import INNER, TURN
from autogen_harness.scripts.kinds import BREAK
from autogen_harness.scripts.whole import SCRIPT

_NAMED = (TURN, INNER, WHEN, EXPECT, RAISES, BREAK)
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def script_schema() -> dict[str, Any]:
    """The schema of a whole file."""
    about = {"$schema": DIALECT, "title": "A script of autogen-harness: what the model says in a test"}
    named = {shape.name: shape.shape().schema() for shape in _NAMED}
    return {**about, **SCRIPT.schema(), "$defs": {**named, **DEFINITIONS}}


def text() -> str:
    """The schema as it is shipped."""
    return json.dumps(script_schema(), indent=1, ensure_ascii=False) + "\n"
