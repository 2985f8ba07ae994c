# The commands everyone uses. `make demo` and `make test` each set everything up first, on a bare machine too.
# What was set up is remembered in the environment, under the hash of the file it was made from.

# For the service alone, without what only building and testing needs: make setup LOCK=requirements.lock
LOCK    := requirements-dev.lock
VENV    := .venv
BIN     := $(VENV)/bin
MADE    := $(VENV)/.made-$(shell cat requirements-uv.lock requirements-build.lock | sha256sum | cut -c1-16)
LOCKED  := $(VENV)/.locked-$(shell sha256sum < $(LOCK) | cut -c1-16)
PROJECT := $(VENV)/.project-$(shell sed '/^\[tool\.ruff/,$$d' pyproject.toml | sha256sum | cut -c1-16)
COMPILE  = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
           --no-emit-index-url

.PHONY: help setup demo test lint format lock cassettes bench fuzz simulate properties mutants shots clean

help:
	@echo "make demo     set up, then show the whole program on a made-up practice"
	@echo "make test     set up, lint, and run all tests"
	@echo "make lint     ruff, mypy --strict and the architecture test"
	@echo "make format   let ruff put the code into form"
	@echo "make bench    measure the figures the program promises"
	@echo "make fuzz     damage a million X12 files and hold the reader to its promises"
	@echo "make simulate [SEEDS=1000]  a small practice through every fault: nothing doubled, nothing lost"
	@echo "make properties  play ten thousand random practices and hold the books to every invariant (half an hour)"
	@echo "make mutants  change ledger, plan and receivables in thousands of small ways; a test must see each (hours)"
	@echo "make shots [SHOTS=shots]  pictures of every page, light and dark, to look at"
	@echo "make cassettes [AGAINST=sandbox]  record QuickBooks' answers anew, for the tests that play them back"
	@echo "make lock     make the hashed locks again, after a change to requirements*.in"
	@echo "make clean    remove the environment and what tools leave behind"

setup: $(PROJECT)

$(MADE):
	@scripts/prepare-machine
	@scripts/make-environment $(VENV)
	@touch $@

$(LOCKED): $(MADE)
	@scripts/install-packages $(VENV) --no-build-isolation --require-hashes -r $(LOCK)
	@touch $@

$(PROJECT): $(LOCKED)
	@scripts/install-packages $(VENV) --no-build-isolation --no-deps -e .
	@$(BIN)/python -m compileall -q hhs_sync connectors
	@touch $@

demo: setup
	@$(BIN)/hhs-sync demo

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict
	@$(BIN)/pytest -q tests/test_architecture.py

test: lint
	@scripts/prepare-machine tests
	@$(BIN)/pytest -n 2 --dist worksteal

format: setup
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: setup
	@$(BIN)/python bench

fuzz: setup
	@$(BIN)/python tests/fuzz/fuzz_x12.py

simulate: setup
	@$(BIN)/python -m tests.simulation $(SEEDS)

properties: setup
	@HYPOTHESIS_PROFILE=properties $(BIN)/pytest -q tests/properties

mutants: setup
	@$(BIN)/mutmut run
	@$(BIN)/mutmut export-cicd-stats

shots: setup
	@HHS_SYNC_SHOTS=$(or $(SHOTS),shots) $(BIN)/pytest -q tests/web/test_every_page.py -k everybody
	@echo "Look at them in $(or $(SHOTS),shots)"

cassettes: setup
	@$(BIN)/python scripts/record_cassettes.py $(AGAINST)

lock: $(MADE)
	@$(COMPILE) requirements-uv.in -o requirements-uv.lock
	@$(COMPILE) requirements-build.in -o requirements-build.lock
	@$(COMPILE) -c requirements-build.lock requirements-dev.in -o requirements-dev.lock
	@$(COMPILE) -c requirements-dev.lock requirements.in -o requirements.lock

clean:
	rm -rf $(VENV) build dist mutants .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find hhs_sync connectors mappings tests -name __pycache__ -prune -exec rm -rf {} +
