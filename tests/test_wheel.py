"""The wheel: built here, installed elsewhere, and used away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

EXAMPLE = """
import requests


def test_a_shipped_cassette_is_played(harness):
    harness.http.play("yahoo/chart-nvda")
    url = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA?interval=1d&range=1d"
    assert requests.get(url, timeout=10).json()["chart"]["result"][0]["meta"]["symbol"] == "NVDA"
"""


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHONPATH"))}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def is_cache(path: Path) -> bool:
    """Left behind by a tool that ran inside the package."""
    return any(part == "__pycache__" or part.startswith(".") for part in path.relative_to(ROOT).parts)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without isolation, so without a network."""
    pytest.importorskip("hatchling", reason="building needs the build backend, which is a development dependency")
    place = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place, cwd=ROOT)
    (built,) = place.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel):
    """Every module and every shipped file is inside; no test, no example, no cache."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = {
        path.relative_to(ROOT / "harness").as_posix()
        for path in (ROOT / "harness" / "autogen_harness").rglob("*")
        if path.is_file() and not is_cache(path)
    }
    data = {
        f"autogen_harness/_fixtures/{path.relative_to(ROOT / 'fixtures').as_posix()}"
        for path in (ROOT / "fixtures").rglob("*.*")
    }

    assert package | data == names


def test_an_installed_wheel_plays_its_cassettes_away_from_the_checkout(wheel, tmp_path):
    """A new environment that borrows only the dependencies runs a test, the command and the module from the wheel."""
    environment, project = tmp_path / "env", tmp_path / "project"
    run(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=tmp_path)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    project.mkdir()
    (project / "test_example.py").write_text(EXAMPLE, encoding="utf-8")

    home = run(python, "-c", "import autogen_harness.library as l; print(l.root())", cwd=project).strip()
    tested = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=project)
    listed = run(environment / "bin" / "autogen-harness", "cassette", "ls", cwd=project)

    assert str(site / "autogen_harness" / "_fixtures") == home
    assert "1 passed" in tested
    assert "yahoo/chart-nvda" in listed
