"""The command ``serve``: scripts for programs that know nothing of the harness, and a verdict at their end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest

from autogen_harness.server import ScriptServer
from autogen_harness.serving import greeting

SCRIPT = """\
format: autogen-harness-script/1
turns:
  - {call: get_price, args: {ticker: NVDA}}
  - say: "NVDA trades at ${get_price.current_price}. TERMINATE"
"""
OTHER = """\
format: autogen-harness-script/1
agents:
  planner: [{say: a plan}]
  writer: [{say: a text}]
"""
CHAT = """\
import json, os, sys, urllib.request

def ask(messages, key=os.environ["OPENAI_API_KEY"]):
    parameters = {"type": "object", "properties": {"ticker": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "get_price", "parameters": parameters}}
    body = json.dumps({"model": "gpt-4o", "messages": messages, "tools": [tool]}).encode()
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    request = urllib.request.Request(url, body, {"Authorization": "Bearer " + key})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["choices"][0]["message"]

asked = [{"role": "user", "content": "hi"}]
"""
WHOLE = (
    CHAT
    + """
called = ask(asked)
(made,) = called["tool_calls"]
said = {"role": "tool", "tool_call_id": made["id"], "content": '{"current_price": 905.5}'}
print(ask([*asked, {"role": "assistant", "content": None, "tool_calls": [made]}, said])["content"])
"""
)
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "COV"))}


def serve(folder, *arguments, program=None):
    """Run the command in ``folder``; ``program`` is what it runs."""
    (folder / "chat.yaml").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "autogen_harness", "serve", *(arguments or ["chat.yaml"])]
    if program is not None:
        (folder / "program.py").write_text(program, encoding="utf-8")
        command += ["--run", sys.executable, "program.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=60)


def test_a_program_is_run_and_judged(tmp_path):
    """It finds the script by its environment; what it prints is its own."""
    done = serve(tmp_path, program=WHOLE)
    assert (done.returncode, done.stdout) == (0, "NVDA trades at 905.5. TERMINATE\n"), done.stderr
    assert "chat: clean (turns played: 2, requests: 2, attempts: 2)" in done.stderr


@pytest.mark.parametrize(
    ("program", "code", "says"),
    [
        (CHAT + "ask(asked)", 1, "turns-left: the chat ended and the script has 1 turn left"),
        (CHAT + "ask(asked)\nsys.exit(3)", 3, "the program ended with exit code 3"),
        (WHOLE + "ask(asked)", 1, "script-exhausted: (no agent) asked the model once more"),
        (WHOLE + "ask(asked, 'harness-nobody')", 1, "there is no script 'nobody'; the server has 'chat'"),
        (CHAT + "os.kill(os.getpid(), 9)", 137, "the program ended with exit code 137\nchat: no findings until then"),
    ],
    ids=["turns are left", "the program fails", "the script is exhausted", "nobody's key", "the program is killed"],
)
def test_the_exit_code_is_the_verdict(tmp_path, program, code, says):
    """Findings come first; then what the program itself says of its end."""
    done = serve(tmp_path, program=program)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing.yaml"], "there is no script 'nothing.yaml'"),
        (["broken.yaml"], "broken.yaml:2:9"),
        (["chat.yaml", "--host", "0.0.0.0"], "--allow-remote"),
        (["chat.yaml", "chat.yaml"], "a script 'chat' already"),
        (["chat.yaml", "--run", "no-such-program"], "'no-such-program' cannot be started"),
        (["chat.yaml", "--run"], "--run names no command"),
        (["chat.yaml", "--port", "99999"], "give another port"),
        (["chat.yaml", "--dialect", "azur"], "invalid choice: 'azur'"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_cannot_be_judged(tmp_path, arguments, says):
    """Exit code 2, and one sentence."""
    (tmp_path / "broken.yaml").write_text("format: autogen-harness-script/1\nturns: [{sya: hi}]\n", encoding="utf-8")
    done = serve(tmp_path, *arguments)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr


@pytest.fixture
def start(tmp_path):
    """``start("chat.yaml", ...)`` runs the command in the background: the process, and what its lines for a shell set."""
    (tmp_path / "chat.yaml").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "team.yaml").write_text(OTHER, encoding="utf-8")
    running = []

    def run(*arguments):
        command = [sys.executable, "-m", "autogen_harness", "serve", *arguments]
        pipe = subprocess.PIPE
        running.append(
            subprocess.Popen(command, cwd=tmp_path, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT)
        )
        lines = [running[-1].stdout.readline() for _ in range(2)]
        return running[-1], dict(line.removeprefix("export ").rstrip().split("=", 1) for line in lines)

    yield run
    for one in running:
        one.kill()
        one.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_brings_the_verdict(start, number):
    """It waits for it, and says what is left."""
    process, _ = start("chat.yaml")
    process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, "turns-left" in out) == (1, True)


def test_once_ends_with_the_last_turn(start):
    """The last answer still arrives. Two scripts, told apart by key; agents of one as well."""
    process, env = start("chat.yaml", "team.yaml", "--once")
    program = WHOLE + "print([ask(asked, f'harness-team:{agent}')['content'] for agent in ('writer', 'planner')])\n"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**ENVIRONMENT, **env}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "['a text', 'a plan']"
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out.count("clean")) == (0, 2)


def test_a_program_that_does_not_end_is_ended_with_the_command(start):
    """SIGTERM reaches it, and the verdict comes."""
    process, _ = start("chat.yaml", "--run", sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(600)")
    while process.stdout.readline() != "begun\n":
        pass
    process.terminate()
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, "the program ended with exit code 143" in out) == (143, True)


AUTOGEN = '''
import autogen

def get_price(ticker: str) -> str:
    """Price of a stock."""
    import json
    return json.dumps({"symbol": ticker, "current_price": 905.5})

user = autogen.UserProxyAgent(
    "user", human_input_mode="NEVER", code_execution_config=False,
    is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""),
)
analyst = autogen.AssistantAgent("analyst", llm_config={"config_list": [{"model": "gpt-4o"}], "cache_seed": None})
autogen.register_function(get_price, caller=analyst, executor=user, description="Price of a stock")
chat = user.initiate_chat(analyst, message="What is NVIDIA's price?")
assert chat.chat_history[-1]["content"] == "NVDA trades at 905.5. TERMINATE", chat.chat_history
'''


@pytest.mark.skipif(not (find_spec("openai") and find_spec("autogen")), reason="needs AutoGen and the openai package")
def test_an_autogen_program_that_knows_nothing_of_the_harness(tmp_path):
    """But OPENAI_BASE_URL: its agents, its client, its tool are all real."""
    done = serve(tmp_path, program=AUTOGEN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "chat: clean (turns played: 2, requests: 2, attempts: 2)" in done.stderr


GROUP_SCRIPT = """\
format: autogen-harness-script/1
agents:
  planner: [{say: "Ask the writer."}, {say: "Good. TERMINATE"}]
  writer: [{say: A text.}]
selector: [{say: planner}, {say: writer}, {say: planner}]
summary: [{say: They wrote a text.}]
"""
GROUP = """
import os
import autogen

def config(agent):
    entry = {"model": "gpt-4o", "api_key": os.environ["OPENAI_API_KEY"] + ":" + agent}
    return {"config_list": [entry], "cache_seed": None}

ends = lambda m: "TERMINATE" in (m.get("content") or "")
user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, is_termination_msg=ends)
agents = [autogen.AssistantAgent(name, llm_config=config(name)) for name in ("planner", "writer")]
chat = autogen.GroupChat([user, *agents], [], max_round=8, allow_repeat_speaker=True)
manager = autogen.GroupChatManager(chat, llm_config=config("manager"), is_termination_msg=ends)
done = user.initiate_chat(manager, message="Write.", summary_method="reflection_with_llm")
assert done.summary == "They wrote a text.", done.summary
assert [m["name"] for m in chat.messages] == ["user", "planner", "writer", "planner"], chat.messages
"""


@pytest.mark.skipif(not (find_spec("openai") and find_spec("autogen")), reason="needs AutoGen and the openai package")
def test_a_group_chat_whose_agents_have_keys_of_their_own(tmp_path):
    """Speaker selection and summary are known by AutoGen's own prompts."""
    (tmp_path / "group.yaml").write_text(GROUP_SCRIPT, encoding="utf-8")
    done = serve(tmp_path, "group.yaml", program=GROUP)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "group: clean (turns played: 7, requests: 7, attempts: 7)" in done.stderr


def test_the_command_leaves_no_file(tmp_path):
    """Nothing is written where it runs."""
    serve(tmp_path, program=WHOLE)
    assert {path.name for path in Path(tmp_path).iterdir()} == {"chat.yaml", "program.py"}


@pytest.mark.skipif(which("sh") is None, reason="there is no shell")
def test_what_it_prints_is_for_the_eval_of_a_shell():
    """Whatever the file is called."""
    with ScriptServer() as server:
        run = server.script("a b's $HOME")
        told = subprocess.run(
            ["sh", "-c", "\n".join([*greeting([run]), 'printf %s "$OPENAI_API_KEY"'])],
            capture_output=True,
            text=True,
            check=True,
        )
    assert told.stdout == run.key
