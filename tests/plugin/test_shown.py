"""What a person is shown: findings beside a failure, and mistakes that would otherwise be silent."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("options", [(), ("--show-capture=no",), ("-n", "2")], ids=["plain", "no capture", "xdist"])
def test_findings_stand_beside_the_failure_of_the_body(pytester, options):
    """They are part of the failure, whatever is done with captured output."""
    pytester.makepyfile(
        """
        import socket
        def test_both(harness):
            try:
                socket.getaddrinfo("far.test", 80)
            except Exception:
                pass
            assert 1 == 2
        """
    )

    done = pytester.runpytest_subprocess("-p", "no:randomly", *options)

    assert 1 == done.ret
    done.stdout.fnmatch_lines(["*assert 1 == 2", "*- autogen-harness -*", "*network-attempted: *far.test:80*"])


def test_a_marker_without_its_fixture_is_an_error(pytester):
    """A test that is marked and asks for no harness would be green whatever it expects."""
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.harness(expect=["tool-unknown"])
        def test_nothing():
            pass
        """
    )

    done = pytester.runpytest_subprocess()

    assert 4 == done.ret
    done.stderr.fnmatch_lines(["ERROR: *test_nothing has @pytest.mark.harness and no harness: add the argument `harness`*"])


def test_a_marker_on_a_class_reaches_those_who_ask(pytester):
    """A class or a module may be marked as a whole; its tests without a harness are left alone."""
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.harness(clock="2026-02-03")
        class TestBoth:
            def test_with(self, harness):
                assert harness.clock.frozen
            def test_without(self):
                pass
        """
    )

    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_a_table_with_an_underscore_is_an_error(pytester):
    """The name of the table is that of the distribution."""
    pytester.makepyprojecttoml("[tool.autogen_harness]\nhang_seconds = 3\n")
    pytester.makepyfile("def test_nothing():\n    pass\n")

    done = pytester.runpytest_subprocess()

    assert 4 == done.ret
    done.stderr.fnmatch_lines(["ERROR: pyproject.toml: write [[]tool.autogen-harness], with a hyphen*"])


def test_the_command_runs_as_a_module():
    """Where scripts are not on the path."""
    done = subprocess.run([sys.executable, "-m", "autogen_harness", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("autogen-harness ")


@pytest.mark.parametrize("plays", [True, False], ids=["with cassettes", "without"])
def test_what_the_project_calls_secret_is_shown_nowhere(pytester, monkeypatch, plays):
    """In the miss and its advice, in what the tool catches, in the transcript and in the story of the run."""
    monkeypatch.setenv("HIDDEN", "hidden12345")
    pytester.makepyprojecttoml('[tool.autogen-harness]\nrecord_secret_names = ["customer"]\n')
    pytester.makepyfile(
        f"""
        import os
        import requests
        from autogen_harness.model import HttpReply
        def test_it(harness):
            url, body = "https://a.test/hook?customer=" + os.environ["HIDDEN"], {{"customer": os.environ["HIDDEN"]}}
            if {plays}:
                harness.http.play("webhook/accepted", url="https://a.test/hook", optional=True)
                harness.http.serve("b.test", lambda _: HttpReply(200))
                requests.get(url.replace("a.test", "b.test"))
                print([row.happened for row in harness.transcript.rows])
            try:
                requests.post(url, json=body)
            except Exception as error:
                print(error)
        """
    )

    shown = pytester.runpytest_subprocess("-rA", "--harness-story").stdout.str()

    assert "http-unmatched: no cassette answers POST https://a.test/hook?customer=%3Cremoved" in shown
    assert not plays or "GET https://b.test/hook?customer=<removed: customer> -> 200" in shown
    assert "hidden12345" not in shown
