# The two commands of the README, and what stands behind them. Everything lives in .venv; a second run installs nothing.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/installed
PATTERNS := synchronous asynchronous callback chained error_handled combined nested
SHOWN := $(PATTERNS) recorded

# Thousands of processes read the same modules: let Python keep what it compiled, also where an image tells it not to.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint bench bench-llm bench-http bench-contracts fidelity defects compat compat-short clean

demo: $(STAMP)
	@$(RUN) -m pytest --harness-story -q -p no:cacheprovider -p no:randomly $(addprefix examples/,$(SHOWN))

test: $(STAMP) lint
	$(RUN) -m pytest -q -n auto --dist worksteal

lint: $(STAMP)
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(RUN) -m mypy examples

bench: $(STAMP)
	$(RUN) benchmarks/run.py

# Other doubles of a model, asked the same questions: writes the table of docs/llm.md. Each in an environment of its own under .venvs.
bench-llm:
	$(PYTHON) benchmarks/llm/run.py

# Other cassettes, the same requests: writes the tables of docs/cassettes.md.
bench-http:
	$(PYTHON) benchmarks/http/run.py

# Other ways to test tools, on the tools with known defects: writes the table of docs/contracts-how.md.
bench-contracts:
	$(PYTHON) benchmarks/contracts/run.py

# Replay held against live, for every driver and other recorders: writes the table of docs/clients.md.
fidelity:
	$(PYTHON) benchmarks/http/fidelity.py

# Tools with known defects, and the laws that find them: writes the tables of docs/contracts-how.md.
defects: $(STAMP)
	$(RUN) tests/defects/writing.py

# Other AutoGen lines, other Pythons, other plugins: each in an environment of its own under .venvs.
compat:
	$(PYTHON) tests/compat/run.py

compat-short:
	$(PYTHON) tests/compat/run.py --short

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[dev,classic]'
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .venvs
