"""YAML of unknown origin: nothing in it is executed, and it cannot grow."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_turns import TEXTS

from autogen_harness.documents import foreign, foreign_yaml
from autogen_harness.errors import DocumentError

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 30)
)
MERGES = "a0: &a0 {k: v}\n" + "".join(
    f"a{number}: &a{number}\n  <<: [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 30)
)
LONG = f"a: &a {'x' * 3000}\nb: [{', '.join(['*a'] * 400)}]"
REFUSED = {
    "apply": (
        "a: !!python/object/apply:os.system [ls]",
        "1:4",
        "the tag !!python/object/apply:os.system asks for a Python object",
    ),
    "new": ("a: !!python/object/new:subprocess.Popen {args: [[ls]]}", "1:4", "asks for a Python object"),
    "name": ("a: !!python/name:os.system", "1:4", "asks for a Python object"),
    "module": ("a:\n- !!python/module:os", "2:3", "asks for a Python object"),
    "tuple": ("a: !!python/tuple [1, 2]", "1:4", "the tag !!python/tuple asks for a Python object"),
    "tuple after a file": ("a: !!python/object/new:_io.BytesIO {state: []}\nb: !!python/tuple []", "2:4", "!!python/tuple"),
    "object in a file": ("a: !!python/object/new:_io.BytesIO {state: [!!python/name:os.system ]}", "1:45", "os.system"),
    "own tag": ("a: !env HOME", "1:4", "the tag !env is not read"),
    "set": ("a: !!set {x}", "1:4", "the tag !!set is not read"),
    "aliases": (BOMB, "", "that is a bomb"),
    "merges": (MERGES, "", "that is a bomb"),
    "long text": (LONG, "2:", "that is a bomb"),
    "in itself": ("a: &x [*x]", "1:8", "stands inside of what it names"),
    "no anchor": ("a: *x", "1:4", "no anchor 'x'"),
    "too deep": ("a: " + "[" * 200 + "]" * 200, "1:103", "nested more than 100 deep"),
    "far too deep": ("[" * 100_000, "1:", "nest"),  # the C parser has a limit of its own
    "key twice": ("a: 1\nb: 2\na: 3", "3:1", "the key 'a' is there twice"),
    "list as key": ("? [a]\n: b", "1:3", "a key is text"),
    "binary as key": ("!!binary YQ==: b", "1:1", "a key is text"),
    "two documents": ("a: 1\n---\nb: 2", "2:1", "a second document begins"),
    "control character": ("a: \x01", "", "not YAML that can be used"),
    "behind é": ("é: é\né: é", "2:1", "there twice"),
}


@pytest.fixture(params=["C", "Python"])
def parser(request, monkeypatch):
    """Both parsers of PyYAML: a platform may lack the one in C."""
    loader = yaml.SafeLoader if request.param == "Python" else yaml.CSafeLoader
    monkeypatch.setattr(foreign_yaml, "_Loader", loader)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "place", "says"), REFUSED.values(), ids=REFUSED)
def test_what_would_run_or_grow_is_refused_at_its_place(text, place, says):
    """With the reason, and before it has grown: written out, the bombs would hold more values than fit into any machine."""
    with pytest.raises(DocumentError) as caught:
        foreign.parse(text, "c.yaml")
    assert says in caught.value.problem
    assert f"{caught.value.line}:{caught.value.column}".startswith(place)


def test_a_file_of_vcrpy_before_version_1_says_how_to_migrate():
    """Its tags are refused as all others; the hint is another."""
    with pytest.raises(DocumentError) as caught:
        foreign.parse("- request: !!python/object:vcr.request.Request\n    body: null", "c.yaml")
    assert "vcr.migration" in caught.value.hint


READ = {
    "words of both versions": (
        "[true, False, null, ~, 1, -2, 0x1F, 1.5, 1.0e+3]",
        [True, False, None, None, 1, -2, 31, 1.5, 1000.0],
    ),
    "words of one version": (
        "[no, yes, on, 010, 0o17, 1:30, 1_000, 1e3, 0b1]",
        ["no", "yes", "on", "010", "0o17", "1:30", "1_000", "1e3", "0b1"],
    ),
    "dates": ("[2024-01-31, 2024-01-31T10:00:00Z]", ["2024-01-31", "2024-01-31T10:00:00Z"]),
    "quoted": ("['1', \"null\", '']", ["1", "null", ""]),
    "tagged": ("[!!str 1, !!int '1', !!binary YQ==, !!python/str a, ! b]", ["1", 1, b"a", "a", "b"]),
    "anchors": ("a: &x {b: [1]}\nc: *x\nd: [*x]", {"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}]}),
    "merged": ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
    "no merge": ("a: {<<: 1}", {"a": {"<<": 1}}),
    "keys": ("{1: a, true: b, null: c, 1.5: d}", {"1": "a", "true": "b", "null": "c", "1.5": "d"}),
    "byte order mark": ("\ufeffa: b", {"a": "b"}),
    "nothing": ("", None),
}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "value"), READ.values(), ids=READ)
def test_plain_data_is_what_its_writer_meant(text, value):
    """Every writer quotes the words that it would itself misread, so a word that only others misread is text."""
    read = foreign.parse(text, "c.yaml").value
    assert repr(read) == repr(value)


QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@QUICK
@given(VALUES)
def test_what_is_written_is_read_back(value):
    """By us, and by PyYAML's own safe loader, which is what vcrpy reads with."""
    text = foreign.write_yaml(value)
    assert repr(foreign.parse(text, "c.yaml").value) == repr(value)
    assert repr(yaml.load(text, Loader=yaml.CSafeLoader)) == repr(value)


@QUICK
@given(VALUES)
def test_what_pyyaml_writes_is_read_as_it_was_meant(value):
    """With anchors, sorted, in the styles of its own."""
    for options in ({}, {"allow_unicode": True}, {"default_flow_style": True}, {"default_style": '"'}):
        text = yaml.dump([value, value], Dumper=yaml.CSafeDumper, sort_keys=False, **options)
        assert repr(foreign.parse(text, "c.yaml").value) == repr([value, value])


def test_the_parser_in_c_is_taken_where_it_is():
    """Files of ten thousand interactions are read; the parser in Python takes minutes for one."""
    assert foreign_yaml._Loader is getattr(yaml, "CSafeLoader", yaml.SafeLoader)
