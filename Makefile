# Everything a newcomer types. `make` alone lists the targets.

# Interpreters to try, best first: the first that is 3.11 to 3.13 and can make environments is taken.
PYTHON ?= python3.13 python3.12 python3.11 python3
# Cases in the sample export that `make demo` and `make soak` write.
CASES ?= 290000
# Of `make soak`: what is drawn by chance is drawn from this; and how long parts are killed.
SEED ?= 1
MINUTES ?= 10
# `make demo PREFECT=1` runs the import as a Prefect flow run.
PREFECT ?= 0
# Processes that `make test` shares the test files among; each starts a PostgreSQL of its own.
JOBS ?= 2
# Address of an index of packages that `make audit` asks about known faults, too.
INDEX ?=
# More words for pytest or the benchmarks: `make test ARGS="tests/unit -x"`.
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input

# An environment knows its own path and interpreter: when the tree was moved or copied, or Python is gone, it is made anew.
# One behind a link belongs to somebody else: it is never emptied.
STALE := $(shell if test -e $(VENV)/pyvenv.cfg && ! test -h $(VENV); then \
	$(BIN)/python -c pass 2>/dev/null || { echo stale; exit; }; \
	grep -q '^command = ' $(VENV)/pyvenv.cfg && ! grep -qF " $$(pwd -P)/$(VENV)" $(VENV)/pyvenv.cfg && echo stale; fi)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

.PHONY: help
help: ## list the targets
	@echo 'caseline: make TARGET'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target text; do \
		printf '%-14s %s\n' "$$target" "$$text"; done

# ------------------------------------------------------------------------------------------------------ environment

.PHONY: install stale
install: $(VENV)/.run ## make .venv from the lock file, if it is not there yet
	@echo 'Ready: $(BIN)/caseline --help'

$(VENV)/pyvenv.cfg: $(if $(STALE),stale)
	@if test -h $(VENV); then echo '$(VENV) is a link to an environment that is not there: make that one, or remove the link' >&2; exit 1; fi; \
	unfit=; \
	for python in $(PYTHON); do \
		"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue; \
		if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
			echo "Making $(VENV) with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear $(VENV); \
		fi; \
		unfit=$$python; \
	done; \
	if test -n "$$unfit"; then \
		version=$$("$$unfit" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "$$unfit cannot make environments: its venv module is not installed." >&2; \
		echo "On Debian or Ubuntu run as root: apt-get install python$$version-venv" >&2; \
	else \
		echo "caseline needs Python 3.11, 3.12 or 3.13; none of these is one: $(PYTHON)" >&2; \
		echo "Install one (Debian 12 or Ubuntu 24.04, as root: apt-get install python3 python3-venv)" >&2; \
		echo "or say where it is: make install PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1

$(VENV)/.run: $(VENV)/pyvenv.cfg pyproject.toml requirements.lock
	@echo 'Installing caseline into $(VENV) (only when the lock file is new; a minute or two)'
	@$(PIP) install --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo 'Installing the tools for tests and checks'
	@$(PIP) install --requirement requirements-dev.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.run requirements-bench.lock
	@echo 'Installing the competitors for the benchmarks'
	@$(PIP) install --requirement requirements-bench.lock
	@touch $@

$(VENV)/.audit: $(VENV)/.dev requirements-audit.lock
	@echo 'Installing the tools for the audit'
	@$(PIP) install --requirement requirements-audit.lock
	@touch $@

# ------------------------------------------------------------------------------------------------------------- use

.PHONY: demo bench
demo: $(VENV)/.run ## import a sample export (CASES=20000 for a short one, PREFECT=1 through Prefect)
	@$(BIN)/caseline demo --cases $(CASES) $(if $(filter-out 0,$(PREFECT)),--prefect)

bench: $(VENV)/.bench ## measure the import against its competitors (TEXTS=FOLDER: dictionaries learned from real texts)
	@$(BIN)/python -m benchmarks $(if $(TEXTS),keywords --texts "$(TEXTS)") $(ARGS)

# ---------------------------------------------------------------------------------------------------------- checks

.PHONY: test test-browser test-long proof soak check audit licences migrations texts format
test: $(VENV)/.dev ## run the tests, without the long ones and those that need a browser
	@$(BIN)/python -m pytest -m 'not long and not browser and not proof' --numprocesses $(JOBS) --dist loadfile $(ARGS)

test-browser: $(VENV)/.dev ## run the tests that need a browser (TEST_SLOW_LINE=1: every answer comes late by chance)
	@$(BIN)/python -m pytest -m browser --numprocesses $(JOBS) --dist loadfile $(ARGS)

test-long: $(VENV)/.dev ## run the long tests: killed processes, big files, a real browser
	@$(BIN)/python -m pytest -m 'long or browser' --numprocesses $(JOBS) --dist loadfile $(ARGS)

proof: $(VENV)/.dev ## run what takes many minutes: every boundary sign of the rules of time is turned
	@$(BIN)/python -m pytest -m proof $(ARGS)

soak: $(VENV)/.dev ## run everything under load while its parts are killed, and judge what came of it (SEED=1 MINUTES=10 CASES=290000)
	@$(BIN)/python -m soak run --seed $(SEED) --minutes $(MINUTES) --cases $(CASES) $(ARGS)

check: $(VENV)/.dev ## check format, lint, types, import contracts and migrations
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory migrations

audit: $(VENV)/.audit ## look for weak spots in the code and known faults of packages; licences of dependencies
	@$(BIN)/python -m checks $(if $(INDEX),--index '$(INDEX)')

licences: $(VENV)/.audit $(VENV)/.bench ## write docs/licences.md anew, after `make lock`
	@$(BIN)/python -m checks licences

# In a home of its own: a check must neither touch nor start the database of whoever runs it.
migrations: $(VENV)/.run ## check that the migrations and the tables in the code agree
	@unset CASELINE_DATABASE_URL CASELINE_DATABASE_URL_FILE; \
	CASELINE_HOME=$$(mktemp -d) && export CASELINE_HOME && chmod 755 "$$CASELINE_HOME" && \
	$(BIN)/caseline db check-migrations; status=$$?; \
	$(BIN)/caseline db stop >/dev/null; rm -rf "$$CASELINE_HOME"; exit $$status

texts: $(VENV)/.dev ## gather the texts of pages for translation into caseline/web/texts/ru.po
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract --mapping caseline/web/texts/babel.cfg --keywords say --keywords count:1,2 \
		--keywords later --no-location --sort-output --output build/texts.pot caseline/web
	@$(BIN)/pybabel --quiet update --input-file build/texts.pot --output-file caseline/web/texts/ru.po --locale ru \
		--no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap

format: $(VENV)/.dev ## put the code into its standard form
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix --quiet

# ------------------------------------------------------------------------------------------------------------ care

# Made on the oldest Python that we support. Two packages are asked for by other Pythons only, so they are named here.
LOCK := build/lock
FREEZE := $(LOCK)/bin/python -m pip freeze --all --exclude pip --exclude caseline

.PHONY: lock clean
lock: ## pin the newest versions that fit pyproject.toml, with python3.11
	@rm -rf $(LOCK) && mkdir -p build
	@echo 'Resolving (a few minutes)'
	@python3.11 -m venv $(LOCK)
	@$(LOCK)/bin/python -m pip install -qq --upgrade pip
	@$(LOCK)/bin/python -m pip install -qq --upgrade setuptools wheel 'async-timeout>=4.0.3' 'whenever>=0.7.3,<0.11' .
	@$(FREEZE) | sed -e '/^async-timeout==/s/$$/ ; python_full_version < "3.11.3"/' \
		-e '/^whenever==/s/$$/ ; python_version >= "3.13"/' > requirements.lock
	@$(FREEZE) > build/run.txt
	@$(LOCK)/bin/python -m pip install -qq '.[dev]' && $(FREEZE) > build/dev.txt
	@grep -vxFf build/run.txt build/dev.txt > requirements-dev.lock
	@$(LOCK)/bin/python -m pip install -qq '.[audit]' && $(FREEZE) | grep -vxFf build/dev.txt > requirements-audit.lock
	@$(LOCK)/bin/python -m pip uninstall -qq --yes --requirement requirements-audit.lock
	@$(LOCK)/bin/python -m pip install -qq '.[bench]' && $(FREEZE) | grep -vxFf build/dev.txt > requirements-bench.lock
	@rm -rf build

clean: ## remove .venv and everything else that make and the tools wrote
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
