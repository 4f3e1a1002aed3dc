# Every verb there is; CI has none of its own. `make` prints them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 := 1

.PHONY: help
help:  ## print this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: install
install: .venv/installed  ## make the locked environment in .venv

# --no-deps: the lock names everything, so there is nothing left to resolve.
.venv/installed: requirements.lock pyproject.toml
	@echo "installing the locked environment into .venv (a minute or two, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: install  ## a fictional county from its deliveries to published numbers, through Airflow
	@$(BIN)/onecard demo

.PHONY: test
test: install  ## everything that must hold, on a real PostgreSQL, dbt and Airflow
	@$(BIN)/python -m pytest --numprocesses auto

.PHONY: bench
bench: install  ## measure, as ratios against baselines of the same run; writes docs/benchmarks.md
	@$(BIN)/python -m benchmarks

.PHONY: check
check: install  ## format, lint (Python, SQL, YAML), types, derived files, DAGs; reports every failure
	@failed=0; \
	run() { echo "== $$*"; "$$@" || failed=1; }; \
	run $(BIN)/ruff format --check --quiet .; \
	run $(BIN)/ruff check --quiet .; \
	run $(BIN)/mypy; \
	run $(BIN)/sqlfluff lint --nocolor --processes 2 dbt_project/models dbt_project/tests; \
	run $(BIN)/yamllint --strict .; \
	run $(BIN)/onecard generate --check; \
	run $(BIN)/python -m pytest tests/dags/test_dag_files.py; \
	exit $$failed

.PHONY: format
format: install  ## put Python and SQL into the project's format
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/sqlfluff fix --nocolor --quiet dbt_project/models dbt_project/tests

.PHONY: generate
generate: install  ## write the files that derive from contracts and indicator definitions
	@$(BIN)/onecard generate

.PHONY: up
up: install  ## start the embedded warehouse
	@$(BIN)/onecard up

.PHONY: down
down:  ## stop everything that runs
	@test ! -x $(BIN)/onecard || $(BIN)/onecard down

.PHONY: lock
lock: install  ## resolve requirements.in anew into requirements.lock (hashes, no addresses)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header requirements.in --output-file requirements.lock
