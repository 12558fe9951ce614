"""Other programs' files lie in the folder of cassettes and are played by their names."""

from __future__ import annotations

import json
import re

import pytest
import requests
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autogen_harness.cassettes import Cassette, Interaction, foreign, load, save
from autogen_harness.cassettes.files import store
from autogen_harness.cassettes.foreign import har_writing, vcrpy_writing
from autogen_harness.cli import main
from autogen_harness.documents import foreign_yaml
from autogen_harness.errors import DocumentError, UnmatchedRequest, UsageError
from autogen_harness.model import HttpReply, HttpRequest

CASSETTE = Cassette(
    tuple(
        Interaction(HttpRequest("POST", "http://a.test/x?b=2&a=1", (), b"one"), HttpReply(200, "OK", (), answer))
        for answer in (b"first", b"second")
    )
)
YAML = vcrpy_writing.write(CASSETTE).text
VCRPY_JSON = json.dumps(yaml.safe_load(YAML))
TOML = """\
[[interactions]]
recorded_at = "2026-01-31T12:00:00Z"
request = {method = "POST", uri = "http://a.test/x?b=2&a=1", headers = {}, body_type = "none"}
response = {status = 200, headers = {}, body_type = "text", body_content = "first"}
[[interactions]]
recorded_at = "2026-01-31T12:00:00Z"
request = {method = "POST", uri = "http://a.test/x?b=2&a=1", headers = {}, body_type = "none"}
response = {status = 200, headers = {}, body_type = "text", body_content = "second"}
"""
FILES = {"yaml": YAML, "yml": YAML, "json": VCRPY_JSON, "toml": TOML, "har": har_writing.write(CASSETTE).text}


@pytest.fixture(params=FILES)
def kept(request, desk):
    """A file of another program in the user's folder."""
    (desk.root / "old").mkdir()
    path = desk.root / "old" / f"session.{request.param}"
    path.write_text(FILES[request.param], encoding="utf-8")
    return path


def test_a_file_is_played_as_it_is(kept, opened):
    """In order, once each, whatever the body and the order of the query: as the program that recorded it compares."""
    opened.player.play("old/session")
    answers = [requests.post("http://a.test/x?a=1&b=2", data=body, timeout=5).text for body in ("one", "another")]
    assert answers == ["first", "second"]
    assert opened.player.leftovers() == []
    assert opened.ledger.findings == []


def test_the_suffix_and_the_number_may_be_named(kept, desk):
    """As for files of ours."""
    for name in (f"old/session{kept.suffix}#2", "old/session#2"):
        ((found, interaction),) = store.fetch(name, [desk.root])
        assert (found, interaction.outcome.body) == ("old/session#2", b"second")


def test_a_miss_says_where_in_the_file_the_closest_stand(kept, desk):
    """As of our own files; behind the first line of each comes all of it, and nothing of the other."""
    desk.player.play("old/session")
    with pytest.raises(UnmatchedRequest) as caught:
        desk.player.answer(HttpRequest("GET", "http://a.test/y"))
    places = [int(line) for line in re.findall(rf"^    at .*{kept.name}:(\d+)$", str(caught.value), re.MULTILINE)]
    lines = kept.read_text(encoding="utf-8").splitlines()
    if len(lines) == 1:
        assert places == [1, 1]
        return
    first, second = ("\n".join(lines[start - 1 : end]) for start, end in zip(places, (places[1] - 1, None), strict=True))
    assert (first.count("http://a.test/x"), second.count("http://a.test/x")) == (1, 1)
    assert ("first" in first, "second" in first, "second" in second) == (True, False, True)


@pytest.mark.parametrize("mode", ["new_episodes", "all"])
def test_another_programs_file_is_not_recorded_into(kept, desk, mode):
    """That it cannot be is said before anything is sent, with the command that makes it ours."""
    before = kept.read_bytes()
    with pytest.raises(UsageError, match="autogen-harness cassette convert") as caught:
        desk.player.record("old/session", mode=mode)
    assert kept.read_bytes() == before
    assert main(str(caught.value).partition(": autogen-harness ")[2].split()) == 0
    desk.player.record("old/session", mode=mode)


def test_the_file_is_listed_with_what_it_is(kept, desk):
    """``cassette ls`` says whose format it has."""
    (listed,) = [one for one in store.listing([desk.root]) if not one.shipped]
    assert (listed.name, listed.path, listed.problem) == ("old/session", kept, "")
    assert listed.about.startswith("A file of ")
    assert load(kept) is load(kept)


def test_a_file_of_ours_comes_before_the_others(desk, interaction):
    """Of one name; whoever wants the other names its suffix. What is no cassette is not listed."""
    desk.keep("session", interaction())
    (desk.root / "session.yaml").write_text(YAML, encoding="utf-8")
    (desk.root / "busy.faults.yaml").write_text("format: autogen-harness-faults/1", encoding="utf-8")
    assert len(store.fetch("session", [desk.root])) == 1
    assert len(store.fetch("session.yaml", [desk.root])) == 2
    assert [one.path.name for one in store.listing([desk.root]) if not one.shipped] == ["session.json"]


def test_an_unknown_name_tells_the_nearest_of_any_suffix(kept, desk):
    """By the name to write."""
    with pytest.raises(UsageError, match="did you mean 'old/session'"):
        desk.player.play("old/sesion")
    with pytest.raises(UsageError, match="did you mean 'old/session'"):
        desk.player.play("old/sesion.yaml")


BROKEN = {
    "no format": ('{"interactions": [{"request": {}}]}', "the key 'format' is missing"),
    "another version": ('{"format": "autogen-harness-cassette/2", "interactions": [], "version": 1}', "is not known"),
    "misspelt value": ('{"format": "autogen-harness-casette/1", "interactions": [], "version": 1}', "is not known"),
    "misspelt parts": (
        '{"fromat": "autogen-harness-cassette/1", "interactions": [{"request": {}, "response": {}}]}',
        "unknown key 'fromat'",
    ),
    "misspelt format": ('{"fromat": "autogen-harness-cassette/1", "interactions": []}', "unknown key 'fromat'"),
    "torn": ('{"format": "autogen-harness-cassette/1", "inter', "not JSON"),
    "torn and nobody's": ('{"log": {', "not JSON"),
    "list": ("[]", "must be an object, not an array"),
    "old vcrpy": ('[{"request": {}, "response": {}}]', "before version 1"),
}


@pytest.mark.parametrize(("text", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_of_ours_is_told_as_ours(tmp_path, text, problem):
    """JSON is taken for another program's only where its keys say so."""
    path = tmp_path / "c.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load(path)
    assert problem in str(caught.value)


def test_ours_converts_by_saving(tmp_path):
    """What was read of another program's file can be saved as ours, and loads equal."""
    (tmp_path / "c.yaml").write_text(YAML, encoding="utf-8")
    cassette = load(tmp_path / "c.yaml")
    save(cassette, tmp_path / "c.json")
    assert load(tmp_path / "c.json") == cassette


BETAMAX = json.dumps({"http_interactions": [
    {"request": {"method": "GET", "uri": "http://a.test/", "headers": {"a": "b"}, "body": {"encoding": "utf-8", "string": ""}},
     "response": {"status": {"code": 200, "message": "OK"}, "headers": {"a": ["b"]}, "body": {"encoding": None, "string": "x"}}}
]})  # fmt: skip
SOUND = {".json": [VCRPY_JSON, BETAMAX], ".har": [FILES["har"]], ".yaml": [YAML, VCRPY_JSON]}
QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["http://[", "json", "gzip"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def replaced(value, data):
    """A value in which one part, drawn, is another one, drawn."""
    inner = list(value.items() if isinstance(value, dict) else enumerate(value)) if isinstance(value, (dict, list)) else []
    if not inner or data.draw(st.integers(0, 5)) == 0:
        return data.draw(ANY)
    key, part = data.draw(st.sampled_from(inner))
    changed = value.copy()
    changed[key] = replaced(part, data)
    return changed


@pytest.mark.parametrize(("suffix", "text"), [(suffix, text) for suffix, texts in SOUND.items() for text in texts])
@QUICK
@given(data=st.data())
def test_whatever_stands_in_a_file_it_is_read_or_refused(suffix, text, data):
    """With an error of the file, never of the reader."""
    value = replaced(yaml.safe_load(text), data)
    try:
        found = foreign.loads(foreign_yaml.write(value) if suffix == ".yaml" else json.dumps(value), f"c{suffix}")
    except DocumentError:
        return
    assert found.cassette.interactions
