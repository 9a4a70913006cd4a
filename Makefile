# The only door: every job of the project starts here. Needs Python 3.11+ and make; everything else is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out

.PHONY: help demo serve pictures test lint format bench evaluate lock schemas system clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/base ## the whole way on an invented county: Excel ledgers in, five debrief reports out, under out/
	$(BIN)/shuzhi demo --out $(OUT)

serve: $(VENV)/base $(VENV)/web ## the office in a browser with the demonstration county; DATABASE_URL names another database
	$(BIN)/shuzhi serve --demo

pictures: $(VENV)/dev $(VENV)/web system ## take the pictures of every page anew, docs/pictures
	$(BIN)/python -m tools.pictures

test: $(VENV)/dev $(VENV)/web system ## all tests, on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/dev ## style, types, floors, definitions
	$(BIN)/ruff check src tests benchmarks evaluation
	$(BIN)/ruff format --check src tests benchmarks evaluation
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shuzhi catalogue check
	$(BIN)/shuzhi catalogue test

format: $(VENV)/dev ## format the code
	$(BIN)/ruff format src tests benchmarks evaluation
	$(BIN)/ruff check --fix src tests benchmarks evaluation

bench: $(VENV)/dev ## speed and memory, as ratios to baselines measured in the same run
	$(BIN)/python -m benchmarks

evaluate: $(VENV)/dev ## how well drafts are checked: known figures and planted errors, development and held-out set
	$(BIN)/python -m evaluation

schemas: $(VENV)/dev ## JSON Schemas of the definitions, for editors
	$(BIN)/shuzhi catalogue schemas

lock: $(VENV)/dev ## renew the locked dependencies
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --upgrade --output-file requirements/base.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --upgrade --output-file requirements/dev.lock

system: ## LibreOffice, poppler and Chromium, for the tests that open our documents with them
	@tools/install-system.sh

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Set PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/base: $(VENV)/python requirements/base.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/dev: $(VENV)/base requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/web: $(VENV)/python package-lock.json tools/install-web.sh
	@tools/install-web.sh $(BIN)
	@touch $@

clean: ## remove what was made, but not .venv
	rm -rf $(OUT) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
