"""The command ``cassette scan``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autogen_harness.errors import UsageError

_EPILOG = """\
Looked for are the values of variables of the environment whose names say that they are secret (such as
OPENAI_API_KEY, from 8 characters on): as they are, escaped, in base64, in hex and in gzip; what has the form of
a secret, such as a private key; and in cassettes, also in those of vcrpy and others, what recording would have
removed by its name. Any file can be scanned. No secret is printed.

exit code: 0 clean, 1 secrets found, 2 could not judge"""


def add_action(actions: Any) -> None:
    """Add the action to those of ``cassette``."""
    scan = actions.add_parser(
        "scan",
        help="look for secrets in cassettes and other files",
        description="Look for secrets in cassettes and other files.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    scan.add_argument("paths", metavar="PATH", nargs="*", help="a file or a folder (default: the project's cassettes)")
    scan.add_argument(
        "--env-file", metavar="FILE", action="append", default=[], help="variables beside those of the environment, as in .env"
    )
    scan.set_defaults(run=_scan)


def _scan(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.filtering import known_secrets
    from autogen_harness.cassettes.filtering.scanning import files, scan
    from autogen_harness.settings_search import find_project
    from autogen_harness.wording import counted

    root, settings = find_project(Path.cwd())
    paths = [Path(path) for path in arguments.paths] or list(_own(root / settings.cassettes))
    names = settings.record_secret_names
    known = known_secrets(_environment(arguments.env_file), names=names)
    scanned = [scan(path, known, names) for path in files(paths)]
    hits = [hit for found in scanned for hit in found]
    for hit in hits:
        print(hit)
    print(f"{counted(len(scanned), 'file')} scanned, {counted(len(hits), 'secret')} found", file=sys.stderr)
    return 1 if hits else 0


def _own(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield Path(os.path.relpath(folder))


def _environment(env_files: list[str]) -> Mapping[str, str]:
    """The variables of the process and of the files; one that is named twice means two values, and both are kept.

    Raises:
        UsageError: a file cannot be read.
    """
    from autogen_harness.secrecy.env_files import variables

    found = dict(os.environ)
    for name in env_files:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{name} cannot be read: {error}") from None
        found |= {(key if key not in found else f"{key} of {name}"): value for key, value in variables(text).items()}
    return found
