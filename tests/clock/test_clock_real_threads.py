"""Threads on the virtual clock: what is real is not overtaken."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from real_waits import compute, really, server

from autogen_harness.clock import VirtualClock
from autogen_harness.clock.kernel import real_wait
from autogen_harness.clock.threads import others_at_work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

fcntl = pytest.importorskip("fcntl", reason="locks of files are seen on Unix")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells in which call a thread is blocked")


def answered(timeout: float | None) -> str:
    """Ask a server on this machine by a socket that blocks; it takes its real time."""
    with server(0.2) as address, socket.create_connection(address, timeout=timeout) as peer:
        return peer.recv(100).decode().strip()


def process() -> str:
    """Wait for another process, which takes its real time."""
    subprocess.run([sys.executable, "-c", "import time; time.sleep(0.2)"], check=True)
    return "real"


def computed() -> str:
    compute(0.5)
    return "real"


def file_locked(path: str) -> str:
    """Wait for the lock of a file that somebody else holds for a while."""
    with open(path, "w") as held, open(path, "w") as wanted:  # noqa: PTH123  # the descriptors are what is locked
        fcntl.flock(held, fcntl.LOCK_EX)
        threading.Thread(target=lambda: (really(0.2), fcntl.flock(held, fcntl.LOCK_UN))).start()
        fcntl.flock(wanted, fcntl.LOCK_EX)
    return "real"


WORK: dict[str, Callable[[], str]] = {
    "socket with a timeout": lambda: answered(10),
    "socket without": lambda: answered(None),
    "process": process,
    "computing": computed,
    "file": lambda: file_locked("lock"),
}


def by_future(work: Callable[[], str]) -> str:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=60)


def by_queue(work: Callable[[], str]) -> str:
    answers: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: answers.put(work())).start()
    return answers.get(timeout=60)


def by_join(work: Callable[[], str]) -> str:
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()
    thread.join(60)
    return answers[0]


def by_loop_in_a_thread(work: Callable[[], str]) -> str:
    async def main() -> str:
        return await asyncio.wait_for(asyncio.to_thread(work), 60)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, main()).result(timeout=60)


@linux
@pytest.mark.parametrize("wait", [by_future, by_queue, by_join, by_loop_in_a_thread])
@pytest.mark.parametrize("work", WORK)
def test_a_minutes_limit_is_not_skipped_while_a_thread_does_something_real(
    work: str, wait: Callable[[Callable[[], str]], str], clock: VirtualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer comes in its real time, and no virtual time passes for it, nor a sleep of a third thread."""
    monkeypatch.chdir(tmp_path)
    other = threading.Thread(target=lambda: [time.sleep(0.01) for _ in range(20)])
    other.start()
    assert "real" == wait(WORK[work])
    assert clock.elapsed < 1
    other.join()


def test_a_process_that_is_polled_for_is_given_real_time(clock: VirtualClock) -> None:
    """A hundred polls, 50 ms apart, are five seconds in which a process can run, not a hundred looks at once."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])
    polls = 0
    while child.poll() is None and polls < 100:
        time.sleep(0.05)
        polls += 1
    assert 0 == child.wait()
    assert polls < 100


def test_a_process_that_is_polled_for_in_a_coroutine_is_given_real_time(clock: VirtualClock) -> None:
    """The same with ``asyncio.sleep``."""

    async def main() -> int:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])  # noqa: ASYNC220  # tools do
        polls = 0
        while child.poll() is None and polls < 100:  # the poll is what is tested
            await asyncio.sleep(0.05)
            polls += 1
        child.wait()
        return polls

    assert asyncio.run(main()) < 100


@pytest.mark.parametrize("lock", ["flock", "lockf"])
def test_the_lock_of_a_file_that_another_process_holds_is_given_real_time(
    lock: str, clock: VirtualClock, tmp_path: Path
) -> None:
    """As the package filelock polls for it, with a limit of five seconds by ``time.perf_counter``."""
    path = tmp_path / "it.lock"
    code = f"import fcntl, time; f = open({str(path)!r}, 'w'); fcntl.{lock}(f, 2); print(flush=True); time.sleep(0.3)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    descriptor, began = os.open(path, os.O_RDWR), time.perf_counter()
    try:
        while True:
            try:
                getattr(fcntl, lock)(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                assert time.perf_counter() - began < 5
                time.sleep(0.05)
    finally:
        os.close(descriptor)
        child.communicate()


def test_a_long_sleep_after_one_poll_is_not_a_long_real_sleep(clock: VirtualClock) -> None:
    """An hour that begins with a look at a process that runs for good."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert child.poll() is None
    time.sleep(3600)
    child.communicate(b"\n")
    assert clock.elapsed > 3590


@linux
def test_what_a_thread_is_blocked_on_is_known() -> None:
    """A lock is nothing real, a read with a timeout is bounded, and one without is not."""
    left, right = socket.socketpair()
    lock = threading.Lock()
    lock.acquire()

    def kind(block: Callable[[], object], let_go: Callable[[], object]) -> str:
        thread = threading.Thread(target=block)
        thread.start()
        really(0.1)
        found = real_wait(thread.native_id)
        let_go()
        thread.join()
        return found

    with left, right:
        assert "" == kind(lock.acquire, lock.release)
        assert "unbounded" == kind(lambda: left.recv(1), lambda: right.send(b"x"))
        left.settimeout(60)
        assert "bounded" == kind(lambda: left.recv(1), lambda: right.send(b"x"))


def test_a_thread_that_is_being_started_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no frame yet, and who starts it waits for it."""
    thread = threading.Thread()
    monkeypatch.setitem(threading._limbo, thread, thread)  # type: ignore[attr-defined]  # private to threading
    assert thread in [other.thread for other in others_at_work()]


@linux
def test_a_server_at_rest_does_not_stop_the_clock(clock: VirtualClock) -> None:
    """A thread that waits for whoever may connect does not make an hour of patience real."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)

        def serve() -> None:
            listener.accept()[0].close()

        thread = threading.Thread(target=serve)
        thread.start()
        assert not threading.Event().wait(3600)
        socket.create_connection(listener.getsockname()).close()
        thread.join()
    assert 3600.0 == clock.elapsed


def test_a_future_that_is_given_up_is_a_timeout(clock: VirtualClock) -> None:
    """A real wait counts toward the limit of who waits for it: no answer for ever is a timeout."""
    left, right = socket.socketpair()
    left.settimeout(60)
    with left, right, ThreadPoolExecutor(1) as pool:
        with pytest.raises(concurrent.futures.TimeoutError):
            pool.submit(left.recv, 1).result(timeout=0.2)
        right.send(b"x")
