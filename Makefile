# Everything runs in .venv, made from the hash-pinned requirements.lock. `make help` lists the targets.

SHELL := /bin/bash
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$each"; break; }; done)
BIN := .venv/bin
STAMP := .venv/.installed
# The index of the person who locks must not shape the lock: hashes come from the default index.
LOCKING := env PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= CUSTOM_COMPILE_COMMAND="make lock"

BENCHES := $(filter-out bench/adapters.py,$(wildcard bench/[a-z]*.py))

# Each worker starts a Postgres of its own. One server for all would let no test read the change feed while another's transaction is open.
IN_PARALLEL := --numprocesses=auto --maxprocesses=4 --no-loadscope-reorder

.PHONY: help setup demo up test lint chaos bench soak lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: $(STAMP)  ## make .venv

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Dateline needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Dateline needs Python 3.11 or newer, and $(PYTHON) is not that" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module: install it (Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@echo "Making .venv with $$("$(PYTHON)" --version) from requirements.lock"
	@"$(PYTHON)" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP)  ## the whole pipeline on the simulated press, offline; ONCE=1 ends after the first drain with a scorecard
	@$(BIN)/dateline demo $(if $(filter 1,$(ONCE)),--once)

up: $(STAMP)  ## the whole pipeline on the real outlets of sources.toml
	@$(BIN)/dateline up

test: $(STAMP)  ## the test suite; DATELINE_TEST_DATABASE_URL runs it on a Postgres of yours
	@$(BIN)/python -m pytest -m "not chaos" $(if $(DATELINE_TEST_DATABASE_URL),,$(IN_PARALLEL)) $(ARGS)

lint: $(STAMP)  ## ruff, mypy, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy -m bench.adapters
	@cd bench && MYPYPATH=.. ../$(BIN)/mypy --config-file ../pyproject.toml -p support $(BENCHES:bench/%.py=-m %)
	@$(BIN)/lint-imports

chaos: $(STAMP)  ## kill everything, many times, and count what is lost or doubled (minutes)
	@$(BIN)/python -m pytest -m chaos --timeout=3600 $(ARGS)

bench: $(STAMP)  ## every benchmark but the soak: each prints one table and writes bench/results/*.json
	@set -e; for file in $(filter-out bench/soak.py,$(BENCHES)); do $(BIN)/python "$$file"; done

soak: $(STAMP)  ## two hours of steady work: do memory, file descriptors or connections grow? (ARGS="--minutes 10" for less)
	@$(BIN)/python bench/soak.py $(ARGS)

lock:  ## renew requirements.lock from pyproject.toml; run it with the oldest Python we support
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "make lock needs Python 3.11: make lock PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check 'pip-tools>=7.6,<8'
	@$(LOCKING) .venv-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --extra dev --extra lock --all-build-deps \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options $(ARGS) --output-file requirements.lock pyproject.toml
	@rm -rf .venv-lock

clean:  ## remove .venv, the data folder, and what root's embedded Postgres keeps in the system's temporary space
	@test ! -x $(BIN)/python || $(BIN)/python -c 'import shutil; from pipeline.store.cluster import temporary_home; shutil.rmtree(temporary_home(), ignore_errors=True)'
	@rm -rf .venv .venv-lock data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache ./*.egg-info
