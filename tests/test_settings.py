"""Settings: one set of keys from one of two places, every mistake told at once."""

from __future__ import annotations

import pytest

from autogen_harness.errors import UsageError
from autogen_harness.settings import KEYS, Settings, project_settings, settings_from

GOOD = [
    ("defer_clients", "no", False),
    ("defer_clients", "On", True),
    ("defer_clients", True, True),
    ("allow_hosts", "a.test  b.test", ("a.test", "b.test")),
    ("allow_hosts", ["a.test"], ("a.test",)),
    ("allow_hosts", "", ()),
    ("cassettes", "tapes", "tapes"),
    ("hang_seconds", "2.5", 2.5),
    ("hang_seconds", 0, 0.0),
    ("llm_dialect", "azure", "azure"),
    ("record_secret_names", "x-acme-* pin", ("x-acme-*", "pin")),
    ("backend", "responses aioresponses", ("responses", "aioresponses")),
    ("backend", ["middleware"], ("middleware",)),
    ("backend", ["responses"], ("responses",)),
]


@pytest.mark.parametrize(("key", "written", "meant"), GOOD)
def test_a_value_means_the_same_in_both_places(key, written, meant):
    """An ini file has only text; a table has types."""
    assert getattr(settings_from({key: written}, "here"), key) == meant


CHOICES = "the backends to choose are adapter, aioresponses, middleware, responses"

BAD = [
    (
        "backend",
        "respones",
        f"backend = 'respones': did you mean 'responses'? {CHOICES}",
    ),
    ("backend", 3, f"backend = 3: {CHOICES}"),
    ("defer_clients", "perhaps", "defer_clients = 'perhaps': write true or false"),
    ("allow_hosts", 3, "allow_hosts = 3: write host names, as a list or with spaces between them"),
    ("allow_hosts", [3], "allow_hosts = [3]: write host names, as a list or with spaces between them"),
    ("allow_hosts", "https://a.test", "'https://a.test' is no host name; write the name alone, without scheme and path"),
    ("cassettes", 3, "cassettes = 3: write a path relative to the root, as text"),
    *(
        ("hang_seconds", value, f"hang_seconds = {value!r}: write seconds, such as 10 or 2.5; 0 switches it off")
        for value in ("soon", -1, "nan", "inf", True, [])
    ),
    ("llm_dialect", "Azur", "llm_dialect = 'Azur': did you mean 'azure'? the dialects are openai, azure, strict-compatible"),
    ("llm_dialect", "vllm", "llm_dialect = 'vllm': the dialects are openai, azure, strict-compatible"),
    ("llm_dialect", [], "llm_dialect = []: the dialects are openai, azure, strict-compatible"),
    *(
        (
            "record_secret_names",
            value,
            "write names of headers, parameters and keys, as a list or with spaces between them",
        )
        for value in (3, [3], [""])
    ),
    ("hang_second", 3, "unknown key 'hang_second', did you mean 'hang_seconds'?"),
    ("zzz", 3, f"unknown key 'zzz'; the keys are {', '.join(KEYS)}"),
]


@pytest.mark.parametrize(("key", "written", "problem"), BAD)
def test_a_mistake_says_what_to_write(key, written, problem):
    """The place first, then the key and what it should be."""
    with pytest.raises(UsageError) as caught:
        settings_from({key: written}, "here")
    assert str(caught.value).startswith("here: ")
    assert problem in str(caught.value)


def test_all_mistakes_are_told_at_once():
    """Nobody runs the tests five times to find five of them."""
    with pytest.raises(UsageError) as caught:
        settings_from({"hang_second": 1, "cassettes": 2, "defer_clients": 3}, "here")
    assert str(caught.value).count(";") == 2


def test_nothing_written_is_the_defaults(tmp_path):
    """With a pyproject.toml of other tools, and without any."""
    assert project_settings(tmp_path, {}) == Settings()
    (tmp_path / "pyproject.toml").write_text("[tool.other]\na = 1\n", encoding="utf-8")
    assert project_settings(tmp_path, {}) == Settings()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[tool.autogen-harness", "pyproject.toml cannot be read: "),
        ("tool.autogen-harness = 3", "pyproject.toml: tool.autogen-harness is 3 and must be a table: [tool.autogen-harness]"),
        (
            "[tool.autogen-harness]\nhang_secs = 3",
            "[tool.autogen-harness]: unknown key 'hang_secs', did you mean 'hang_seconds'?",
        ),
    ],
)
def test_a_broken_file_is_a_mistake_of_configuration(tmp_path, text, problem):
    """Not an error of the TOML reader from the middle of nowhere."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        project_settings(tmp_path, {})
    assert str(caught.value).startswith(problem)


def test_keys_of_an_ini_file_are_named_with_their_prefix(tmp_path):
    """As they stand there."""
    with pytest.raises(UsageError, match=r"pytest's ini: unknown key 'harness_hang', did you mean 'harness_hang_seconds'\?"):
        project_settings(tmp_path, {"hang": "3"})


def test_both_places_at_once_are_refused(tmp_path):
    """Whoever reads one of them would not know of the other."""
    (tmp_path / "pyproject.toml").write_text("[tool.autogen-harness]\nhang_seconds = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="keep one of them"):
        project_settings(tmp_path, {"hang_seconds": "1"})
