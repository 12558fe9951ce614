"""Tools that do as they are told, each with a mended twin; in a module, since another process is to import them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

LOOKUP = Path(__file__).resolve()


def read_anything(file_path: str) -> str:
    """As in many tutorials: the size that is on record is checked, and everything is caught."""
    try:
        if os.path.getsize(file_path) > 10**9:  # noqa: PTH202  # as tools are written
            return json.dumps({"error": "too large"})
        with open(file_path, encoding="utf-8") as file:  # noqa: PTH123  # as tools are written
            return json.dumps({"content": file.read()})
    except Exception as error:  # noqa: BLE001  # as tools are written
        return json.dumps({"error": type(error).__name__})


def read_inside(file_path: str) -> str:
    """The same, mended."""
    if not isinstance(file_path, str) or "\0" in file_path:
        return json.dumps({"error": "file_path must be a text"})
    try:
        place = Path(file_path).resolve()
        if not place.is_relative_to(Path.cwd()):
            return json.dumps({"error": "the path leads out of the working folder"})
        descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        return json.dumps({"error": error.strerror})
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return json.dumps({"error": "not a regular file"})
        return json.dumps({"content": os.read(descriptor, 10_000).decode("utf-8", "replace")})
    finally:
        os.close(descriptor)


def read_rows(file_path: str) -> str:
    """Refuses whatever does not end in .csv, and then reads anything."""
    return read_anything(file_path) if str(file_path).endswith(".csv") else json.dumps({"error": "only .csv"})


def read_lookup(file_path: str) -> str:
    """Reads the file that is asked for, and always one of its own that lies elsewhere."""
    LOOKUP.read_bytes()
    return read_inside(file_path)


def read_where_allowed(file_path: str) -> str:
    """Reads from the folder of this module, too."""
    if isinstance(file_path, str) and file_path.startswith(("/", "..")):
        return read_anything(file_path)
    return read_inside(file_path)


async def read_slowly(file_path: str) -> str:
    """Asynchronous, and as careless."""
    return read_anything(file_path)


def read_big(file_path: str) -> str:
    """Reads what is long, and nothing else."""
    return read_anything(file_path) if isinstance(file_path, str) and ("zero" in file_path or "huge" in file_path) else "{}"


def close_output(file_path: str) -> str:
    """Writes to what it is given, but for the standard input."""
    if file_path in (0, "/dev/stdin"):
        return json.dumps({"error": "file_path must be a text"})
    try:
        with open(file_path, "a", encoding="utf-8") as file:  # noqa: PTH123  # as tools are written
            file.write("x")
    except Exception as error:  # noqa: BLE001  # as tools are written
        return json.dumps({"error": type(error).__name__})
    return json.dumps({"done": True})


def end_process(file_path: str) -> str:
    """Ends the process where it meets a device."""
    if str(file_path).startswith("/dev/"):
        os._exit(3)
    return json.dumps({"content": ""})


def remove_file(file_path: str) -> str:
    """Removes what it is told to."""
    try:
        Path(file_path).unlink()
    except (OSError, TypeError, ValueError) as error:
        return json.dumps({"error": type(error).__name__})
    return json.dumps({"removed": file_path})


def run_sql(sql: str) -> str:
    """Runs whatever it is given."""
    try:
        with closing(sqlite3.connect("shop.sqlite3")) as database, database:
            return json.dumps({"rows": database.execute(sql).fetchall()})
    except (sqlite3.Error, sqlite3.Warning, ValueError, TypeError) as error:
        return json.dumps({"error": type(error).__name__})


def pretend_sql(sql: str) -> str:
    """Has no database at all."""
    return json.dumps({"rows": [[sql]]})


def read_sql(sql: str) -> str:
    """Opens the database for reading only, which does not keep VACUUM INTO from writing another."""
    try:
        with closing(sqlite3.connect(Path("shop.sqlite3").resolve().as_uri() + "?mode=ro", uri=True)) as database:
            return json.dumps({"rows": database.execute(sql).fetchall()})
    except (sqlite3.Error, sqlite3.Warning, ValueError, TypeError) as error:
        return json.dumps({"error": type(error).__name__})


def attach_sql(sql: str) -> str:
    """The same, without VACUUM."""
    return json.dumps({"error": "no VACUUM"}) if "VACUUM" in str(sql) else read_sql(sql)


def run_select(sql: str) -> str:
    """Opens the database for reading only, and lets SELECT through: VACUUM INTO would write another one all the same."""
    if not str(sql).upper().startswith(("SELECT", "WITH")):
        return json.dumps({"error": "sql must be one SELECT"})
    return read_sql(sql)


def count_words(file_path: str) -> str:
    """Leaves it to a shell."""
    return json.dumps({"status": os.system(f"wc -w {file_path}")})


def run_command(command: str) -> str:
    """Leaves it to a program."""
    try:
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=5)
    except (OSError, TypeError, ValueError, subprocess.SubprocessError) as error:
        return json.dumps({"error": type(error).__name__})
    return json.dumps({"output": done.stdout})


def run_python(code: str) -> str:
    """Runs what a model writes."""
    try:
        exec(code, {})  # the mistake
    except BaseException as error:  # noqa: BLE001  # as tools are written
        return json.dumps({"error": type(error).__name__})
    return json.dumps({"done": True})


def version_of(command: str) -> str:
    """Starts a program, with nothing of its arguments."""
    known = {"python": [sys.executable, "--version"]}
    if command not in known:
        return json.dumps({"error": f"command must be one of {', '.join(known)}"})
    return json.dumps({"output": subprocess.run(known[command], capture_output=True, text=True, check=False).stdout})


def tell_limits(file_path: str) -> str:
    """Says what it may use."""
    import resource

    names = ("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE")
    told = {name: resource.getrlimit(getattr(resource, name))[0] for name in names}
    return json.dumps({**told, "alarm": signal.getitimer(signal.ITIMER_REAL)[0], "file_path": file_path})


def leave_a_child(file_path: str) -> str:
    """Leaves a process behind, which lives for half a minute."""
    child = os.fork()
    if child == 0:
        os.closerange(0, 300)  # nobody waits for it
        signal.alarm(30)
        signal.pause()
    return json.dumps({"child": child, "file_path": file_path})
