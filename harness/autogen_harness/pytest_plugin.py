"""The pytest plugin: options, fixtures, and the verdict after the test's body.

A session that does not use the harness pays for this module and little else: everything is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autogen_harness.cassettes import Player
    from autogen_harness.clock import VirtualClock
    from autogen_harness.harness import Harness
    from autogen_harness.llm.player import ScriptPlayer
    from autogen_harness.server import Endpoint
    from autogen_harness.settings import Settings

_SETTINGS = pytest.StashKey["Settings"]()
_HARNESS = pytest.StashKey["Harness"]()

_INI = {
    "defer_clients": "agents made outside a harness build their real clients at first use only (default: true)",
    "allow_hosts": "hosts that tests may reach, separated by spaces (default: none)",
    "cassettes": "folder of the project's own cassettes, relative to the root (default: tests/cassettes)",
    "scripts": "folder of the project's own script files, relative to the root (default: tests/scripts)",
    "hang_seconds": "real seconds without any event after which a test is ended; 0 = never (default: 10)",
    "llm_dialect": "whose rules requests to the model are held to: openai, azure, strict-compatible (default: openai)",
    "max_age": "days after which a recorded cassette that is played is noted as old; 0 = never (default: 0)",
    "record_secret_names": "names of headers, parameters and keys that are secret, beside the usual ones (default: none)",
    "backend": "mock libraries to play cassettes through: responses, aioresponses (default: none, below the clients)",
}
_MARKER = (
    'harness(expect=[...], clock="2026-01-01", allow_hosts=[...], llm_dialect="azure", record="once", off=True): '
    "findings that this test means, frozen wall time, hosts it may reach, the rules for its requests, how its cassette is "
    "recorded, or no harness at all"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options and ini keys, all with the prefix of this plugin."""
    group = parser.getgroup("autogen-harness")
    group.addoption(
        "--harness-story",
        dest="harness_story",
        action="store_true",
        help="print for each test what was scripted, which tools ran, which interactions were played, and the verdict",
    )
    group.addoption(
        "--harness-record",
        dest="harness_record",
        choices=("none", "once", "new_episodes", "all", "verify"),
        help="record the cassette of each test that uses harness.http, or compare it with what really comes (verify)",
    )
    group.addoption(
        "--harness-record-in-ci",
        dest="harness_record_in_ci",
        action="store_true",
        help="let --harness-record write cassettes also where the variable CI is set",
    )
    group.addoption(
        "--harness-replay",
        dest="harness_replay",
        metavar="ID",
        help="run the one test of a contract whose call broke its law, with that call again; its failure shows the ID",
    )
    for key, text in _INI.items():
        parser.addini(f"harness_{key}", text, default=None)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before any conftest can import AutoGen: defer the clients of agents that are made outside a test."""
    from autogen_harness.adapters.deferral import defer_clients

    if _is_configured(early_config):  # a mistake is shown now, as one line, not in the middle of an import
        settings_of(early_config)
    early_config.add_cleanup(defer_clients(lambda: settings_of(early_config).defer_clients))


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the story where it was asked for.

    Raises:
        pytest.UsageError: cassettes are to be recorded, and this is CI.
    """
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("harness_record") is not None:
        _check_recording(config)
    if config.getoption("harness_story"):
        from autogen_harness.report.story import Story

        config.pluginmanager.register(Story(lambda item: item.stash.get(_HARNESS, None)), "autogen_harness_story")


def _check_recording(config: pytest.Config) -> None:
    from autogen_harness.cassettes.recording.modes import WRITING, Recording

    mode, in_ci = config.getoption("harness_record"), config.getoption("harness_record_in_ci")
    if mode in WRITING and Recording(in_ci=in_ci).closed:
        message = f"--harness-record={mode}: this is CI (the variable CI is set), where nothing is recorded"
        raise pytest.UsageError(f"{message} unless you add --harness-record-in-ci")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Before the tests of a contract are made, look for the cassettes that it names."""
    if hasattr(metafunc.function, "not_checked"):
        from autogen_harness.contracts.testing import look_up_upstream

        look_up_upstream(metafunc.function, metafunc.config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the one test that is to be replayed, where one is; and refuse markers that would do nothing.

    A marker of its own on a test that asks for no harness would say nothing, and look as if it did.

    Raises:
        pytest.UsageError: there is such a test, or nothing to replay.
    """
    if config.getoption("harness_replay"):
        _select_replayed(config, items)
    for item in items:
        if "harness" not in getattr(item, "fixturenames", ()) and any(mark.name == "harness" for mark in item.own_markers):
            message = f"{item.nodeid} has @pytest.mark.harness and no harness: add the argument `harness` to the test"
            raise pytest.UsageError(message)


def _select_replayed(config: pytest.Config, items: list[pytest.Item]) -> None:
    from autogen_harness.contracts.memory import select
    from autogen_harness.errors import HarnessError

    try:
        select(config, items)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None


def settings_of(config: pytest.Config) -> Settings:
    """The settings of this session, read once.

    Raises:
        pytest.UsageError: the configuration is wrong; pytest shows the one line.
    """
    if _SETTINGS not in config.stash:
        from autogen_harness.settings import project_settings

        try:
            config.stash[_SETTINGS] = project_settings(config.rootpath, _ini(config))
        except ValueError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[_SETTINGS]


def _is_configured(config: pytest.Config) -> bool:
    """Does the project say anything about this plugin? If not, the modules that read it are not loaded."""
    path = config.rootpath / "pyproject.toml"
    text = path.read_bytes() if path.is_file() else b""
    return bool(_ini(config)) or b"tool.autogen-harness" in text or b"tool.autogen_harness" in text


def _ini(config: pytest.Config) -> dict[str, Any]:
    """What pytest's ini file and ``-o`` set, without the prefix; keys that nobody registered are there to be refused."""
    set_here = {key: value for key in _INI if (value := config.getini(f"harness_{key}")) not in (None, "")}
    # No public name lists the keys that are written: pytest 9 deprecated this one, and keeps it under the private name.
    written = {*getattr(config, "_inicfg" if hasattr(config, "_inicfg") else "inicfg")}
    written |= {pair.partition("=")[0] for pair in config.known_args_namespace.override_ini or ()}
    ours = {key.removeprefix("harness_") for key in written if key.startswith("harness_")}
    return {**dict.fromkeys(sorted(ours - {*_INI})), **set_here}


@pytest.fixture
def harness(request: pytest.FixtureRequest) -> Generator[Harness, None, None]:
    """The test harness: a scripted model, cassettes, a virtual clock, and a verdict after the test. See docs/harness.md."""
    from autogen_harness.report.judging import harness_of

    with harness_of(request, settings_of(request.config)) as harness:
        request.node.stash[_HARNESS] = harness
        yield harness


@pytest.fixture
def scripted_llm(harness: Harness) -> ScriptPlayer:
    """The scripted model alone: ``harness.llm``."""
    return harness.llm


@pytest.fixture
def http_cassette(harness: Harness) -> Player:
    """The cassettes alone: ``harness.http``."""
    return harness.http


@pytest.fixture
def llm_server(harness: Harness) -> Endpoint:
    """The scripted model over a socket: ``harness.server``. See docs/server.md."""
    return harness.server


@pytest.fixture
def virtual_clock(harness: Harness) -> VirtualClock:
    """The virtual clock alone, with the wall time frozen: ``harness.clock`` after ``freeze()``."""
    if harness.is_open and not harness.clock.frozen:
        harness.clock.freeze()
    return harness.clock


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run the body under the watchdog, then judge what was recorded."""
    harness = item.stash.get(_HARNESS, None)
    if harness is None:
        result = yield
        harness = item.stash.get(_HARNESS, None)
        if harness is None:
            return result
        with _judging(item, harness):  # the body itself asked for the fixture
            return result
    with _judging(item, harness):
        return (yield)


def _judging(item: pytest.Item, harness: Harness) -> AbstractContextManager[None]:
    from autogen_harness.report.judging import judging

    return judging(item, harness)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a broken law as its text alone, and put on the report what could not be checked."""
    report = yield
    if report.failed and call.excinfo is not None and type(call.excinfo.value).__module__ == "autogen_harness.contracts":
        report.longrepr = call.excinfo.getrepr(style="value")  # a traceback would lead through the laws, not through the tool
    _show_findings(report)
    harness = item.stash.get(_HARNESS, None)
    if call.when == "call" and (harness is not None or hasattr(getattr(item, "obj", None), "not_checked")):
        from autogen_harness.report.reminders import reminders_of

        report.harness_reminders = reminders_of(item, harness)  # type: ignore[attr-defined]  # pytest carries extra fields
    return report


def _show_findings(report: pytest.TestReport) -> None:
    """Findings are part of the failure: as a captured section they would go with --show-capture=no."""
    for section in [one for one in report.sections if one[0] == "Captured autogen-harness call"]:
        add = getattr(report.longrepr, "addsection", None)
        if add is not None:
            report.sections.remove(section)
            add("autogen-harness", section[1])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say once what was recorded, and what could not be checked; the story says that in its own place."""
    reports = [one for many in terminalreporter.stats.values() for one in many if hasattr(one, "harness_reminders")]
    if not reports:
        return
    from autogen_harness.report.reminders import gathered, recorded

    _tell(terminalreporter, "autogen-harness: recorded", recorded(reports))
    if not config.getoption("harness_story"):
        _tell(terminalreporter, "autogen-harness: not checked", gathered(reports))


def _tell(terminalreporter: Any, title: str, lines: list[str]) -> None:
    if lines:
        terminalreporter.section(title)
    for line in lines:
        terminalreporter.write_line(line)
