"""What the README and the reference show is run: a block of Python that holds a test is a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
IGNORED = ROOT / "pyproject.toml"  # the same warnings are ignored there as here


def blocks(page: Path) -> list[tuple[int, str]]:
    """Line and text of each block of Python."""
    text = page.read_text(encoding="utf-8")
    return [
        (text[: found.start()].count("\n") + 1, found.group(1))
        for found in re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    ]


def scripts(page: Path) -> list[str]:
    """The whole script files of a page."""
    shown = re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block for block in shown if block.startswith("format:")]


def _loaded(source: str) -> list[str]:
    return re.findall(r"llm\.load\(\"([\w.]+)\"\)", source)


def is_a_test(block: str) -> bool:
    return bool(re.search(r"^(async )?def test_|^test_\w+ = ", block, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_of_python_are_python(page):
    """A fragment compiles; await stands where it may stand in a test."""
    for line, block in blocks(page):
        compile(block, f"{page.name}:{line}", "exec", flags=0x2000)  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(is_a_test(block) for _, block in blocks(page))], ids=lambda page: page.name
)
def test_blocks_that_hold_a_test_pass(page, pytester):
    """A reader who copies the block into a file sees it green, or red where the block says what breaks."""
    for needed in re.findall(r"^<!-- needs: (\w+) -->$", page.read_text(encoding="utf-8"), re.MULTILINE):
        pytest.importorskip(needed, reason=f"{needed} is not installed")
    filters = re.search(r"filterwarnings = \[(.*?)\n\]", IGNORED.read_text(encoding="utf-8"), re.DOTALL)
    assert filters
    pytester.makepyprojecttoml(
        f"[tool.pytest.ini_options]\nasyncio_default_fixture_loop_scope = 'function'\nfilterwarnings = [{filters.group(1)}\n]\n"
    )
    written = [block for _, block in blocks(page) if is_a_test(block)]
    for number, block in enumerate(written):
        pytester.makepyfile(**{f"test_block_{number}": block})
    for name, script in zip(_loaded("".join(written)), scripts(page), strict=False):  # the files that they load, shown above
        pytester.path.joinpath(name).write_text(script, encoding="utf-8")

    done = pytester.runpytest_subprocess("-q", "-rf", "-p", "no:randomly", "-p", "no:cacheprovider")

    said = {
        name for block in written for line in re.findall(r"^# red: (.*)$", block, re.MULTILINE) for name in line.split(", ")
    }
    red = set(re.findall(r"^FAILED \S+?(?:\[([\w-]+)\])?(?: |$)", done.stdout.str(), re.MULTILINE))
    assert said == red, "\n".join(done.outlines)
    assert done.ret in (0, 1)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """A relative link names a file of the checkout."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [] == [link for link in links if not (page.parent / link).exists()]


def headings(page: Path) -> set[str]:
    """What links call the headings of a page: GitHub's way of writing them."""
    plain = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", plain, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_a_heading_lead_to_it(page):
    """On the same page, or on another: a heading that moved takes its links along."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8"))

    assert [] == [(to, place) for to, place in links if place not in headings(page.parent / to if to else page)]


def test_the_readme_names_the_two_commands_and_stays_short():
    """The first lines are what a newcomer runs."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "make demo" in readme[:300]
    assert "make test" in readme[:400]
    assert len(readme.splitlines()) <= 170


def test_the_cassettes_shown_load(tmp_path):
    """A reader who copies one from a page can play it."""
    from autogen_harness.cassettes import load

    for page in PAGES:
        for number, block in enumerate(
            re.findall(r"^```json\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        ):
            if '"format"' in block:
                copy = tmp_path / f"{page.stem}-{number}.json"
                copy.write_text(block, encoding="utf-8")
                assert load(copy).interactions


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_scripts_shown_are_scripts(page):
    """A reader who copies one from a page can load it."""
    from autogen_harness.scripts import loads

    for script in scripts(page):
        assert loads(script, page.name).path == page.name
