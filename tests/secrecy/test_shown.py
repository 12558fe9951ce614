"""What a report shows of a request, it shows to everybody who may read the log of a build."""

from __future__ import annotations

import pytest

from autogen_harness import Harness, HarnessFailure
from autogen_harness.secrecy.shown import shown_url, shown_value

URLS = [
    ("https://a.test/x?api_key=abc123abc123&page=2", "https://a.test/x?api_key=<removed: api_key>&page=2"),
    ("https://me:pw@a.test/x", "https://<removed: user>@a.test/x"),
    ("https://a.test/x?page_token=12&q=#access_token", "https://a.test/x?page_token=12&q=#access_token"),
    ("/x?password=hunter2", "/x?password=<removed: password>"),
]


@pytest.mark.parametrize(("url", "shown"), URLS)
def test_a_url_is_shown_without_secrets(url, shown):
    """By the names of its parameters; the rest is as it was."""
    assert shown_url(url) == shown


VALUES = [
    ("query.api_key", "abc123abc123", "<removed: api_key>"),
    ("body.user.password", "hunter2", "<removed: password>"),
    ('header.["x-api-key"]', "abc123abc123", "<removed: x-api-key>"),
    ("body.page", "2", "2"),
    ("body.password", 3, 3),
]


@pytest.mark.parametrize(("path", "value", "shown"), VALUES)
def test_a_value_is_shown_without_secrets(path, value, shown):
    """By the last name on the way to it."""
    assert shown_value(path, value) == shown


def test_a_failed_test_shows_no_secret(tmp_path):
    """Neither in the miss with its differences, nor in the story of what was played."""
    import requests

    from autogen_harness.cassettes import Cassette, Interaction, save
    from autogen_harness.model import HttpReply, HttpRequest
    from autogen_harness.settings import Settings

    urls = [f"https://a.test/{page}?api_key={key}" for page, key in (("one", "firstsecret1"), ("two", "secondsecret2"))]
    save(Cassette([Interaction(HttpRequest("GET", url), HttpReply(200)) for url in urls]), tmp_path / "one.json")
    with pytest.raises(HarnessFailure) as failed, Harness(root=tmp_path, settings=Settings(cassettes=".")) as harness:
        harness.http.play("one")
        requests.get(urls[0], timeout=5)
        with pytest.raises(Exception, match="no cassette answers"):
            requests.get(urls[1].replace("secondsecret2", "thirdsecret3"), timeout=5)
    assert [secret for secret in ("firstsecret1", "secondsecret2", "thirdsecret3") if secret in str(failed.value)] == []
