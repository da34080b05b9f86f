# make demo        the whole main job on the embedded city; needs Python >= 3.11 and nothing else
# make app         the screens, on http://127.0.0.1:8501
# make test        every check and every test;  make fast: the tests of about a minute
# make check       style, types, layers;  make format: put the style right
# make screenshots the pictures in docs/screenshots;  make dist: wheel and sdist;  make clean

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo app check format fast test screenshots dist browser clean

BIN := .venv/bin
# The first Python that is new enough; `make PYTHON=/path/to/python` overrides it.
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3 python,\
	$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
INSTALL = $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)
# Published benchmark cases lie beside the checkout on machines that have them.
export SUPPLIES_CASES ?= $(abspath $(wildcard ../shared/cases))
ROOT_APT := $(shell [ "$$(id -u)" = 0 ] && command -v apt-get || true)

help:
	@sed -n '1,6s/^# //p' Makefile

# One environment; the two stamps say what is in it and are made again when pyproject.toml changes.
$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Python >= 3.11 was not found; install it or run: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "making .venv with $$($(PYTHON) --version)"
	@$(if $(UV),uv venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv,\
	$(PYTHON) -m venv .venv || { rm -rf .venv; $(if $(ROOT_APT),\
	apt-get -qq update && apt-get -qq install -y python3-venv >/dev/null && $(PYTHON) -m venv .venv,\
	echo "python venv failed: install the package python3-venv and repeat" >&2; exit 2); })

.venv/.run-ready: pyproject.toml | $(BIN)/python
	@echo "installing what the program needs (once; some minutes)"
	@$(INSTALL) -e .
	@touch $@

.venv/.test-ready: pyproject.toml | $(BIN)/python
	@echo "installing what the program and its tests need (once; some minutes)"
	@$(INSTALL) -e '.[test]'
	@touch $@ .venv/.run-ready

demo: .venv/.run-ready
	@$(BIN)/supplies demo

app: .venv/.run-ready
	@$(BIN)/supplies app

check: .venv/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.test-ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fast: .venv/.test-ready
	$(BIN)/pytest -q -n 2

# Slow tests and the browser come last, in one run, so that the closing line counts everything;
# a PostgreSQL server lives for as long as the run does.
test: check browser
	.ci/postgres with $(BIN)/pytest -q -m "not bench" --durations=10

# Debian's Chromium and Chinese fonts for the walk through the screens; without them it is skipped.
browser: .venv/.test-ready
	@if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then :; \
	elif [ -n "$(ROOT_APT)" ]; then \
	  echo "installing chromium and Chinese fonts (once)"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
	    chromium fonts-noto-cjk fontconfig >/dev/null 2>&1; } || echo "could not install chromium: the browser tests are skipped"; \
	else echo "no chromium with Chinese fonts, and no right to install it: the browser tests are skipped"; fi

screenshots: .venv/.test-ready browser
	$(BIN)/python -m tests.e2e.screenshots

dist: .venv/.test-ready
	$(BIN)/python -m build --outdir dist .

clean:
	rm -rf .venv out dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
