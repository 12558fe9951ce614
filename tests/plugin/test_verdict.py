"""When a test is judged, and how the verdict meets the outcome of its body."""

from __future__ import annotations


def test_one_finding_fails_the_body_of_a_test_that_passed(run):
    """The failure is one, in the call phase, without a traceback, and pytest's short summary names the finding."""
    result = run("def test_one(harness): wrong(harness)")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "tool-raised: boom raised ValueError: db down",
            "   fix: mend it",
            '   if it was meant: harness.expect("tool-raised")',
            "FAILED test_it.py::test_one - Failed: tool-raised: *",
        ]
    )
    result.stdout.no_fnmatch_line("*judging.py*")
    result.stdout.no_fnmatch_line("1. tool-raised:*")  # a single finding without a table is said once


def test_a_refused_request_that_ends_the_body_is_told_by_its_finding_alone(run):
    """The way that the API's answer took through the framework says nothing; an expected one is an error like any other."""
    result = run(
        """
        from autogen_harness.model import LlmRequest

        REFUSED = LlmRequest("critic", "reply", (), body={"model": "gpt-4o", "messages": []})

        def ask(harness):
            raise RuntimeError(f"Error code: 400 - {harness.llm.answer(REFUSED).message}")

        def test_refused(harness): ask(harness)

        def test_refused_and_more(harness):
            try: ask(harness)
            except RuntimeError: pass
            raise KeyError("mine")

        def test_expected(harness):
            harness.expect("request-rejected")
            ask(harness)
        """
    )
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines_random(
        [
            "request-rejected: the API refuses a request of critic: Invalid 'messages': empty array.*",
            "FAILED test_it.py::test_refused - Failed: request-rejected: *",
            "FAILED test_it.py::test_refused_and_more - KeyError: 'mine'",
            "FAILED test_it.py::test_expected - RuntimeError: Error code: 400 *",
        ]
    )


def test_a_mistake_in_a_turn_is_shown_at_its_line(run):
    """Not inside the harness, and not in the code that Python writes for its classes."""
    result = run(
        """
        from autogen_harness import fail, say

        def test_condition(harness): say("x").when()

        def test_fault(harness): fail.time_out()
        """
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines_random(
        [
            "E *UsageError: when() asks nothing; *",
            "E *AttributeError: there is no fault fail.time_out; did you mean 'timeout'?*",
        ]
    )
    result.stdout.no_fnmatch_line("*asking.py*")
    result.stdout.no_fnmatch_line("*fail.py*")
    result.stdout.no_fnmatch_line("<string>*")


def test_all_findings_are_one_failure(run):
    """The first line counts them and names their rules; each stands below with its mend."""
    result = run(
        """
        def test_two(harness):
            wrong(harness)
            wrong(harness, "tool-unknown", "no such tool")
            wrong(harness)
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["3 findings: tool-raised, tool-unknown", "2. tool-unknown: no such tool"])


def test_a_body_that_raises_keeps_its_own_failure(run):
    """The findings are a section beside it, and what was left over is not among them: it says nothing new."""
    result = run(
        """
        from autogen_harness import say

        def test_raises(harness):
            harness.llm.script(say("never said"))
            wrong(harness)
            assert 1 == 2
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E       assert 1 == 2", "*- autogen-harness -*", "tool-raised: *"])
    result.stdout.no_fnmatch_line("*turns-left*")


def test_a_body_that_raises_without_findings_gets_no_section(run):
    """A plain failure looks as it does without the harness."""
    result = run("def test_raises(harness): assert 1 == 2")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*- autogen-harness -*")


def test_what_is_left_over_fails_a_body_that_passed(run):
    """A turn that nobody asked for is a failure by default."""
    result = run(
        """
        from autogen_harness import say

        def test_left(harness):
            harness.llm.script(say("never said"))
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["turns-left: *"])


def test_a_skipped_body_is_not_judged(run):
    """Whoever skips has not promised anything."""
    result = run(
        """
        def test_skips(harness):
            wrong(harness)
            pytest.skip("not today")
        """
    )
    result.assert_outcomes(skipped=1)


def test_a_setup_that_fails_is_not_judged(run):
    """The test's error is the error of its setup, alone."""
    result = run(
        """
        @pytest.fixture
        def broken(harness):
            wrong(harness)
            raise RuntimeError("no database")

        def test_never(harness, broken): ...
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.no_fnmatch_line("*tool-raised*")


def test_expected_failures_apply_to_the_verdict(run):
    """A finding makes an expected failure one, strict or not; without it the test passes unexpectedly."""
    result = run(
        """
        @pytest.mark.xfail
        def test_fails(harness): wrong(harness)

        @pytest.mark.xfail(strict=True)
        def test_fails_strictly(harness): wrong(harness)

        @pytest.mark.xfail
        def test_passes(harness): ...

        @pytest.mark.xfail(strict=True)
        def test_passes_strictly(harness): ...

        def test_says_so_itself(harness):
            wrong(harness)
            pytest.xfail("known")
        """
    )
    result.assert_outcomes(xfailed=3, xpassed=1, failed=1)


def test_what_is_recorded_after_the_body_fails_the_teardown(run):
    """A fixture that was set up later is torn down earlier, so the harness still sees what it does."""
    result = run(
        """
        @pytest.fixture
        def late(harness):
            yield
            wrong(harness)

        def test_late(harness, late): ...
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_late*", "tool-raised: boom *"])


def test_what_is_recorded_after_a_failed_body_fails_the_teardown_too(run):
    """The verdict of the body covered what came before it only."""
    result = run(
        """
        @pytest.fixture
        def late(harness):
            yield
            wrong(harness)

        def test_late(harness, late): assert 1 == 2
        """
    )
    result.assert_outcomes(failed=1, errors=1)


def test_the_body_may_ask_for_the_fixture(run):
    """``getfixturevalue`` in the body is late, and judged all the same."""
    result = run(
        """
        def test_late(request):
            harness = request.getfixturevalue("harness")
            wrong(harness)

        def test_late_and_fine(request):
            request.getfixturevalue("harness")
        """
    )
    result.assert_outcomes(passed=1, failed=1)


def test_an_error_of_the_harness_in_the_body_is_told_by_its_finding(run):
    """The way that a refusal took through other people's code says less than the finding."""
    result = run(
        """
        import socket

        def test_reaches_out(harness):
            socket.create_connection(("example.com", 80))
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["network-attempted: something tried to look up example.com:80, at test_it.py:*"])
    result.stdout.no_fnmatch_line("*socket.py:*")


def test_each_parameter_has_a_harness_of_its_own(run):
    """Findings do not travel between tests."""
    result = run(
        """
        @pytest.mark.parametrize("bad", [True, False])
        def test_some(harness, bad):
            assert not harness.ledger.findings
            if bad:
                wrong(harness)
        """
    )
    result.assert_outcomes(failed=1, passed=1)


def test_a_class_may_use_it_for_all_its_tests(run):
    """``usefixtures`` on a class gives each test its own; a wider fixture cannot ask for it."""
    result = run(
        """
        @pytest.mark.usefixtures("harness")
        class TestAll:
            def test_one(self): ...
            def test_two(self, request): wrong(request.getfixturevalue("harness"))

        @pytest.fixture(scope="class")
        def wide(harness): ...

        def test_wide(wide): ...
        """
    )
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*ScopeMismatch*"])


def test_a_second_harness_inside_a_test_is_refused(run):
    """There is one world to hold; the message says what to write."""
    result = run(
        """
        from autogen_harness import Harness

        def test_nested(harness):
            with pytest.raises(ValueError, match="a harness is open already; inside a test use its fixture"):
                with Harness():
                    pass
        """
    )
    result.assert_outcomes(passed=1)


def test_outside_pytest_the_verdict_is_at_the_end_of_the_block(run):
    """A plain test may use the class; the block raises, and leaves nothing open."""
    result = run(
        """
        from autogen_harness import Harness, HarnessFailure

        def test_block():
            for _ in range(2):
                with pytest.raises(HarnessFailure, match="tool-raised") as caught:
                    with Harness() as harness:
                        wrong(harness)
                assert [finding.rule for finding in caught.value.findings] == ["tool-raised"]

        def test_block_that_raises_keeps_its_own_error():
            with pytest.raises(ZeroDivisionError):
                with Harness() as harness:
                    wrong(harness)
                    1 / 0
        """
    )
    result.assert_outcomes(passed=2)
