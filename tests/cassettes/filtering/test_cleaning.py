"""Secrets are taken out of an interaction, and nothing else is."""

from __future__ import annotations

import http.cookies
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes.cassette import Interaction, Match, Queued
from autogen_harness.cassettes.filtering import cleaned, known_secrets, leaks, sent_parameters
from autogen_harness.cassettes.matching.asked import Asked
from autogen_harness.cassettes.matching.index import Index
from autogen_harness.cassettes.matching.matchers import differences
from autogen_harness.model import HttpFailure, HttpReply, HttpRequest
from autogen_harness.secrecy.placeholders import PLACEHOLDER

PLAIN = HttpReply(200, "OK")


def request(url="https://a.test/", headers=(), body=b"", method="POST"):
    return Interaction(HttpRequest(method, url, headers, body), PLAIN)


def reply(body=b"", headers=(), **more):
    return Interaction(HttpRequest("GET", "https://a.test/"), HttpReply(200, "OK", headers, body, **more))


URLS = {
    "query": ("/x?b=%2F&crumb=AbC&c", "/x?b=%2F&crumb=%3Cremoved%3A%20crumb%3E&c", ["query.crumb"]),
    "repeated": ("/?token=a&token=b", "/?token=%3Cremoved%3A%20token%3E&token=%3Cremoved%3A%20token%3E", ["query.token"]),
    "blank": ("/?token=&password", "/?token=&password", []),
    "short key": ("/?key=1", "/?key=1", []),
    "a URL in a query": (
        "/?u=http%3A//b/%3Ftoken%3Da",
        "/?u=http%3A%2F%2Fb%2F%3Ftoken%3D%253Cremoved%253A%2520token%253E",
        ["query.u"],
    ),
    "JSON in a query": ("/?q=%7B%22token%22:1%7D&x=%7b%7d", "/?q=%7B%22token%22:1%7D&x=%7b%7d", []),
    "a name with a dot": ("/?user.password=x", "/?user.password=%3Cremoved%3A%20user.password%3E", ['query["user.password"]']),
    "path parameter": ("/a;jsessionid=q1/b?c=1", "/a;jsessionid=%3Cremoved%3A%20jsessionid%3E/b?c=1", []),
    "empty query": ("/a?", "/a?", []),
}


@pytest.mark.parametrize(("before", "after", "ignored"), URLS.values(), ids=URLS)
def test_secrets_go_from_a_url_and_the_rest_keeps_its_spelling(before, after, ignored):
    """What was taken from the request is not compared."""
    made = cleaned(request("https://a.test" + before)).interaction
    assert (made.request.url, list(made.match.ignore)) == ("https://a.test" + after, ignored)


def test_the_user_of_a_url_is_removed_and_is_nothing_to_match():
    """A token may be the user as well as the password."""
    made = cleaned(request("https://me:pw@a.test:8443/x"))
    assert made.interaction.request.url == "https://%3Cremoved%3A%20userinfo%3E@a.test:8443/x"
    assert (made.interaction.match, [one.place.text for one in made.removed]) == (Match(), ["userinfo"])


SENT = {
    "Authorization": ("Bearer abc", "Bearer <removed: authorization>"),
    "proxy-authorization": ("abc", "<removed: proxy-authorization>"),
    "Cookie": ('a=1; b="x y";c=', "a=<removed:a>; b=<removed:b>;c="),
    "X-Acme-Token": ("abc", "<removed: x-acme-token>"),
    "X-Api-Key": ("abc", "<removed: x-api-key>"),
    "Referer": ("/x?token=abc", "/x?token=%3Cremoved%3A%20token%3E"),
}


@pytest.mark.parametrize(("name", "values"), SENT.items(), ids=SENT)
def test_secrets_go_from_headers(name, values):
    """By the name of the header; a scheme and the names of cookies stay, for they say how the secret is used."""
    made = cleaned(request(headers=(("Accept", "*/*"), (name, values[0]))))
    assert made.interaction.request.headers == (("Accept", "*/*"), (name, values[1]))
    assert made.interaction.match.ignore == (f"header.{name.lower()}",)


def test_a_cookie_stays_usable_without_its_value():
    """Its name and attributes decide what a client does with it; the placeholder may be a cookie's value."""
    value = "A1=d=AQAB&S=x; Expires=Thu, 12 Mar 2027 08:00:00 GMT; Domain=.a.test; Path=/; Secure; HttpOnly"
    (_, made), deleted = cleaned(
        reply(headers=(("Set-Cookie", value), ("set-cookie", "B=; Max-Age=0")))
    ).interaction.outcome.headers
    assert (made, deleted) == (value.replace("d=AQAB&S=x", "<removed:A1>"), ("set-cookie", "B=; Max-Age=0"))
    parsed = http.cookies.SimpleCookie(made)["A1"]
    assert (parsed.value, parsed["path"], parsed["domain"]) == ("<removed:A1>", "/", ".a.test")


def test_a_redirect_loses_the_secrets_of_its_address():
    """Relative or not, in the query or in the fragment."""
    headers = (("Location", "/cb?a=1&token=t#access_token=q&b=2"), ("Link", '<https://a.test/?token=q&p=2>; rel="next"'))
    assert dict(cleaned(reply(headers=headers)).interaction.outcome.headers) == {
        "Location": "/cb?a=1&token=%3Cremoved%3A%20token%3E#access_token=%3Cremoved%3A%20access_token%3E&b=2",
        "Link": '<https://a.test/?token=%3Cremoved%3A%20token%3E&p=2>; rel="next"',
    }


BODIES = {
    "json": (
        b'{ "user":\t{"password":"x","n":1.10} }',
        b'{ "user":\t{"password":"<removed: password>","n":1.10} }',
        "body.user.password",
    ),
    "array": (b'[{"a":1},{"token":"x"}]', b'[{"a":1},{"token":"<removed: token>"}]', "body[1].token"),
    "array of secrets": (b'{"token":["x",{"a":"y"}]}', b'{"token":["<removed: token>",{"a":"y"}]}', "body.token[0]"),
    "number": (b'{"password":12345678,"secret":5}', b'{"password":"<removed: password>","secret":5}', "body.password"),
    "repeated keys": (b'{"a":1,"a":2,"pwd":"x"}', b'{"a":1,"a":2,"pwd":"<removed: pwd>"}', "body.pwd"),
    "json in json": (b'{"a":"{\\"token\\": \\"x\\"}"}', b'{"a":"{\\"token\\": \\"<removed: token>\\"}"}', "body.a"),
    "odd key": (b'{"a.b":{"token":"x"}}', b'{"a.b":{"token":"<removed: token>"}}', 'body["a.b"].token'),
    "form": (b"a=%41&password=x&b=", b"a=%41&password=%3Cremoved%3A%20password%3E&b=", "body.password"),
    "json in a form": (
        b"payload=%7B%22token%22%3A%22x%22%7D",
        b"payload=%7B%22token%22%3A%22%3Cremoved%3A%20token%3E%22%7D",
        "body.payload",
    ),
    "multipart": (
        b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nx\r\n--b\r\n\r\n\xff\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n<removed: token>\r\n--b\r\n\r\n\xff\r\n--b--\r\n',
        "body.token",
    ),
    "lines of json": (b'{"token": "x"}\n{"a": 1}', b'{"token": "<removed: token>"}\n{"a": 1}', "body"),
    "a form of a secret": (b"so sk-abcdefghijklmnop1234 is", b"so <removed: OpenAI or Anthropic key> is", "body"),
    "unicode around": (
        '{"a":"é http://b/?token=x"}'.encode(),
        '{"a":"é http://b/?token=%3Cremoved%3A%20token%3E"}'.encode(),
        "body.a",
    ),
    "unicode": ('{"é":"é","token":"é"}'.encode(), '{"é":"é","token":"<removed: token>"}'.encode(), "body.token"),
}


@pytest.mark.parametrize(("before", "after", "place"), BODIES.values(), ids=BODIES)
def test_secrets_go_from_a_body_and_its_style_stays(before, after, place):
    """Spaces, ``1.10``, the order of keys and repeated keys are as they were; the place is not compared."""
    made = cleaned(request(body=before)).interaction
    assert (made.request.body, made.match.ignore) == (after, (place,))


@pytest.mark.parametrize(("before", "after", "place"), BODIES.values(), ids=BODIES)
def test_a_request_with_the_real_secrets_is_answered(before, after, place):
    """And one with other secrets, as somebody else has them; one that differs elsewhere is not."""
    original = request("https://a.test/x?crumb=AbC&p=1", (("x-api-key", "k"),), before)
    made = cleaned(original).interaction
    index = Index()
    index.add(Queued("x", made, 1))
    assert differences(made, Asked(original.request)) == []
    assert index.find(Asked(original.request)) is not None
    other = HttpRequest("POST", "https://a.test/x?crumb=other&p=2", (), before)
    assert [one.path for one in differences(made, Asked(other))] == ["query.p"]
    assert place
    assert after


def test_a_secret_in_a_path_makes_a_pattern_of_it():
    """Of the path of a webhook, the secret part may differ."""
    url = "https://hooks.slack.com/services/T12345678/B12345678/abcdefghijklmnop12345678"
    made = cleaned(request(url)).interaction
    assert (made.request.url.rpartition("/")[2], made.match.path) == ("%3Cremoved%3A%20Slack%20webhook%3E", "/services/.+")
    assert differences(made, Asked(HttpRequest("POST", url))) == []


def test_bytes_that_are_compared_as_bytes_are_not_compared_any_more():
    """There is no place in them that could be left out."""
    made = cleaned(Interaction(HttpRequest("PUT", "https://a.test/", (), b'{"token":"x"}'), PLAIN, Match(body="raw")))
    assert made.interaction.match.ignore == ("body.token", "body")


UNTOUCHED = [
    b'{"choices":[{"logprobs":{"content":[{"token":"Hello","logprob":-0.1}]}}],"usage":{"total_tokens":12}}',
    b'{"token": null, "secret": true, "password": "", "next_page_token": "abc"}',
    b"\x89PNG\r\n\x1a\n\x00token=abc",
    b'{"a": 1.10, "b": 1e400, "c": [1,  2]}',
    b"the basic information",
    b"",
]


@pytest.mark.parametrize("body", UNTOUCHED)
def test_what_is_no_secret_stays(body):
    """The very same interaction is given back."""
    one = reply(body)
    made = cleaned(one)
    assert made.interaction is one
    assert made.removed == made.notes == ()


def test_what_is_kept_in_its_coding_is_noted():
    """Names cannot be looked for in it."""
    made = cleaned(reply(b"\x1b", (("content-encoding", "br"),), coded=True))
    assert [(one.side, one.place, "br" in one.text) for one in made.notes] == [("reply", "body", True)]


def test_a_reply_that_broke_off_stays_broken_off():
    """The placeholder is longer than what it stands for, and as much is promised and missing as before."""
    begun = HttpReply(200, "OK", (("Content-Length", "20"),), b'{"token": "abc', coded=True)
    made = cleaned(Interaction(HttpRequest("GET", "https://a.test/"), HttpFailure("closed", begun))).interaction.outcome.reply
    assert made.body == b'{"token": "<removed: token>'
    assert int(made.headers[0][1]) - len(made.body) == 20 - len(begun.body)


SIGNATURES = [
    "X-Hub-Signature-256",
    "X-Slack-Signature",
    "Stripe-Signature",
    "X-Shopify-Hmac-Sha256",
    "Content-MD5",
    "svix-signature",
]


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature_stays_and_is_told_of_when_its_body_changed(name):
    """It is no secret, and fits as long as every byte of the body is what it was."""
    headers = ((name, "t=1,v1=abcdef0123456789"), ("X-Slack-Request-Timestamp", "1700000000"))
    kept, changed = (
        cleaned(request("https://a.test/?token=x", headers, b'{"a":1}')),
        cleaned(request(headers=headers, body=b'{"token":"x"}')),
    )
    assert (kept.interaction.request.headers, kept.notes) == (headers, ())
    assert changed.interaction.request.headers == headers
    assert [(one.side, one.place) for one in changed.notes] == [("request", f"header.{name.lower()}")]
    assert f"header.{name.lower()}" in changed.interaction.match.ignore


def test_names_and_values_can_be_added():
    """From the settings, or by the test."""
    one = reply(b'{"pin":"1","echo":"a hunter2hunter2 b"}')
    made = cleaned(one, names=["pin"], values={"hunter2hunter2": "mine"})
    assert made.interaction.outcome.body == b'{"pin":"<removed: pin>","echo":"a <removed: mine> b"}'
    assert [(removed.name, removed.why) for removed in made.removed] == [("pin", "name"), ("mine", "value")]


def test_a_value_that_stands_in_a_placeholder_stays_there():
    """Also in the address, where a placeholder is escaped."""
    one = reply(b"<removed: password> and my-password", (("Location", "/%3Cremoved%3A%20my-password%3E"),))
    made = cleaned(one, values={"password": "w"}).interaction.outcome
    assert (made.body, made.headers) == (b"<removed: password> and my-<removed: w>", one.outcome.headers)


def test_what_a_request_sent_by_name_is_taken_out_where_it_came_from():
    """A crumb comes as a whole text and goes in a query: on replay it is one placeholder in both."""
    asked, used = reply(b"AbCdEf12345"), request("https://a.test/?crumb=AbCdEf12345&theme=dark")
    values = sent_parameters([asked.request, used.request])
    assert values == {"AbCdEf12345": "crumb"}
    assert cleaned(asked, values=values).interaction.outcome.body == b"<removed: crumb>"


def test_the_values_of_a_request_are_known_by_what_held_them():
    """Of Basic credentials also what is packed into them; not words that could stand anywhere."""
    headers = (("Authorization", "Basic bWU6aHVudGVyMmh1bnRlcjI="), ("Cookie", "s=abc123abc123; theme=solarized"))
    known = known_secrets({"A_TOKEN": "from-env1"}, [request(headers=headers).request], ["configured1"])
    assert known == {
        "bWU6aHVudGVyMmh1bnRlcjI=": "authorization",
        "me:hunter2hunter2": "authorization",
        "hunter2hunter2": "authorization",
        "abc123abc123": "the cookie s",
        "from-env1": "A_TOKEN",
        "configured1": "a configured secret",
    }


KEYS = st.sampled_from(["a", "token", "user", "password", "next_token", "key", "x y", "é"])
VALUES = st.text(st.sampled_from('ab1 é"\\<:&=/%{'), max_size=12) | st.sampled_from(
    ["<removed: token>", '{"token":"q"}', "http://b/?token=q"]
)
JSONS = st.recursive(
    VALUES | st.none() | st.integers(-999, 999) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
BYTES = (
    st.builds(lambda value, style: json.dumps(value, indent=style).encode(), JSONS, st.sampled_from([None, 1, 3]))
    | st.binary(max_size=30)
    | st.lists(
        st.sampled_from(["token", "=", "&", "a", "%41", "http://b.test/?key=abcdefgh1", '"', ":", "{", "é"]), max_size=9
    ).map(lambda pieces: "".join(pieces).encode())
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["Cookie", "Set-Cookie", "Authorization", "Location", "X-Api-Key", "Content-Type", "X-Signature", "Via"]
        ),
        st.text(st.sampled_from('ab=; /?&"<:é'), max_size=12)
        | st.sampled_from(["Bearer q", "/?token=a", "text/plain", "a=b; Path=/"]),
    ),
    max_size=3,
).map(tuple)
QUERIES = st.lists(st.tuples(KEYS, VALUES), max_size=3)


@st.composite
def interactions(draw):
    from urllib.parse import urlencode

    url = f"https://a.test/x?{urlencode(draw(QUERIES))}"
    asked = HttpRequest("POST", url, draw(HEADERS), draw(BYTES))
    return Interaction(asked, HttpReply(200, "OK", draw(HEADERS), draw(BYTES)))


@given(interactions())
def test_to_clean_twice_is_to_clean_once(one):
    """A placeholder is no secret, wherever it stands."""
    first = cleaned(one)
    second = cleaned(first.interaction)
    assert (second.interaction, second.removed) == (first.interaction, ())


@given(interactions())
def test_a_cleaned_interaction_answers_the_original_request(one):
    """With the secrets that were removed from the recording."""
    made = cleaned(one).interaction
    assert differences(made, Asked(one.request)) == []


@given(interactions())
def test_nothing_but_secrets_is_changed(one):
    """Without the placeholders, what is left stood in the original in this order; JSON stays JSON of the same shape."""
    made = cleaned(one).interaction
    for before, after in ((one.request, made.request), (one.outcome, made.outcome)):
        at = 0
        for piece in PLACEHOLDER.split(after.body.decode("latin-1")):
            if before.body != after.body and "%" in piece:
                break  # an edited value of a form is spelled anew
            at = before.body.find(piece.encode("latin-1"), at)
            assert at >= 0
            at += len(piece)
        assert [name for name, _ in before.headers] == [name for name, _ in after.headers]
        assert is_json(before.body) == is_json(after.body)


def is_json(body):
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


@given(interactions(), st.sampled_from(["request", "reply"]))
def test_what_a_name_gives_away_is_nowhere_left(one, side):
    """In a query, a header, a body: after cleaning the value is gone from the part that held it."""
    secret = "Zq9Zq9Zq9Zq9"
    headers = (
        ("X-Api-Key", secret),
        ("Authorization", f"Bearer {secret}"),
        ("Cookie", f"a={secret}"),
        ("Set-Cookie", f"a={secret}"),
    )
    body = json.dumps({"a": [{"password": secret}], "b": f"https://b.test/?token={secret}"}).encode()
    if side == "request":
        one = Interaction(HttpRequest("POST", f"https://{secret}@a.test/?sig={secret}", headers, body), one.outcome)
    else:
        one = Interaction(one.request, HttpReply(302, "Found", (*headers, ("Location", f"/?token={secret}")), body))
    assert leaks(repr(cleaned(one).interaction), {secret: "it"}) == []
