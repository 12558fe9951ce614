"""YAML is read where all readers of it agree; the rest is an error at its place. What is written is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_turns import TEXTS

from autogen_harness import documents
from autogen_harness.errors import DocumentError

READ = {
    "text": ("a: hello", {"a": "hello"}),
    "numbers": ("[1, -2, +3, 0, 1.5, 1.0e+3, 0x1F]", [1, -2, 3, 0, 1.5, 1000.0, 31]),
    "words": ("[true, False, null, ~, ]", [True, False, None, None]),
    "quoted": ("""["no", '010', "1:30", "2024-01-31", "~"]""", ["no", "010", "1:30", "2024-01-31", "~"]),
    "dates are text": (
        "[2024-01-31, 2024-01-31T10:00:00Z, 2001-12-14 21:59:43.10 -5]",
        ["2024-01-31", "2024-01-31T10:00:00Z", "2001-12-14 21:59:43.10 -5"],
    ),
    "equals is text": ("a: =", {"a": "="}),
    "aliases": ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    "nothing": ("", None),
    "lines": ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
}


@pytest.mark.parametrize(("text", "value"), READ.values(), ids=READ)
def test_plain_data_is_read_as_every_reader_reads_it(text, value):
    """The kinds of value that JSON has, and no others."""
    assert documents.parse_yaml(text, "s.yaml") == value


WORDS = ["no", "yes", "on", "Off", "010", "0o17", "1:30", "190:20:30", "1_000", "1e3", "0b11", "08"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", ["a: {}", "- {}", "{}: a"])
def test_a_word_that_readers_disagree_about_is_an_error(word, form):
    """It may be text, a number or a truth value; quotes say which."""
    with pytest.raises(DocumentError, match=r"to some readers of YAML|a key is text") as caught:
        documents.parse_yaml(form.format(word), "s.yaml")

    assert (caught.value.line, caught.value.column) == (1, form.index("{}") + 1)
    assert f'write "{word}"' in caught.value.hint


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 12)
)

REFUSED = {
    "a key twice": ("a: 1\nb: 2\na: 3", "3:1: the key 'a' is there twice"),
    "deep twice": ("a: [{b: 1, b: 2}]", "1:12: a[0]: the key 'b' is there twice"),
    "python": ("a: !!python/object/apply:os.system [ls]", "1:4: a: the tag !!python/object/apply:os.system is not read"),
    "binary": ("a: !!binary aGk=", "1:4: a: the tag !!binary is not read"),
    "own tag": ("a: !env HOME", "1:4: a: the tag !env is not read"),
    "a plain tag": ("a: !!str no", "1:4: a: the tag !!str is not read"),
    "merge key": ("a: &x {b: 1}\nc:\n  <<: *x", "3:3: c: merge keys are not read"),
    "number as key": ("1: a", "1:1: a key is text"),
    "null as key": ("~: a", "1:1: a key is text"),
    "list as key": ("? [a]\n: b", "1:3: a key is text"),
    "in itself": ("a: &x [*x]", "1:4: a[0]: the alias stands inside of what it names"),
    "not a number": ("a: .nan", "1:4: a: JSON has no number .nan"),
    "infinite": ("a: -.inf", "1:4: a: JSON has no number -.inf"),
    "many aliases": (BOMB, "aliases stand for more than 10000 values"),
    "two documents": ("a: 1\n---\nb: 2", "2:1: not YAML"),
    "not closed": ("a: [1", "1:6: not YAML"),
    "unknown alias": ("a: *x", "1:4: not YAML: found undefined alias 'x'"),
    "tab": ("a:\n\tb: 1", "2:1: not YAML"),
    "control character": ("a: \x01", "not YAML that can be used"),
    "too deep": ("[" * 4000 + "]" * 4000, "not YAML that can be used"),
}


@pytest.mark.parametrize(("text", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_plain_data_is_an_error_at_its_place(text, says):
    """Nothing is constructed, nothing is merged, nothing grows beyond what was written."""
    with pytest.raises(DocumentError) as caught:
        documents.parse_yaml(text, "s.yaml")

    assert says in caught.value.brief


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back(value):
    """Any value of JSON, texts that look like something else included."""
    read = documents.parse_yaml(documents.write_yaml(value), "s.yaml")

    assert read == value
    assert repr(read) == repr(value)
