"""The command ``serve``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.model import DIALECTS

_DESCRIPTION = """\
Serve scripts to programs in any language, then print the verdict: at Ctrl-C or SIGTERM, when every turn
is played (--once), or when a command has ended (--run)."""

_EPILOG = """\
A client names a script by its API key, harness-SCRIPT, and an agent of it by harness-SCRIPT:AGENT, where
SCRIPT is the name of the file without its ending. With one script any other key does as well.

in CI, run a program and judge it:  autogen-harness serve chat.yaml --run python my_app.py

exit code: 0 clean, 1 findings, 2 could not judge; without findings that of the program after --run"""


def add_commands(commands: Any) -> None:
    """Add the command to those of the parser."""
    serve = commands.add_parser(
        "serve",
        help="serve scripts over a socket that speaks the API of OpenAI",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("scripts", metavar="SCRIPT", nargs="+", help="a script file: a path, or a name as for harness.llm.load")
    serve.add_argument("--port", type=int, default=0, help="default: one that is free")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    serve.add_argument("--allow-remote", action="store_true", help="listen where other machines can reach it, too")
    serve.add_argument(
        "--dialect", choices=DIALECTS, help="whose rules requests are held to (default: the project's, else openai)"
    )
    serve.add_argument("--once", action="store_true", help="end when every turn is played")
    serve.add_argument(
        "--run",
        dest="command",
        metavar="COMMAND",
        nargs=argparse.REMAINDER,
        help="run all that follows, with OPENAI_BASE_URL and OPENAI_API_KEY leading to the first script",
    )
    serve.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from autogen_harness import serving
    from autogen_harness.cli.scripts import find
    from autogen_harness.scripts import load
    from autogen_harness.server import ScriptServer
    from autogen_harness.settings_search import find_project

    if arguments.command == []:
        raise UsageError("--run names no command: write it behind, as in --run python my_app.py")
    dialect = arguments.dialect or find_project(Path.cwd())[1].llm_dialect
    files = [load(find(name)) for name in arguments.scripts]
    out = sys.stderr if arguments.command else sys.stdout  # the command's own output stays its own
    with ScriptServer(arguments.host, arguments.port, allow_remote=arguments.allow_remote) as server:
        runs = serving.add_files(server, files, dialect)
        print("\n".join(serving.greeting(runs)), file=out, flush=True)
        code = 0
        if arguments.command:
            code = serving.run_command(arguments.command, runs[0].env)
        else:
            serving.wait(runs, once=arguments.once)
    if code:
        print(f"the program ended with exit code {code}", file=out)
    clean, text = serving.verdict(runs, server.strays, failed=code != 0)
    print(text, file=out, flush=True)
    return code if clean else 1
