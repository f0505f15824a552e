# Nine words: install, demo, test, test-all, lint, format, bench, model, clean.
# PYTHON picks the interpreter, PROCESSES how many run the tests; everything is installed into .venv beside this file.

PYTHON ?= python3
# Tests wait for processes and sockets more than they compute, so one process more than two cores is the best.
PROCESSES ?= 3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install demo test test-all lint format bench model clean

install: $(STAMP)

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[models]" --group dev
	touch $(STAMP)

demo: install
	$(BIN)/python -m benchmarks.demo

# Tests start many processes; where Python may not write bytecode, each would compile the package anew.
test: install
	$(BIN)/python -m compileall -q codegraph
	$(BIN)/python -m pytest -q -n $(PROCESSES) --dist worksteal -m "not slow and not gpu"

test-all: install
	$(BIN)/python -m compileall -q codegraph
	$(BIN)/python -m pytest -q -n $(PROCESSES) --dist worksteal -m "not gpu" --timeout 1800

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install
	$(BIN)/python -m benchmarks.all

# Make the embedded model anew in PLACE, of one package in SHARE; training/README.md says what the steps are.
SHARE ?= 1
model: install
	$(BIN)/python -m training $(PLACE) --share $(SHARE)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
