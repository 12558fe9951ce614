"""Files such as ``.env``, which hold variables of the environment."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][\w.]*)[ \t]*=[ \t]*"
    r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<plain>[^\n#]*))""",
    re.MULTILINE,
)


def variables(text: str) -> dict[str, str]:
    """The variables that a text sets, as ``NAME=value``, with or without quotes and ``export``; nothing is expanded."""
    found = {}
    for line in _LINE.finditer(text):
        values = (line[group] for group in ("double", "single", "plain"))
        found[line["name"]] = next((value for value in values if value is not None), "").strip()
    return found
