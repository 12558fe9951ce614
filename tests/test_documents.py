from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import documents
from autogen_harness.documents import Problem
from autogen_harness.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@given(JSON, st.sampled_from([None, 1, 2]))
def test_json_is_read_as_the_standard_library_reads_it(value, indent):
    """Strict reading changes no value that is fine."""
    assert documents.parse_json(json.dumps(value, indent=indent), "f") == value


SPACE = st.sampled_from(["", " ", "\n", "\r\n\t"])


@st.composite
def spaced(draw, value, depth=2):
    """A JSON text of a value, with white space wherever it may stand in the outer levels."""
    if not depth or not isinstance(value, (dict, list)):
        return draw(SPACE) + json.dumps(value) + draw(SPACE)
    if isinstance(value, list):
        inner = ",".join([draw(spaced(item, depth - 1)) for item in value]) or draw(SPACE)
        return f"{draw(SPACE)}[{inner}]{draw(SPACE)}"
    pairs = [f"{draw(SPACE)}{json.dumps(key)}{draw(SPACE)}:{draw(spaced(item, depth - 1))}" for key, item in value.items()]
    return draw(SPACE) + "{" + (",".join(pairs) or draw(SPACE)) + "}" + draw(SPACE)


TOPS = st.fixed_dictionaries({}, optional={"items": st.lists(JSON, max_size=4) | JSON, "others": JSON, "about": JSON}) | JSON


@given(st.data(), TOPS)
def test_items_are_read_one_by_one_as_they_are_all_at_once(data, value):
    """Each item of the named array is handed over with its number, in order, and what is made of it stands in its place."""
    read: list[tuple[int, object]] = []

    def note(index: int, item: object) -> object:
        read.append((index, item))
        return f"read {index}"

    made = documents.parse_json(data.draw(spaced(value)), "f", documents.Each("items", note))
    items = value.get("items") if isinstance(value, dict) else None
    if isinstance(items, list):
        assert read == list(enumerate(items))
        assert made == {**value, "items": [f"read {index}" for index in range(len(items))]}
    else:
        assert (made, read) == (value, [])


BROKEN = """
{1: 2}  |  {"a": 1}}  |  {"a": 1} 2  |  {"a": 1]  |  {"a": 1;"b": 2}  |  {"a" 1}  |  {"a": 1,}  |  {"a": 1  |  {,}
{"a": tru}  |  {"a": 1 "b": 2}  |  {"items": [1}  |  {"items": [1}}  |  {"items": [1;2]}  |  {"items": [1,]}
{"items": [1]  |  {"items": [1]]  |  {"items": [,1]}  |  {"items": [1] "b": 2}  |  {"items": [1, 2  |  {"items": [1.50]}
{"items": [NaN]}  |  {"items": [1], "items": [2]}  |  {"items": [{"a": 1, "a": 2}]}
"""


@pytest.mark.parametrize("text", [one.strip() for line in BROKEN.strip().splitlines() for one in line.split("  |  ")])
def test_a_broken_text_is_refused_in_the_same_words_whether_items_are_read_or_not(text):
    """The shorter way accepts nothing that the whole one refuses: cut off, doubled, out of order or inexact."""
    said = _said(text)
    assert said
    assert said == _said(text, documents.Each("items", lambda _index, item: item))


def _said(text, *each):
    try:
        documents.parse_json(text, "f", *each)
    except DocumentError as error:
        return str(error)


@given(st.data(), st.lists(JSON, min_size=1, max_size=3), st.sampled_from([None, 1]))
def test_every_value_is_found_where_it_stands(data, value, indent):
    """The text that begins at the located place parses to the value that the steps lead to."""
    steps: tuple[str | int, ...] = ()
    inner = value
    while isinstance(inner, (list, dict)) and inner and data.draw(st.booleans()):
        step = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        steps, inner = (*steps, step), inner[step]
    text = json.dumps(value, indent=indent)
    line, column = documents.locate(text, steps)
    at = sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1
    assert json.JSONDecoder().raw_decode(text, at)[0] == inner


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ('{"a": 1,\n "b": [1, 2', (2, 12), "not JSON: Expecting ',' delimiter"),
        ("", (1, 1), "not JSON: Expecting value"),
        ('{"a": 1,\n "b": 2,\n "a": 3}', (3, 2), "the key 'a' is there twice"),
        ('{"a":\n  1.10}', (2, 3), "the number 1.10 is not kept exactly"),
        ('{"a": NaN}', (1, 7), "JSON has no number NaN"),
        ("\ufeff{}", (1, 1), "begins with a byte order mark"),
    ],
)
def test_bad_json_is_refused_with_its_place(text, place, problem):
    """Truncated, repeated and inexact: each names line and column, and nothing is ever half read."""
    with pytest.raises(DocumentError) as caught:
        documents.parse_json(text, "some.json")
    error = caught.value
    assert (error.path, (error.line, error.column), error.problem) == ("some.json", place, problem)


def test_every_problem_of_a_file_is_told_in_the_order_of_the_text():
    """One error carries the others, and its text shows each with its line and a caret under the place."""
    text = '{\n "b": 1,\n "a": {"c": true}\n}'
    with pytest.raises(DocumentError) as caught:
        documents.refuse("f.json", text, [Problem(("a", "c"), "second"), Problem(("b",), "first", "the hint", key=True)])
    error = caught.value
    assert (error.problem, [other.problem for other in error.others]) == ("first", ["second"])
    assert str(error) == (
        'f.json:2:2: first\n    |\n  2 |  "b": 1,\n    |  ^\n  the hint\n'
        'f.json:3:13: a.c: second\n    |\n  3 |  "a": {"c": true}\n    |             ^'
    )


@pytest.mark.parametrize("before", [0, 1, 49, 50, 51, 99, 150, 400])
@pytest.mark.parametrize("after", [0, 1, 49, 50, 99, 400])
def test_of_a_long_line_the_part_around_the_place_is_shown(before, after):
    """With the caret under the place, wherever in the line it stands; … says that the line goes on."""
    text = f'["{"b" * before}", 0, "{"a" * after}"]'
    with pytest.raises(DocumentError) as caught:
        documents.refuse("f.json", text, [Problem((1,), "bad")])
    source, caret = str(caught.value).splitlines()[2:]
    line = source.removeprefix("  1 | ")
    assert source[caret.index("^")] == "0"
    assert line.strip("…") in text
    assert (line[0] == "…", line[-1] == "…") == (line[:2] != '["', line[-2:] != '"]')
    assert len(line) <= documents.MAX_SOURCE + 2


def test_yaml_is_plain_data_with_places():
    """YAML is read safely, a repeated key is an error at its place, and a value can be located."""
    text = "turns:\n  - say: hello\n  - call: f\n"
    assert documents.parse_yaml(text, "s.yaml") == {"turns": [{"say": "hello"}, {"call": "f"}]}
    assert documents.locate(text, ("turns", 1, "call"), yaml=True) == (3, 11)
    with pytest.raises(DocumentError, match=r"s\.yaml:2:1: the key 'a' is there twice"):
        documents.parse_yaml("a: 1\na: 2\n", "s.yaml")
    with pytest.raises(DocumentError, match=r"s\.yaml:1:4: a: the tag !!python/object/apply:os\.getcwd is not read"):
        documents.parse_yaml("a: !!python/object/apply:os.getcwd []", "s.yaml")


def test_a_file_that_is_not_utf_8_is_refused_at_the_bad_byte(tmp_path: Path):
    """Bytes are not guessed at."""
    path = tmp_path / "latin.json"
    path.write_bytes(b'{\n"a": "caf\xe9"}')
    with pytest.raises(DocumentError) as caught:
        documents.read(path)
    assert (caught.value.line, caught.value.column) == (2, 10)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path):
    """A failed write leaves the old file and nothing else."""
    path = tmp_path / "folder" / "f.txt"
    documents.write(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        documents.write(path, "new \ud800")
    assert path.read_bytes() == b"old\n"
    assert [one.name for one in path.parent.iterdir()] == ["f.txt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_file_may_be_read_by_whoever_may_read_new_files(tmp_path: Path, umask: int):
    """It is shared, by a repository or a mounted folder; and one that was there stays as open as it was."""
    before = os.umask(umask)
    try:
        documents.write(tmp_path / "new", "")
        (tmp_path / "old").touch()
        (tmp_path / "old").chmod(0o640)
        documents.write(tmp_path / "old", "")
    finally:
        os.umask(before)
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "old")]
    assert modes == [0o666 & ~umask, 0o640]


@pytest.mark.parametrize("key", ["", "1", "1.5", "true", "no", "null", "~", "0x1f", "2026-01-01"])
def test_a_quoted_key_is_text_whatever_it_looks_like(key):
    """Only plain words mean different things to readers of YAML."""
    table = {"a": {key: 1}}
    assert documents.parse_yaml(f'a: {{"{key}": 1}}', "f") == table == documents.parse_yaml(documents.write_yaml(table), "f")
