# The words of this project; `make help` lists them.
# Every word does its own set-up first: nothing but Python 3.11, git and make has to be installed, and nothing needs root.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Two workers, because that is what the smallest machine of ours has; one file stays on one worker, so that what
# a file starts (a server, a browser) is started once.
WORKERS ?= 2
SPREAD := -n $(WORKERS) --dist loadfile

# Set-up is stamped. A stamp is older than the lock it was made from only when there is something to do.
RUN := .venv/.ready-run
DEV := .venv/.ready-dev
BROWSER := .cache/browser/.ready
WORKSPACE := backstage/node_modules/.ready
PORTAL := .cache/portal/.ready
OLDEST := .cache/oldest/.ready
# A checkout that was moved or copied brings an environment that names its old place: its stamps count for nothing.
$(shell grep -qsF "$(CURDIR)/.venv" .venv/bin/activate || rm -f .venv/.ready-*)
LOCK := requirements/bootstrap.txt pyproject.toml tools/setup

.PHONY: help demo portal test faults assurance simulate fuzz portal-test plugin-test oldest-test plugin-scenes lint fix check own-assessment bench bench-ownership bench-portal docs lock clean

help: ## list these words
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1  \2/p' $(MAKEFILE_LIST)

demo: $(RUN) ## open a board with a made-up company, no account needed (ARGS="--once --json")
	@$(BIN)/callboard demo $(ARGS)

portal: $(DEV) $(PORTAL) ## open a small Backstage portal beside a made-up company (ARGS="--app app-legacy")
	@$(BIN)/python -m tools.portal $(ARGS)

test: $(DEV) $(BROWSER) ## run every test but the slow ones (ARGS="-k ownership")
	@$(PYTEST) $(SPREAD) -m "not slow and not portal and not oldest and not scenes" $(ARGS)

faults: $(DEV) $(BROWSER) ## run the slow end-to-end suites: crashes, races, long syncs
	@$(PYTEST) $(SPREAD) -m slow --timeout 900 $(ARGS)

assurance: $(DEV) $(BROWSER) ## run every test that tries a fault, an attack, a fuzz target or seeds, and write docs/assurance.md
	@$(PYTEST) $(SPREAD) -m "fault or attack or fuzz or seeds" --timeout 900 --assurance=docs/assurance.md $(ARGS)

simulate: $(DEV) ## live many lives of a board, each drawn from a seed, against a model of it (ARGS="--seed 4711")
	@$(BIN)/python -m tests.simulation $(ARGS)

fuzz: $(DEV) ## feed every reader with damaged input; what goes wrong is kept (ARGS="--seconds 60 --only yarn")
	@$(BIN)/python -m tests.fuzz $(ARGS)

portal-test: $(DEV) $(BROWSER) $(PORTAL) ## try the plugin in a real portal, in a real browser
	@$(PYTEST) -m portal --timeout 600 $(ARGS)

plugin-test: $(DEV) $(WORKSPACE) ## check the Backstage plugin: shapes, types, exports, style, unit tests
	@tools/plugin

oldest-test: $(DEV) $(BROWSER) $(OLDEST) ## try the plugin on the oldest Backstage release that it supports
	@tools/plugin oldest
	@$(PYTEST) -m oldest --timeout 600 $(ARGS)

plugin-scenes: $(DEV) $(BROWSER) $(WORKSPACE) ## look at the plugin in every state, in a browser (CALLBOARD_SCREENSHOTS=folder)
	@$(PYTEST) -m scenes --timeout 900 $(ARGS)

lint: $(DEV) ## check style, types, import contracts and forbidden words
	@$(BIN)/ruff check --output-format concise .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter
	@$(BIN)/python -m tools.check_words

fix: $(DEV) ## mend what lint can mend by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: lint test ## what has to pass before a change lands

own-assessment: $(DEV) ## judge Callboard by itself: its bill of materials, its packages, its portal and plugin
	@tools/own_assessment

bench: $(DEV) ## measure, each figure beside its own floor; prints one JSON document
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(DEV) ## write the generated reference pages anew
	@$(BIN)/python -m tools.reference $(ARGS)

bench-ownership: $(DEV) ## measure ownership and suggestions on an invented company; prints one JSON document
	@$(BIN)/python -m benchmarks.ownership $(ARGS)

bench-portal: $(DEV) $(BROWSER) $(PORTAL) ## measure the plugin in a real portal (ARGS=--from-nothing: set-up too); one JSON document
	@$(BIN)/python -m benchmarks.portal $(ARGS)

lock: $(DEV) ## compile the requirement files anew (ARGS=--upgrade takes newer versions)
	@tools/lock $(ARGS)

clean: ## remove everything that set-up and tests have made
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/browser/node_modules backstage/node_modules backstage/dist-types
	rm -rf backstage/packages/*/dist backstage/plugins/*/dist
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# What set-up says is for people, so it goes to stderr: stdout belongs to the command that was asked for.
$(RUN): requirements/run.txt $(LOCK)
	@tools/setup run >&2

$(DEV): requirements/run.txt requirements/dev.txt $(LOCK)
	@tools/setup dev >&2

$(BROWSER): tests/browser/package-lock.json tests/browser/unpack.mjs tools/setup | $(DEV)
	@tools/setup browser >&2

$(WORKSPACE): backstage/package-lock.json | $(DEV)
	@tools/setup workspace >&2

# The apps hold the plugin, so what changes it builds them anew; a change in Python alone does not.
PORTAL_FILES := $(shell git ls-files backstage/packages/app backstage/packages/app-legacy backstage/plugins/callboard/src backstage/plugins/callboard/config.d.ts) backstage/app-config.yaml
$(PORTAL): $(WORKSPACE) $(PORTAL_FILES) | $(DEV)
	@tools/setup portal >&2

# On another release, the rest of the workspace is another as well.
$(OLDEST): $(shell git ls-files backstage) | $(DEV)
	@tools/setup oldest >&2
