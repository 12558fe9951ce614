"""For properties of strict readers: plain data of which one value or key, drawn, is another than it was."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from autogen_harness.errors import DocumentError


def bend(draw, value, places, keys, odd):
    """The value with one place, of those given as steps, replaced, dropped, renamed, or joined by another."""
    steps = draw(st.sampled_from([place for place in places if place]))
    holder = value
    for step in steps[:-1]:
        holder = holder[step]
    what = draw(st.sampled_from(["replace", "drop", "rename", "add"]))
    if what == "replace" or isinstance(holder, list):
        holder[steps[-1]] = draw(odd)
    elif what == "add":
        holder[draw(keys)] = draw(odd)
    else:
        kept = holder.pop(steps[-1])
        if what == "rename":
            holder[draw(keys)] = kept
    return value


def must_agree(checker, value, read, only_the_reader_knows):
    """What the schema refuses the reader refuses; what the reader alone refuses is what only it can know."""
    try:
        read()
    except DocumentError as error:
        refused = [error.brief, *(other.brief for other in error.others)]
    else:
        refused = []
    if not checker.accepts(value):
        assert refused
    else:
        assert [brief for brief in refused if not re.search(only_the_reader_knows, brief)] == []
