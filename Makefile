# Every target sets itself up: only Python ≥ 3.11, git and make are needed on the machine.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
CITY ?= demo-city
STAMP := .venv/.ready
.DEFAULT_GOAL := help
.PHONY: help setup demo test check check-fast picture bench format lock clean docs system-packages web web-dev web-check web-format web-api

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## Make .venv with everything that the lock names, and .venv/bin/cityloop

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.13,<0.14"
	@$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python requirements.lock
	@CITYLOOP_SKIP_UI=1 $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

system-packages: ## Install the Debian packages that tests need (PostgreSQL, Chromium, a Chinese font), where it may
	@bash .ci/system-packages postgresql:/usr/lib/postgresql chromium:/usr/bin/chromium \
	  fonts-noto-cjk:/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

demo: setup web ## Build the fictional city, load it, close the loop once, then serve it
	$(BIN)/cityloop --city $(CITY) demo

test: setup system-packages ## Run everything that guards main: check-fast, the built pages, the whole test suite with a browser
	@$(MAKE) --no-print-directory check-fast web
	$(BIN)/pytest -q --ignore=tests/browser
	$(BIN)/pytest -q tests/browser  # by itself: a browser's event loop bars those of other tests in its process

check-fast: setup ## Format, lint, types, import contracts and budgets, also of the web pages (< 60 s)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/pytest -q tests/structure
	@$(MAKE) --no-print-directory web-check

web: setup ## Build the web pages when they changed (Node comes from PyPI)
	@$(BIN)/python web/build.py

web-dev: setup ## Serve the web pages with hot reload on :8322, beside a running demo
	@$(BIN)/python web/build.py exec vite

web-check: setup ## Check the web pages: Biome, types, unit tests, API types; quick when nothing changed
	@$(BIN)/python web/build.py check

web-format: setup ## Format the web pages and mend what can be mended
	@$(BIN)/python web/build.py exec biome check --write .

web-api: setup ## Make web/src/api/schema.d.ts anew from the server's OpenAPI
	@$(BIN)/python web/build.py exec node scripts/api.mjs

check: test ## The same as test

docs: setup ## Write docs/reference anew from the code
	@$(BIN)/python docs/reference/write.py

picture: setup web ## Take the picture of README anew
	CITYLOOP_PICTURE=docs/pictures/overview.jpg $(BIN)/pytest -q -n0 tests/browser/test_overview.py

bench: setup ## Measure everything in small, then one line per bar: met or missed (minutes)
	$(BIN)/python bench/all.py

format: setup ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup ## Compile requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet pyproject.toml --extra postgres --group dev --universal --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --output-file requirements.lock

clean: ## Remove what was built
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
