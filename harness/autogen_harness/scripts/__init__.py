"""Scripts in files: YAML that says what the model says, for people who review behaviour and do not write Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.imports import lazy_names

if TYPE_CHECKING:
    from autogen_harness.llm.script.script_file import ScriptFile as ScriptFile
    from autogen_harness.scripts.reading import load as load
    from autogen_harness.scripts.reading import loads as loads
    from autogen_harness.scripts.whole import FORMAT as FORMAT
    from autogen_harness.scripts.writing import dump as dump

_HOMES = {
    "FORMAT": "scripts.whole",
    "ScriptFile": "llm.script.script_file",
    "dump": "scripts.writing",
    "load": "scripts.reading",
    "loads": "scripts.reading",
}

__all__ = ["FORMAT", "ScriptFile", "dump", "load", "loads"]

__getattr__ = lazy_names("autogen_harness", _HOMES)
