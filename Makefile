# Everything a developer runs. Needs Python 3.11+, git and make; brings uv itself if it is missing.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup accelerator demo test check fuzz test-matrix bench format reference wheels clean

# The first Python that starts and is new enough to look for a better one (tools/pythons.py).
PYTHON = $(shell for python in python3 python python3.14 python3.13 python3.12 python3.11 \
	"$$HOME"/.pyenv/versions/*/bin/python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 \
	&& { echo "$$python"; break; }; done)
UV = $(or $(PYTHON),$(error no Python was found: install Python 3.11 or newer)) -m tools.bootstrap
RUN = $(UV) run --no-sync

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

setup: ## make .venv with every member, exactly as uv.lock says, and the accelerator where cargo is there
	@$(UV) sync --quiet --all-packages --all-extras --all-groups --frozen
	@$(RUN) python -m tools.accelerator

accelerator: ## the same, and say why where the kernels in Rust cannot be built
	@$(UV) sync --quiet --all-packages --all-extras --all-groups --frozen
	@$(RUN) python -m tools.accelerator --strict

demo: setup ## set up, then run a strategy on an embedded synthetic market, offline
	@$(RUN) rustybt demo

test: setup ## set up, then run all tests
	@$(RUN) pytest -q -n 2 --dist loadgroup

check: setup ## all that CI checks: format, lint, types, layers, secrets, licences, Rust, tests, coverage
	@$(RUN) python -m tools.check

fuzz: setup ## 100,000 random programs on both kernels, journals compared to the last digit
	@$(RUN) pytest -q -n 2 --hypothesis-profile=fuzz \
		packages/rustybt-core/tests/simulation/test_accelerated_laws_of_runs.py

test-matrix: setup ## the tests on every Python 3.11+ of this machine
	@$(RUN) python -m tools.test_matrix

bench: setup ## measure against other engines, each in an environment of its own
	@if [ -d benchmarks ]; then $(RUN) python -m benchmarks; else echo "There are no benchmarks yet."; fi

format: setup ## format the code and mend what ruff can mend
	@$(RUN) ruff format --quiet .
	@$(RUN) ruff check --quiet --fix .

reference: setup ## write docs/reference.md anew, from the docstrings
	@$(RUN) python -m tools.reference

wheels: setup ## build a wheel of every member into dist/
	@$(UV) build --quiet --all-packages --wheel --out-dir dist
	@$(RUN) python -m tools.accelerator --strict --copy-to dist

clean: ## remove what tools and builds left behind; .venv and .tools stay
	@rm -rf packages/rustybt-rs/target dist build .coverage .coverage.* .coverage.json htmlcov .venv-*
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find packages examples tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
