# Everything a developer or a CI machine runs. Needs Python 3.11 or later, pip, git and make.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin

.PHONY: plan demo test check fit clean

## dry-run the example run spec: no network, no key
plan: $(VENV)/.installed
	$(BIN)/token-budget plan examples/self-improvement-run.json

## a phase of 12 files, cut off twice, completed and applied: no network, no key
demo: $(VENV)/.installed
	$(BIN)/python -m benchmarks.demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

## lint, format and types
check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

## fit the shipped prior again: make fit HISTORY="phases/*.jsonl.gz"
fit: $(VENV)/.installed-dev
	$(BIN)/python -m estimators.fit --history $(HISTORY)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "token-budget needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.installed
