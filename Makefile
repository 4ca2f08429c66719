# The desk's commands. `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
PYTEST_WORKERS ?= 2
PYTEST = $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup
CATALOGUES := $(wildcard config/locale/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.PHONY: help run test test-processes test-browser lint format bench bench-browser screenshots faults locks translations messages clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: $(VENV)/local.stamp messages ## Start the whole desk on this machine: database, web, bot, worker, simulator
	@$(BIN)/python manage.py up

test: $(VENV)/dev.stamp messages ## Run the tests, on the real PostgreSQL and Valkey
	$(PYTEST) -m "not browser and not processes and not campaign"

test-processes: $(VENV)/dev.stamp messages ## Run the tests that start whole programs: bot, web, the desk
	$(PYTEST) -m "processes and not campaign"

test-browser: $(VENV)/dev.stamp messages ## Run the tests of screens in Chromium, where it is found
	$(PYTEST) -m "browser and not campaign"

lint: $(VENV)/dev.stamp messages ## Check style, types, layers, templates, JavaScript, migrations, translations, deployment
	$(BIN)/python -m tests.lint

format: $(VENV)/dev.stamp ## Rewrite Python, templates and JavaScript in the house style
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	$(BIN)/djlint templates --reformat --quiet || true
	$(BIN)/deno fmt --quiet static/miniapp static/simulator

bench: $(VENV)/dev.stamp messages ## Measure what docs/performance.md promises
	$(BIN)/python -m tests.benchmarks

bench-browser: $(VENV)/dev.stamp messages ## Measure the Mini App's budgets in Chromium (NAMES="start inbox" for some)
	$(BIN)/python -m tests.benchmarks.browser $(NAMES)

screenshots: $(VENV)/dev.stamp messages ## Take the README's pictures of a demo desk anew (NAMES="..." for some)
	$(BIN)/python -m tests.screenshots $(NAMES)

faults: $(VENV)/dev.stamp messages ## The long campaign: kills, restarts, losses, loads and stories over real processes
	$(BIN)/python -m pytest -n 0 -m campaign tests

translations: $(VENV)/dev.stamp ## Collect new texts into the catalogues of config/locale
	$(BIN)/python manage.py makemessages --all --no-location --no-obsolete --no-wrap --ignore .venv --ignore tests

messages: $(CATALOGUES:.po=.mo)

%.mo: %.po $(VENV)/local.stamp
	@$(BIN)/python -m config.translations $< $@

locks: $(VENV)/uv.stamp ## Compile requirements/*.in into hashed locks
	for name in uv base local dev; do \
		$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

clean: ## Remove the environment and everything built (keeps .data)
	rm -rf $(VENV) collected_static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/uv.stamp: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/local.stamp: $(VENV)/uv.stamp requirements/local.txt
	@test -e $(VENV)/dev.stamp || { echo "Installing what the desk needs (once)..." && $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/local.txt; }
	@touch $@

$(VENV)/dev.stamp: $(VENV)/uv.stamp requirements/dev.txt
	@echo "Installing what tests and linters need (once)..."
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/local.stamp
