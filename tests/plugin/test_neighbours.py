"""The plugin beside other ways to write and to run tests."""

from __future__ import annotations

import pytest


def test_unittest_cases_are_judged(run):
    """A TestCase takes the fixture through an autouse fixture; its own outcomes keep their meaning."""
    result = run(
        """
        import unittest

        class Case(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _take(self, harness, request):
                self.harness = harness
                yield
                if request.node.name == "test_skips":
                    wrong(harness)  # not judged before, so not late either

            def test_passes(self): ...
            def test_found(self): wrong(self.harness)
            def test_fails(self):
                wrong(self.harness)
                self.assertEqual(1, 2)

            def test_skips(self):
                wrong(self.harness)
                self.skipTest("not today")

            @unittest.expectedFailure
            def test_expected(self):
                self.fail("known")
        """
    )
    result.assert_outcomes(passed=1, failed=2, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["*AssertionError: 1 != 2", "*- autogen-harness -*", "tool-raised: *"])


@pytest.mark.skipif(not hasattr(pytest, "Subtests"), reason="subtests are built into pytest 9")
def test_subtests_and_the_verdict_are_counted_each(run):
    """A failed subtest fails by itself; what the harness found fails the test that holds it."""
    result = run(
        """
        def test_found(harness, subtests):
            with subtests.test("one"):
                wrong(harness)
            with subtests.test("two"):
                assert 1 == 1

        def test_failed(harness, subtests):
            with subtests.test("one"):
                assert 1 == 2
        """
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines_random(["FAILED test_it.py::test_found - *tool-raised*", "*test_failed*assert 1 == 2*"])


def test_asynchronous_tests_are_judged(run):
    """Under pytest-asyncio and under anyio, with a loop that is made for the test."""
    result = run(
        """
        import asyncio, time

        @pytest.mark.asyncio
        async def test_asyncio(harness):
            await asyncio.sleep(3600)
            wrong(harness)

        @pytest.mark.asyncio
        async def test_asyncio_passes(harness):
            await asyncio.sleep(3600)
            assert harness.clock.sleeps == [3600]

        @pytest.fixture
        def anyio_backend(): return "asyncio"

        @pytest.mark.anyio
        async def test_anyio(harness):
            await asyncio.sleep(3600)
            wrong(harness)

        @pytest.mark.anyio
        async def test_anyio_passes(harness):
            await asyncio.wait_for(asyncio.sleep(3600), 7200)
        """
    )
    result.assert_outcomes(passed=2, failed=2)


def test_each_example_of_a_property_is_judged(run):
    """A finding in one example falsifies the property; hypothesis shrinks it and the failure tells the example."""
    result = run(
        """
        from hypothesis import HealthCheck, given, settings, strategies as st
        from autogen_harness import say

        SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, database=None)

        @SETTINGS
        @given(number=st.integers(0, 100))
        def test_found(harness, number):
            with harness.example():
                if number > 10:
                    wrong(harness)

        @SETTINGS
        @given(number=st.integers(0, 100))
        def test_fine(harness, number):
            with harness.example():
                assert not harness.ledger.findings
                harness.expect("tool-raised")
                wrong(harness)
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["tool-raised: boom raised ValueError: db down", "*number=11*"])


SEVERAL = """
    import pytest

    @pytest.mark.parametrize("number", range(6))
    def test_some(harness, number):
        if number % 3 == 0:
            wrong(harness)

    @pytest.fixture
    def late(harness):
        yield
        wrong(harness)

    def test_late(harness, late): ...
"""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-n", "2"), id="xdist"),
        pytest.param(("-p", "randomly", "-p", "no:xdist"), id="randomly"),
        pytest.param((), id="plain"),
    ],
)
def test_the_verdict_does_not_depend_on_who_runs_the_tests(run, arguments):
    """Workers, any order: the same outcomes and the same words."""
    result = run(SEVERAL, *arguments)
    result.assert_outcomes(passed=5, failed=2, errors=1)
    result.stdout.fnmatch_lines(["*tool-raised: boom *"])


def test_tests_of_an_installed_package_are_judged(run, pytester, monkeypatch):
    """``--pyargs`` finds tests away from the root."""
    package = pytester.mkpydir("shop")
    (package / "test_shop.py").write_text("def test_it(harness): harness.expect('tool-raised')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    result = run("", "--pyargs", "shop")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["expectation-unmet: *"])


def test_a_test_that_is_run_again_is_judged_anew(run):
    """Whatever runs a test a second time sets it up again: nothing of the first attempt is left."""
    result = run(
        SEVERAL,
        files={
            "conftest.py": """
            from _pytest.runner import runtestprotocol

            def pytest_runtest_protocol(item, nextitem):
                runtestprotocol(item, nextitem=nextitem, log=False)
                item._initrequest()
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
                for report in reports:
                    item.ihook.pytest_runtest_logreport(report=report)
                return True
            """
        },
    )
    result.assert_outcomes(passed=5, failed=2, errors=1)
