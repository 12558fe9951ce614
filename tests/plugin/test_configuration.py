"""Configuration: one set of keys, and mistakes that read as one line."""

from __future__ import annotations

import re

import pytest

TRIVIAL = "def test_nothing(): ..."

MISTAKES = [
    pytest.param(
        {"pyproject.toml": "[tool.autogen-harness]\nhang_second = 1"},
        "[tool.autogen-harness]: unknown key 'hang_second', did you mean 'hang_seconds'?",
        id="unknown-key-of-the-table",
    ),
    pytest.param(
        {"pytest.ini": "[pytest]\nharness_allow_host = a"},
        "pytest's ini: unknown key 'harness_allow_host', did you mean 'harness_allow_hosts'?",
        id="unknown-key-of-the-ini",
    ),
    pytest.param(
        {"pyproject.toml": "[tool.autogen-harness]\nhang_seconds = 1", "pytest.ini": "[pytest]\nharness_defer_clients = no"},
        "[tool.autogen-harness] and pytest's ini (harness_defer_clients) both configure autogen-harness; keep one of them",
        id="both-places",
    ),
    pytest.param(
        {"pytest.ini": "[pytest]\nharness_hang_seconds = soon"},
        "pytest's ini: harness_hang_seconds = 'soon': write seconds, such as 10 or 2.5; 0 switches it off",
        id="value",
    ),
    pytest.param(
        {"pyproject.toml": "[tool.autogen-harness]\nallow_hosts = 3\ncassettes = 4"},
        "[tool.autogen-harness]: allow_hosts = 3: write host names, as a list or with spaces between them; "
        "cassettes = 4: write a path relative to the root, as text",
        id="all-at-once",
    ),
]


@pytest.mark.parametrize(("files", "line"), MISTAKES)
def test_a_mistake_in_the_configuration_ends_the_session_with_one_line(run, files, line):
    """Even where no test uses the harness; no traceback and no internal error."""
    result = run(TRIVIAL, files=files)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {line}" in result.stderr.lines
    assert "Traceback" not in result.stderr.str()


def test_a_mistake_on_the_command_line_is_found_as_well(run):
    """``-o`` sets ini keys, and may be wrong like them."""
    result = run(TRIVIAL, "-o", "harness_hang_secs=1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: pytest's ini: unknown key 'harness_hang_secs', did you mean 'harness_hang_seconds'?" in result.stderr.lines


SHOWS = """
    def test_settings(harness):
        settings = harness.settings
        assert settings.hang_seconds == 2.5
        assert settings.allow_hosts == ("a.test", "b.test")
        assert settings.cassettes == "tapes"
        assert settings.defer_clients is False
"""


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                "pytest.ini": """\
                [pytest]
                harness_hang_seconds = 2.5
                harness_allow_hosts = a.test b.test
                harness_cassettes = tapes
                harness_defer_clients = false
                """
            },
            id="ini",
        ),
        pytest.param(
            {
                "pytest.ini": "[pytest]",
                "pyproject.toml": """\
                [tool.autogen-harness]
                hang_seconds = 2.5
                allow_hosts = ["a.test", "b.test"]
                cassettes = "tapes"
                defer_clients = false
                """,
            },
            id="table",
        ),
    ],
)
def test_both_places_say_the_same(run, files):
    """Each key can be written in either place."""
    run(SHOWS, "-W", "ignore", files=files).assert_outcomes(passed=1)


def test_a_mistake_in_a_marker_is_an_error_of_that_test_alone(run):
    """It is told as one line each, with the nearest right thing, and the other tests run."""
    result = run(
        """
        from autogen_harness import Harness

        @pytest.mark.harness(expct=[])
        def test_key(harness): ...

        @pytest.mark.harness("off")
        def test_positional(harness): ...

        @pytest.mark.harness(expect="tool-rised")
        def test_rule(harness): ...

        @pytest.mark.harness(expect=[{"tool": "search"}])
        def test_form(harness): ...

        @pytest.mark.harness(allow_hosts=["http://example.com"])
        def test_host(harness): ...

        @pytest.mark.harness(clock="yesterdayish")
        def test_clock(harness): ...

        def test_other(harness): ...
        """
    )
    result.assert_outcomes(passed=1, errors=6)
    lines = [line for line in result.outlines if line.startswith("autogen-harness: ")]
    assert lines[:5] == [
        "autogen-harness: @pytest.mark.harness: unknown key 'expct', did you mean 'expect'?",
        (
            "autogen-harness: @pytest.mark.harness: takes keywords only: "
            "expect, clock, allow_hosts, llm_dialect, backend, record, off"
        ),
        "autogen-harness: there is no rule 'tool-rised'; did you mean 'tool-raised'?",
        (
            "autogen-harness: @pytest.mark.harness(expect=...): {'tool': 'search'} is not an expectation; "
            'write "tool-raised", or {"rule": "tool-raised", "tool": "search", "count": 1}, or a list of them'
        ),
        (
            "autogen-harness: @pytest.mark.harness(allow_hosts=['http://example.com']): 'http://example.com' is no host name; "
            "write the name alone, without scheme and path"
        ),
    ]
    assert re.match(r"autogen-harness: freeze\('yesterdayish'\): ", lines[5])
    assert not [line for line in result.outlines if "autogen_harness/" in line]


def test_a_mistake_in_the_body_is_shown_at_the_line_that_made_it(run):
    """With the nearest right thing, and without the way through the harness."""
    result = run(
        """
        def test_rule(harness):
            harness.expect("tool-rised")

        def test_script(harness):
            harness.llm.script("hello")

        def test_cassette(harness):
            harness.http.play("yahoo/chart-nvdia")
        """
    )
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            '>*harness.expect("tool-rised")',
            "E*UsageError: there is no rule 'tool-rised'; did you mean 'tool-raised'?",
            '>*harness.llm.script("hello")',
            '>*harness.http.play("yahoo/chart-nvdia")',
            "E*did you mean*yahoo/chart-nvda*",
        ]
    )
    assert not [line for line in result.outlines if "autogen_harness/" in line]


def test_what_a_marker_expects_may_be_written_in_every_form(run):
    """A rule, a mapping, a list of both, for a test, a class or a module; the closest to the test wins."""
    result = run(
        """
        pytestmark = pytest.mark.harness(expect="tool-unknown")

        @pytest.mark.harness(expect="tool-raised")
        def test_rule(harness): wrong(harness)

        @pytest.mark.harness(expect={"rule": "tool-raised", "tool": "boom", "count": 2})
        def test_mapping(harness):
            wrong(harness)
            wrong(harness)

        @pytest.mark.harness(expect=["tool-raised", {"rule": "network-attempted"}])
        def test_list(harness):
            wrong(harness)
            wrong(harness, "network-attempted")

        def test_module(harness): wrong(harness, "tool-unknown")

        @pytest.mark.harness(expect=[{"rule": "tool-raised", "tool": "other"}])
        def test_unmet(harness): wrong(harness)
        """
    )
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["2 findings: tool-raised, expectation-unmet"])


def test_the_other_keys_of_the_marker(run):
    """Wall time, hosts, and no harness at all."""
    result = run(
        """
        import datetime, socket, time

        @pytest.mark.harness(clock="2026-01-01")
        def test_clock(harness): assert datetime.date.today() == datetime.date(2026, 1, 1)

        @pytest.mark.harness(clock="2026-01-01")
        def test_clock_with_its_fixture(virtual_clock): assert datetime.date.today() == datetime.date(2026, 1, 1)

        @pytest.mark.harness(clock=True)
        def test_clock_anywhere(harness): assert harness.clock.frozen

        @pytest.mark.harness(allow_hosts="a.test b.test")
        def test_hosts(harness): assert harness.settings.allow_hosts == ("a.test", "b.test")

        REAL = time.sleep

        @pytest.mark.harness(off=True)
        def test_off(harness, virtual_clock, scripted_llm):
            assert time.sleep is REAL
            wrong(harness)
            with pytest.raises(ValueError, match="this harness is not open"):
                harness.http
        """
    )
    result.assert_outcomes(passed=5)
