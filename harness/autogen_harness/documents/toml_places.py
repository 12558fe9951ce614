"""Where the values of a TOML text stand, line by line. Looked up only when there is something to complain about."""

from __future__ import annotations

import re

from autogen_harness.documents.places import Places, Steps

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*=\s*""")
_QUOTES = ('"""', "'''")


def places_in(text: str) -> Places:
    """The places of tables and of the values in them; a value of several lines is where it begins."""
    places, counts = Places({(): 0}, {}, []), dict[Steps, int]()
    here: Steps = ()
    at, within = 0, ""
    for line in text.split("\n"):
        if within:
            within = "" if within in line else within
        elif header := _HEADER.match(line):
            here = _steps(header[2], counts, repeated=header[1] == "[[")
            places.values.setdefault(here[:-1], at)
            places.values[here] = at
        elif key := _KEY.match(line):
            steps = (*here, key[1].strip("\"'"))
            places.keys.setdefault(steps, []).append(at + key.start(1))
            places.values[steps] = at + key.end()
            within = next((quotes for quotes in _QUOTES if line.count(quotes) == 1), "")
        at += len(line) + 1
    return places


def _steps(name: str, counts: dict[Steps, int], *, repeated: bool) -> Steps:
    """The way to the table that a header names: the last of each array of tables is meant."""
    steps: Steps = ()
    *around, last = [piece.strip().strip("\"'") for piece in name.split(".")]
    for piece in around:
        steps = (*steps, piece)
        steps = (*steps, counts[steps]) if steps in counts else steps
    steps = (*steps, last)
    if repeated:
        counts[steps] = counts.get(steps, -1) + 1
        steps = (*steps, counts[steps])
    return steps
