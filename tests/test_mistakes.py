"""Each mistake of examples/mistakes is turned red, by what names it, and its message says what is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "mistakes"

# module -> (the finding or law that names the mistake, what its message says, laws that are red as well)
TABLE = {
    "tool_on_wrong_agent": ("tool-unknown", "get_stock_price was not found on user", ()),
    "falsy_response": (
        "client-errors-are-not-retried",
        "status 400 was met 3 times",
        (
            "errors-say-something",
            "retry-after-is-honoured",
            "deterministic-errors-are-not-retried",
            "the-last-error-is-told",
        ),
    ),
    "schema_forgets_argument": (
        "schema-and-signature-agree",
        "the function needs 'enrichment_data' and the schema does not require it",
        ("the-ordinary-call-succeeds", "every-valid-call-returns-json"),
    ),
    "revenue_as_int": ("every-valid-call-returns-json", "raised ValueError: invalid literal for int()", ()),
    "bridge_in_running_loop": ("works-inside-a-running-loop", "called while an event loop runs, it raised RuntimeError", ()),
    "sync_wrapper_around_async": (
        "never-a-coroutine",
        "it returned a coroutine",
        ("every-valid-call-returns-json", "same-call-same-result", "same-result-in-every-process", "wrapping-changes-nothing"),
    ),
    "hash_id": ("same-result-in-every-process", "crm_id: once", ("ids-are-unique",)),
    "missing_previous_close": ("output-schema-holds", "the field 'previous_close' is null", ()),
    "null_result": ("every-valid-call-returns-json", "raised TypeError: 'NoneType' object is not subscriptable", ()),
    "unused_timeout": ("the-timeout-reaches-the-transport", "has no timeout", ()),
    "webhook_only_200": ("success-exactly-for-2xx", "it reports failure", ()),
}


def found_red(folder: Path) -> dict[str, dict[str, str]]:
    """Module -> law or finding -> message, of one run of all mistakes as a user would run them."""
    command = [sys.executable, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", "-o", "python_files=*.py"]
    quiet = ["-p", "no:randomly", "-p", "no:cacheprovider", "--junitxml=report.xml"]
    done = subprocess.run([*command, *quiet, FOLDER], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, dict[str, str]] = {path.stem: {} for path in modules()}
    for case in ET.parse(folder / "report.xml").iter("testcase"):
        for failure in case.iter("failure"):
            name = case.attrib["classname"].rpartition(".")[2]
            found[name][_law_of(case.attrib["name"], failure.text or "")] = failure.text or ""
    return found


def _law_of(test: str, message: str) -> str:
    """The law in the test's id; for a chat the rule in the first line of its verdict."""
    law = re.search(r"\[(.*)\]", test) or re.search(r"^(?:Failed: )?([\w-]+): ", message)
    return law.group(1) if law else message


def modules():
    return sorted(path for path in FOLDER.glob("*.py") if path.stem != "__init__")


def test_each_mistake_is_turned_red_by_what_names_it(tmp_path):
    """That law or finding is red, no other that the table does not name, and the message points at the mistake."""
    red = found_red(tmp_path)

    assert {module: sorted(laws) for module, laws in red.items()} == {
        module: sorted([named, *also]) for module, (named, _, also) in TABLE.items()
    }
    assert [] == [module for module, (named, words, _) in TABLE.items() if words not in red[module][named]]


def test_every_mistake_of_the_folder_is_in_the_table():
    """A mistake that nothing is said about would prove nothing."""
    assert sorted(TABLE) == [path.stem for path in modules()]


def test_every_mistake_says_what_is_right():
    """Its docstring leads to the code that does it well."""
    for path in modules():
        text = path.read_text(encoding="utf-8")
        assert "Right: " in text, path.name
        for place in re.findall(r"``(\w+/\w+\.py)``", text):
            assert (ROOT / "examples" / place).is_file(), f"{path.name}: {place}"


def test_the_page_shows_the_same_table():
    """README.md of the folder names, module by module, what the table names."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \| `([\w-]+)` \| (.*?) ?\|$", page, re.MULTILINE)

    shown = {module: (named, tuple(re.findall(r"`([\w-]+)`", also))) for module, named, also in rows}
    assert shown == {module: (named, also) for module, (named, _, also) in TABLE.items()}
