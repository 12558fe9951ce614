from __future__ import annotations

import subprocess
import sys
import threading
from textwrap import dedent

import pytest

from autogen_harness.cassettes import Cassette, Interaction, Match, listing, load, save
from autogen_harness.cassettes.recording import locks
from autogen_harness.cassettes.recording.keeping import File, Take
from autogen_harness.errors import DocumentError, UsageError
from autogen_harness.model import HttpFailure, HttpReply, HttpRequest


def take(*urls, status=200, **rest):
    made = [Interaction(HttpRequest("GET", f"http://a.test/{url}"), HttpReply(status), **rest) for url in urls]
    return Take(made, [one.request for one in made])


def urls(path):
    return [one.request.url.rpartition("/")[2] for one in load(path).interactions]


def test_what_a_run_records_into_one_file_is_kept_together(tmp_path):
    """`all` replaces what an earlier run left, and nothing of what other tests of its own run have just recorded."""
    path = tmp_path / "shared.json"
    File(path, "run 1").begin_anew(take("a"))
    File(path, "run 1").begin_anew(take("b"))
    assert urls(path) == ["a", "b"]
    File(path, "run 2").begin_anew(take("c"))
    File(path, "run 2").begin_anew(take("d"))
    assert urls(path) == ["c", "d"]
    File(path, "run 3").add(take("e"))
    assert urls(path) == ["c", "d", "e"]


def test_a_file_is_new_for_the_whole_run_that_made_it(tmp_path):
    """So `once` does not depend on which test of a shared file comes first, nor on how many processes there are."""
    path = tmp_path / "shared.json"
    assert File(path, "run 1").is_new()
    for url in "ab":
        File(path, "run 1").add(take(url))
        assert File(path, "run 1").is_new()
    assert not File(path, "run 2").is_new()
    File(path, "run 2").begin_anew(take("b"))
    assert not File(path, "run 2").is_new()


def test_what_a_person_wrote_about_a_request_outlives_the_recording(tmp_path):
    """Match and play rules and the description stay; the answers are new."""
    path = tmp_path / "shared.json"
    tolerant = Interaction(HttpRequest("GET", "http://a.test/x?t=1"), HttpReply(200), Match(query=()), optional=True)
    save(Cassette([tolerant], "About x."), path)
    File(path, "run 1").begin_anew(take("x?t=2", "x?t=3", "y", status=201))
    kept = load(path)
    assert kept.about == "About x."
    assert [(one.outcome.status, one.match.query, one.optional) for one in kept.interactions] == [
        (201, (), True),
        (201, (), True),
        (201, None, False),
    ]


def test_a_file_that_is_no_cassette_is_left_alone(tmp_path):
    """Whoever broke it may want it back."""
    path = tmp_path / "broken.json"
    path.write_text("{<<<<<<< ours", encoding="utf-8")
    for write in (File(path, "1").add, File(path, "1").begin_anew):
        with pytest.raises(DocumentError):
            write(take("a"))
    assert path.read_text(encoding="utf-8") == "{<<<<<<< ours"


WRITER = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from test_keeping import File, take
    for number in range(8):
        File(Path({path!r}), "one run").begin_anew(take(f"{{sys.argv[1]}}-{{number}}"))
"""


def test_threads_and_processes_that_write_one_file_lose_nothing(tmp_path):
    """Each reads, adds and replaces the file while no other does; every writer's own order stays."""
    path = tmp_path / "shared.json"
    save(Cassette(take("of the run before").made), path)
    code = dedent(WRITER.format(tests=__file__.rpartition("/")[0], path=str(path)))
    processes = [subprocess.Popen([sys.executable, "-c", code, f"process{number}"]) for number in range(3)]
    threads = [
        threading.Thread(target=lambda me=me: [File(path, "one run").begin_anew(take(f"{me}-{n}")) for n in range(8)])
        for me in ("thread0", "thread1", "thread2")
    ]
    for thread in threads:
        thread.start()
    for worker in (*threads, *processes):
        worker.join() if isinstance(worker, threading.Thread) else worker.wait()
    found = urls(path)
    assert len(found) == 6 * 8
    for name in ("thread0", "thread1", "thread2", "process0", "process1", "process2"):
        assert [url for url in found if url.startswith(name)] == [f"{name}-{number}" for number in range(8)]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["shared.json"]


def test_a_mark_that_was_torn_is_that_of_no_run(tmp_path):
    """A machine that went down while it wrote one must not stop the recordings after it."""
    path = tmp_path / "x.json"
    with locks.locked(path) as mark:
        mark.put("run 1", made=True)
        mark._file.seek(3)
        mark._file.truncate()
    with locks.locked(path) as mark:
        assert not mark.written_in("run 1")
        mark.put("run 2", made=True)
    with locks.locked(path) as mark:
        assert mark.made_in("run 2")


def test_a_failed_test_keeps_its_recording_apart(studio):
    """The good file is as it was, and what is apart is no cassette; the report says where it is. A later success drops it."""
    studio.keep("it/a", "x")
    player = studio.test(forced="all", run="1")
    studio.ask(player, "x")
    player.recordings.finish(failed=True)
    assert studio.kept() == [("x", "old")]
    assert studio.kept("it/a.failed") == [("x", "x 1")]
    (note,) = studio.notes
    assert "a.failed.json, apart from a.json, because the test failed" in note
    assert not [one for one in listing([studio.root]) if one.name == "it/a.failed"]
    with pytest.raises(UsageError, match=r"no cassette 'it/a\.failed'"):
        player.play("it/a.failed")
    again = studio.test(forced="all", run="2")
    studio.ask(again, "x")
    again.recordings.finish(failed=False)
    assert studio.kept() == [("x", "x 2")]
    assert studio.kept("it/a.failed") == []


def test_a_player_that_is_closed_in_the_middle_counts_as_a_failed_test(studio):
    """A body that raised outside pytest, or a test that was skipped, has recorded half of a story."""
    player = studio.test(forced="once")
    studio.ask(player, "x")
    player.close()
    assert studio.kept() == []
    assert studio.kept("it/a.failed") == [("x", "x 1")]


def test_every_attempt_is_recorded_in_the_order_of_sending(studio):
    """Also where the answers come the other way round; what was cancelled is said, and what comes too late is not kept."""
    player = studio.test(forced="once")
    lives = [player.answer(HttpRequest("GET", f"http://a.test/{url}")) for url in "abcd"]
    lives[2].came(HttpReply(200), 0, 0)
    lives[0].came(HttpReply(503), 0, 0)
    lives[3].came(HttpFailure("read-timeout"), 0, 1)
    player.recordings.finish(failed=False)
    made = load(studio.root / "it/a.json").interactions
    assert [one.request.url[-1] for one in made] == ["a", "c", "d"]
    assert [getattr(one.outcome, "status", "failed") for one in made] == [503, 200, "failed"]
    assert "not recorded, because the sending was refused or cancelled: GET http://a.test/b" in studio.notes
    lives[1].came(HttpReply(200), 0, 0)
    assert studio.notes[-1] == "not recorded, because it came after the test: the answer to GET http://a.test/b"


def test_what_is_kept_of_a_request_and_whence(studio, monkeypatch):
    """The headers that mean something, wire order, timing, client, host; the real time, whoever froze it."""
    freezegun = pytest.importorskip("freezegun")
    with freezegun.freeze_time("2001-01-01"):
        player = studio.test(forced="once")
        sent = (
            ("Accept", "text/html"),
            ("User-Agent", "me"),
            ("Cookie", "a=b"),
            ("X-Mine", "1"),
            ("Authorization", "Bearer x"),
        )
        player.record(mode="once", headers=["x-mine"])
        reply = HttpReply(200, "OK", (("X-B", "1"), ("X-A", "2"), ("x-b", "3")), b"hi")
        studio.ask(player, "x", reply, headers=sent, timeout=5)
        player.recordings.finish(failed=False)
    (made,) = load(studio.root / "it/a.json").interactions
    assert made.request.headers == (("Accept", "text/html"), ("X-Mine", "1"))
    assert made.outcome == reply
    assert (made.timing.first_byte, made.timing.total) == (0.25, 0.5)
    assert made.recorded.host == "a.test"
    assert made.recorded.client.startswith("requests/2.")
    assert made.recorded.at[:4] >= "2026"


def test_a_cassette_that_tests_share_does_not_ask_each_of_them_for_all_of_it(studio):
    """`optional` is written into the file, and holds for what is played, too."""
    for number in (1, 2):
        player = studio.test(own=f"it/{number}")
        player.record("shared", mode="once", optional=True)
        studio.ask(player, f"x{number}")
        player.recordings.finish(failed=False)
    replay = studio.test(own="it/1", run="2")
    replay.record("shared")
    assert studio.ask(replay, "x1") == "x1 1"
    assert replay.leftovers() == []


def test_nothing_is_written_where_nothing_was_sent(studio):
    """A test that uses harness.http and asks for nothing has no cassette."""
    player = studio.test(forced="all")
    player.recordings.finish(failed=False)
    assert not studio.root.exists()
    assert studio.notes == []


def test_secrets_are_not_written(studio, monkeypatch):
    """Those under a secret name are taken out, and the request is answered all the same; a known value stops the write."""
    player = studio.test(forced="once")
    studio.ask(player, "x?api_key=s3cr3t-value-1")
    player.recordings.finish(failed=False)
    text = (studio.root / "it/a.json").read_text(encoding="utf-8")
    assert "s3cr3t-value-1" not in text
    assert any("removed api_key" in note for note in studio.notes)
    assert studio.ask(studio.test(), "x?api_key=another") is not None
    monkeypatch.setenv("MY_SERVICE_TOKEN", "value-of-the-environment")
    player = studio.test(forced="all")
    studio.ask(player, "x?q=value-of-the-environment")
    player.recordings.finish(failed=False)
    (finding,) = studio.ledger.findings
    assert finding.rule == "http-unrecorded"
    assert "MY_SERVICE_TOKEN" in finding.what
    assert "value-of-the-environment" not in finding.what
    assert (studio.root / "it/a.json").read_text(encoding="utf-8") == text
