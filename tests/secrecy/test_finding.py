"""A secret is found in whatever spelling, and the place is the right one."""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.secrecy.finding import find
from autogen_harness.secrecy.layers import MAX_INFLATED, layers


def deflate(data):
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


def b64(data, encode=base64.b64encode):
    return encode(data).decode()


def units(text):
    """The text as JSON counts it."""
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


AROUND = b'{"a": "before ', b' behind"}'
ENCODINGS = {
    "raw": str,
    "in json": json.dumps,
    "in json, all escaped": lambda s: '"' + "".join(f"\\u{unit:04x}" for unit in units(s)) + '"',
    "in json in json": lambda s: json.dumps(json.dumps(s)),
    "in json with slashes escaped": lambda s: json.dumps(s).replace("/", "\\/"),
    "in a URL": lambda s: quote(s, safe=""),
    "in a URL, small": lambda s: "".join(f"%{byte:02x}" for byte in s.encode()),
    "in a form": quote_plus,
    "in a URL in a URL": lambda s: quote(quote(s, safe=""), safe=""),
    "in HTML": html.escape,
    "base64": lambda s: b64(s.encode()),
    "base64, second alignment": lambda s: b64(b"x" + s.encode() + b"y"),
    "base64, third alignment": lambda s: b64(b"xy" + s.encode() + b"y"),
    "base64 behind a letter": lambda s: "x" + b64(s.encode()),
    "base64 behind a letter, second alignment": lambda s: "x" + b64(b"x" + s.encode() + b"y"),
    "base64 behind a letter, third alignment": lambda s: "x" + b64(b"xy" + s.encode() + b"y"),
    "base64 of base64": lambda s: b64(b64(b"user:" + s.encode()).encode()),
    "base64 for URLs": lambda s: b64(s.encode(), base64.urlsafe_b64encode).rstrip("="),
    "base64 in a URL": lambda s: quote(b64(s.encode()), safe=""),
    "base64 of json": lambda s: b64(json.dumps({"a": s}).encode()),
    "base64 in lines": lambda s: b64(b"z" * 50 + s.encode() * 3, base64.encodebytes),
    "base64 in lines in json": lambda s: json.dumps(b64(b"z" * 50 + s.encode() * 3, base64.encodebytes)),
    "hex": lambda s: s.encode().hex(),
    "HEX": lambda s: s.encode().hex().upper(),
    "gzip in base64": lambda s: b64(gzip.compress(AROUND[0] + s.encode() + AROUND[1])),
    "json in gzip in base64 in json": lambda s: json.dumps({"b": b64(gzip.compress(json.dumps({"a": s}).encode()))}),
    "zlib in base64": lambda s: b64(zlib.compress(s.encode())),
    "deflate in base64": lambda s: b64(deflate(AROUND[0] + s.encode())),
    "half of gzip in base64": lambda s: b64(gzip.compress(s.encode() + bytes(range(256)) * 9)[:-20]),
}
SECRETS = st.text(st.sampled_from("abcXYZ0189-_./+ =\"'&:éß€😀"), min_size=8, max_size=30)
TEXTS = st.text(st.sampled_from("ab \n/{}:,.é€"), max_size=30)


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@given(before=TEXTS, secret=SECRETS, behind=TEXTS)
def test_a_secret_is_found_in_every_spelling(encode, before, secret, behind):
    """Wherever it stands, and whatever characters it has."""
    head, planted = before.encode() + b" ", encode(secret).encode()
    found = find(head + planted + b" " + behind.encode(), {secret: "it"})
    assert [one.name for one in found if one.start < len(head + planted) and one.end > len(head)][:1] == ["it"]


ODD = st.text(st.sampled_from('ab%\\"&;4125un/'), min_size=8, max_size=16)


@pytest.mark.parametrize("name", ["raw", "in json", "in a URL", "in HTML", "base64", "hex"])
@given(secret=ODD)
def test_a_secret_that_looks_like_escapes_is_found(name, secret):
    """Undoing escapes changes the secret as well."""
    assert find(ENCODINGS[name](secret).encode(), {secret: "it"}) != []


@given(st.lists(st.sampled_from(["a", "b%41", '\\"', "é", "&amp;", "\n", "c" * 20]), max_size=12).map("".join), SECRETS)
def test_a_secret_that_is_not_there_is_not_found(text, secret):
    """And the place of one that is there is exact where it is written as it is."""
    unlike = f"Q9{secret}Q9"
    assert find(text.encode(), {unlike: "it"}) == []
    (one,) = find(f"{text} {unlike}".encode(), {unlike: "it"})
    assert (one.how, one.start, one.end) == ((), len(f"{text} ".encode()), len(f"{text} {unlike}".encode()))


def test_the_notations_are_told_from_the_outside_in():
    """So that somebody can follow them."""
    inner = json.dumps({"a": 'hunter"hunter'})
    text = f"x {b64(gzip.compress(inner.encode()))} y"
    (one,) = find(text.encode(), {'hunter"hunter': "it"})
    assert (one.how, text[one.start : one.end]) == (("base64", "gzip", "escaped"), text[2:-2])


def test_a_form_is_not_told_again_where_the_value_is_known():
    """One secret, one report."""
    key = "sk-abcdefghijklmnop1234"
    text = f"Bearer {key}".encode()
    assert [(one.kind, one.name) for one in find(text, {key: "KEY"}, by_form=True)] == [("value", "KEY")]
    assert {one.kind for one in find(b64(text).encode(), {}, by_form=True)} == {"form"}


def test_a_bomb_is_inflated_in_part():
    """A few bytes in a file may stand for gigabytes."""
    bomb = b64(gzip.compress(bytes(MAX_INFLATED + 10)))
    assert sum(len(layer.data) for layer in layers(bomb.encode())) <= 2 * MAX_INFLATED + len(bomb)
