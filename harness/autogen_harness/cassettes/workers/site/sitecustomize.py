"""Python imports this as it starts, where a test put this folder first. The environment's own one is run before."""

import importlib.machinery
import importlib.util
import pathlib
import sys

_here = pathlib.Path(__file__).resolve().parent
_others = [path for path in sys.path if pathlib.Path(path or ".").resolve() != _here]
_own = importlib.machinery.PathFinder.find_spec("sitecustomize", _others)
if _own is not None and _own.loader is not None:
    _own.loader.exec_module(importlib.util.module_from_spec(_own))

if importlib.util.find_spec("autogen_harness") is None:
    sys.stderr.write("autogen-harness is not installed for this Python, so the cassettes of the test do not answer it\n")
else:
    try:
        from autogen_harness.cassettes.workers.joining import join

        join()
    except Exception as error:  # `site` would swallow it, and the process would reach the network
        message = f"autogen-harness could not make this process ask its test: {type(error).__name__}: {error}"
        raise SystemExit(message) from error
