"""The four fixtures are one harness, and a test without them is left alone."""

from __future__ import annotations


def test_the_fixtures_are_parts_of_one_harness(run):
    """Whoever asks for one part gets that of the harness, whichever was asked for first."""
    result = run(
        """
        def test_parts(scripted_llm, http_cassette, virtual_clock, harness):
            assert scripted_llm is harness.llm
            assert http_cassette is harness.http
            assert virtual_clock is harness.clock
        """
    )
    result.assert_outcomes(passed=1)


def test_only_virtual_clock_freezes_wall_time(run):
    """Freezing costs, so ``harness`` leaves wall time alone until told; waits are virtual in both."""
    result = run(
        """
        import time

        def test_harness(harness): assert not harness.clock.frozen
        def test_clock(virtual_clock):
            assert virtual_clock.frozen
            before = time.time()
            time.sleep(3600)
            assert time.time() - before == 3600
        """
    )
    result.assert_outcomes(passed=2)


def test_a_test_without_a_fixture_is_untouched(run):
    """Sleep, sockets, the resolver and the event loop are the real ones, before and after a test that uses the harness."""
    result = run(
        """
        import asyncio, socket, time

        def world():
            return [
                time.sleep, time.monotonic, asyncio.sleep, socket.getaddrinfo, socket.gethostbyname,
                *(getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto", "sendmsg", "listen")),
                *(getattr(asyncio.BaseEventLoop, name) for name in ("time", "_run_once", "call_later", "run_in_executor")),
            ]

        REAL = world()

        def test_before(): assert all(now is real for now, real in zip(world(), REAL))
        def test_with(harness): assert not all(now is real for now, real in zip(world(), REAL))
        def test_after(): assert all(now is real for now, real in zip(world(), REAL))
        """
    )
    result.assert_outcomes(passed=3)


def test_a_test_without_a_fixture_may_use_the_network(run):
    """The guard is on for tests with a harness only."""
    result = run(
        """
        import socket, subprocess, sys

        def test_free():
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname()[:2]).close()
        """
    )
    result.assert_outcomes(passed=1)
