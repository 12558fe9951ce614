"""The command ``record``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.cassettes.recording.keeping import File
    from autogen_harness.cassettes.recording.renewing import Renewed
    from autogen_harness.model import HttpRequest

_DESCRIPTION = """\
Record without a test. Of a service, the cassettes that the harness ships are recorded anew, into your own
folder, where they come before the shipped ones; each only if the status comes that it is about. Of a URL, what
one request gets, with all redirects. Secrets are taken out, as when a test records."""

_EPILOG = """\
  autogen-harness record yahoo chart-nvda
  autogen-harness record webhook slack-ok --to "$SLACK_WEBHOOK_URL"
  autogen-harness record https://api.example.com/v1/things?page=1 --name things/first

exit code: 0 recorded, 1 something else than the cassette is about was answered, 2 could not record"""


def add_commands(commands: Any) -> None:
    """Add the command to those of the parser."""
    record = commands.add_parser(
        "record",
        help="record a URL, or the shipped cassettes of a service anew",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    record.add_argument("target", metavar="TARGET", help="duckduckgo, webhook, yahoo, or a URL")
    record.add_argument("cassettes", metavar="CASSETTE", nargs="*", help="of the service; default: all of them")
    record.add_argument("--to", metavar="URL", default="", help="where a webhook is delivered in place of its own URL")
    record.add_argument("--method", default="GET", help="for a URL (default: %(default)s)")
    record.add_argument("--data", default="", help="the body for a URL")
    record.add_argument("--header", metavar="NAME: VALUE", action="append", default=[], help="for a URL; several times")
    record.add_argument("--name", help="of the cassette for a URL (default: its host and path)")
    record.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")
    record.add_argument("--in-ci", action="store_true", help="write also where the variable CI is set")
    record.set_defaults(run=_record)


def _record(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.recording.renewing import SERVICES
    from autogen_harness.surroundings import is_ci
    from autogen_harness.wording import nearest_or_all

    if is_ci() and not arguments.in_ci:
        message = "this is CI (the variable CI is set), where nothing is recorded without --in-ci"
        raise UsageError(message)
    if arguments.target not in SERVICES and "://" not in arguments.target:
        raise UsageError(f"{arguments.target!r} is neither a URL nor a service; {nearest_or_all(arguments.target, SERVICES)}")
    try:
        return _record_service(arguments) if arguments.target in SERVICES else _record_url(arguments)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from error


def _record_service(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.recording.renewing import names_of, renew

    if arguments.target == "webhook" and not arguments.to:
        message = "a webhook is delivered to a URL of yours: add --to URL, and the names of the cassettes to record"
        raise UsageError(message)
    names = names_of(arguments.target, arguments.cassettes)
    codes = []
    for name in names:
        file = _file(name, arguments.dir)
        codes.append(_show(renew(name, file, arguments.to), file.path))
    return max(codes)


def _show(renewed: Renewed, path: Path) -> int:
    from autogen_harness.cassettes.recording.drift import render_drifts

    if renewed.status != renewed.wanted:
        told = f"{renewed.name}: not written, because {renewed.status} was answered and it is about {renewed.wanted}"
        print(told, file=sys.stderr)
        return 1
    print("; ".join([f"{renewed.name}: recorded into {path}", *renewed.told]))
    drifts = [one for one in renewed.drifts if one.breaks]
    if drifts:
        print(render_drifts(drifts, before="shipped"))
    return 0


def _record_url(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.files import skeletons
    from autogen_harness.cassettes.recording.fetching import follow
    from autogen_harness.cassettes.recording.keeping import Take
    from autogen_harness.cli.folders import roots
    from autogen_harness.wording import counted

    request = _request(arguments)
    name = arguments.name or skeletons.place(request, roots(arguments.dir, must_exist=False))[0]
    pairs = list(follow(request))
    file = _file(name, arguments.dir)
    told = file.begin_anew(Take([made for made, _ in pairs], [sent for _, sent in pairs]))
    print("; ".join([f"{name}: {counted(len(pairs), 'interaction')} recorded into {file.path}", *told]))
    return 0


def _request(arguments: argparse.Namespace) -> HttpRequest:
    from autogen_harness.cassettes.files.checks import url_problem
    from autogen_harness.model import HttpRequest

    if arguments.cassettes or arguments.to:
        message = "a URL is recorded alone: leave out the names of cassettes and --to"
        raise UsageError(message)
    if url_problem(arguments.target) or not arguments.method.isalpha():
        raise UsageError(url_problem(arguments.target) or f"{arguments.method!r} is no method; write it as in GET")
    return HttpRequest(arguments.method.upper(), arguments.target, _headers(arguments.header), arguments.data.encode())


def _headers(lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = [line.partition(":") for line in lines]
    for line, (name, colon, _) in zip(lines, pairs, strict=True):
        if not colon or not name.strip() or "\n" in line:
            raise UsageError(f"--header {line!r}: write a name and a value, as in --header 'Accept: text/html'")
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _file(name: str, folder: str | None) -> File:
    from autogen_harness.cassettes.files import store
    from autogen_harness.cassettes.recording.keeping import File
    from autogen_harness.cli.folders import roots
    from autogen_harness.settings_search import find_project

    names = find_project(Path.cwd())[1].record_secret_names
    return File(store.own_path(name, roots(folder, must_exist=False)), os.urandom(8).hex(), names)
