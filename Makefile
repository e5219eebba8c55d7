# 直通车. Two commands do all the set-up: `make run` and `make test`.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run call test check explore bench docs pictures pins clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/ready ## start everything on this machine: Valkey, the hotlines, the pretend phone company
	@$(BIN)/python -m ivr demo

call: $(VENV)/ready ## dial from this terminal while `make run` is up: make call TO=+8677100000002
	@$(BIN)/python -m ivr.simulator call $(TO) --simulator http://127.0.0.1:$${DEMO_SIMULATOR_PORT:-8001}

test: check ## everything CI runs: lint, types, layers, then the tests
	@$(BIN)/python -m pytest

check: $(VENV)/ready-dev ## lint, types and layers only
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff --quiet . | head -40; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache > .lint-imports.log 2>&1 || { cat .lint-imports.log; exit 1; }

explore: $(VENV)/ready-dev ## drive the queue with chance for long, other sequences each time: make explore EXPLORE=500
	@EXPLORE=$(or $(EXPLORE),500) $(BIN)/python -m pytest tests/acd/test_state_machine.py

pictures: $(VENV)/ready-dev ## take pictures of every page, to be looked at, and make those of the documentation anew
	@$(BIN)/python -m tests.console.pictures $(or $(FOLDER),.data/pictures) docs/pictures

bench: $(VENV)/ready-dev ## measure: webhooks a second, operator ready to ring, bytes per call, a whole call, a crowd, the page
	@$(BIN)/python -m bench

docs: $(VENV)/ready ## draw docs/call-flow.md anew from the code
	@$(BIN)/python -m ivr.charts

pins: $(VENV)/ready-dev ## pin the newest versions of what pyproject.toml asks for, with hashes and without addresses
	@command -v uv > /dev/null || { echo "make pins needs uv, which is not among the pins: install it, for instance with pipx install uv" >&2; exit 1; }
	@set -e; for extra in "" aliyun dev; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    pyproject.toml $${extra:+--extra $$extra} -o requirements$${extra:+-$$extra}.txt; done

clean: ## forget the environment and the demo's data
	rm -rf $(VENV) .data

# The environment is built once, and again when a pin changes.
$(VENV)/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("直通车 needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what requirements.txt pins ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@printf '#!/bin/sh\ncd "$$(dirname "$$0")/../.." && exec .venv/bin/python -m ivr "$$@"\n' > $(BIN)/ivr && chmod +x $(BIN)/ivr
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@echo "installing what requirements-dev.txt pins ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
