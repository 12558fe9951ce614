from __future__ import annotations

import pytest

from autogen_harness.secrecy.env_files import variables
from autogen_harness.secrecy.forms import find
from autogen_harness.secrecy.known import is_ordinary, of_environment
from autogen_harness.secrecy.names import SecretNames
from autogen_harness.secrecy.placeholders import PLACEHOLDER, cookie_stand_in, is_stand_in, stand_in

SECRET = {
    "header": "Authorization proxy-authorization X-Api-Key api-key X-Csrf-Token X-Acme-Secret X-RapidAPI-Key x-goog-api-key"
    " Ocp-Apim-Subscription-Key X-Amz-Security-Token X-Auth",
    "parameter": "key api_key apikey token access_token accessToken crumb sig signature X-Amz-Signature password auth",
    "key": "password accessToken refresh_token client_secret API_KEY privateKey user_password Authorization sessionid",
    "variable": "OPENAI_API_KEY MY_TOKEN DB_PASSWORD aws_secret_access_key AUTH_HEADER apikey SIGNING_KEY",
}
HARMLESS = {
    "header": "Content-Type Idempotency-Key Sec-WebSocket-Key X-Ratelimit-Remaining-Tokens WWW-Authenticate Surrogate-Key ETag",
    "parameter": "sort_key page_token nextPageToken keyword author q signature_version",
    "key": "key token_type max_tokens next_page_token nextToken tokens secretName password_url author monkey signature code",
    "variable": "PATH KEYBOARD AUTHOR MONKEY PWD OLDPWD SSH_AUTH_SOCK DB_AUTH_TYPE PASSWORD_FILE KEY_VAULT_NAME",
}


def spread(table):
    return [(where, name) for where, names in table.items() for name in names.split()]


@pytest.mark.parametrize(("where", "name"), spread(SECRET))
def test_a_name_says_by_its_words_that_a_value_is_secret(where, name):
    """However the words are joined, and whatever stands in front of them."""
    assert SecretNames().mean(where, name, "long enough")


@pytest.mark.parametrize(("where", "name"), spread(HARMLESS))
def test_a_name_that_only_resembles_a_secret_is_none(where, name):
    """What is removed without need is missing on replay: the token of the next page, the type of a token."""
    assert not SecretNames().mean(where, name, "long enough")


def test_a_vague_name_needs_a_value_that_can_be_a_secret():
    """``?key=name`` is common; with eight characters it may open something."""
    assert [SecretNames().mean("parameter", "key", "x" * length) for length in (7, 8)] == [False, True]


def test_more_names_can_be_given():
    """Without regard to case, and with a star for what differs."""
    names = SecretNames(["X-Acme-*", "pin"])
    assert [names.mean("key", name, "1") for name in ("x-acme-id", "PIN", "spin")] == [True, True, False]


def test_the_password_of_a_url_in_the_environment_is_known():
    """DATABASE_URL has no name of a secret, and holds one."""
    url = "postgres://me:long-enough@db/x"
    assert of_environment({"DATABASE_URL": url, "HOME_URL": "https://a.test/x"}) == {"long-enough": "password of DATABASE_URL"}


@pytest.mark.parametrize(
    ("value", "ordinary"),
    {
        "solarized": True,
        "20260101": True,
        "short1": True,
        "hunter2hunter2": False,
        "AbCdEfGhIj": False,
        "en-US-x1": False,
    }.items(),
)
def test_words_and_small_numbers_are_no_secrets(value, ordinary):
    """To look for them would find them everywhere."""
    assert is_ordinary(value) is ordinary


def test_a_placeholder_is_found_again_whatever_the_name():
    """So that nothing is removed twice; as a cookie it has nothing that a cookie may not hold."""
    for name in ("crumb", "OpenAI or Anthropic key", 'a"b\\c<d>é', "x" * 999):
        assert is_stand_in(stand_in(name))
        assert is_stand_in(cookie_stand_in(name))
        assert not set(cookie_stand_in(name)) & set(' ",;\\')
    assert PLACEHOLDER.sub("", "?a=%3Cremoved%3A%20crumb%3E&b=<removed: x>") == "?a=&b="


@pytest.mark.parametrize(
    "text",
    [
        "the basic information on bearer authentication",
        "hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        "https://host:80/a@b",
    ],
)
def test_prose_and_examples_have_no_form_of_a_secret(text):
    """What is made of one character is somebody's example."""
    assert list(find(text)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "Slack webhook": "https://hooks.slack.com/services/T12345678/B12345678/abcdefghijklmnop12345678",
        "Discord webhook": "https://discord.com/api/webhooks/123456789012345678/" + "aB3_" * 17,
        "Telegram bot token": "/bot123456789:" + "aB3_x" * 7 + "/sendMessage",
        "GitLab token": "glpat-abcdefghij1234567890",
        "Google OAuth token": "ya29.abcdefghij1234567890",
        "Stripe key": "sk_live_" + "abcdefghij1234567890",
    }.items(),
)
def test_forms_of_services_are_known(name, text):
    """Also where the secret is part of an address."""
    assert [found.name for found in find(text)] == [name]


def test_a_file_of_variables_is_read_as_shells_read_it():
    """Quotes and ``export`` are no part of a value, comments are none at all."""
    text = "# no\nexport A_TOKEN=\"a b\"\nB='c#d'\n  C = e # f\nD=\n"
    assert variables(text) == {"A_TOKEN": "a b", "B": "c#d", "C": "e", "D": ""}
