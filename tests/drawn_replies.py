"""Replies of every kind, drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from autogen_harness.llm.replies import Reply, ToolCall

_TEXTS = ["", " ", "\n\n", "one two  three ", "2\u202f000", "😀" * 20, "a" * 100]
_ARGUMENTS = [
    '{"text": "\\ud83d\\ude00 \\n \\\\ \\""}',
    '{"price": 1234567.8901, "n": -12e10}',
    "{}",
    '{"a": "\\u00e9"',
    '"\\"',
]

SOUND = st.text(max_size=60) | st.sampled_from(_TEXTS)
"""Texts that can be encoded."""

TEXTS = SOUND | st.text(st.characters(codec=None), max_size=20) | st.just("\ud83d")
"""Any text, half a surrogate pair too, which JSON can write and UTF-8 cannot."""


def arguments(texts):
    """JSON with everything that is awkward to cut, and what is none."""
    return texts | st.sampled_from(_ARGUMENTS)


def replies(texts):
    """Text, calls, both, refusals, and answers that were cut."""
    name = st.text("abc_", min_size=1)
    calls = st.lists(st.builds(ToolCall, name, name, arguments(texts)), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Reply, texts),
        st.builds(Reply, calls=calls),
        st.builds(Reply, texts, calls),
        st.builds(Reply, refusal=texts),
        st.builds(Reply, texts, finish=st.sampled_from(["length", "content_filter"])),
    )
