# Two commands matter: `make demo` and `make test`. Whatever a target needs it sets up itself; nothing is installed by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VENDOR := admin/static/vendor

.PHONY: demo serve test test-faults bench docs screenshots lighthouse lint lock setup setup-dev system clean

demo: setup  ## The whole product on 127.0.0.1 with invented data; needs no token and no account
	@$(BIN)/canaliza demo

serve: setup  ## Production's program, with the settings of the environment
	@$(BIN)/canaliza db upgrade
	@$(BIN)/canaliza serve

test: setup-dev  ## Everything: style, types, arrows, tests on SQLite and PostgreSQL, in a real browser
	@PYTHONPATH=. $(BIN)/python -c "from tests.models import trained_model; trained_model()" & \
		$(MAKE) --no-print-directory system lint || { wait; exit 1; }; wait
	@POSTGRES_SETTINGS=tests/postgresql.conf scripts/with-postgres $(BIN)/pytest -n 3 --dist worksteal -m "not faults"

test-faults: setup-dev system  ## Every fault case and a random campaign (docs/faults.md), on both databases
	@scripts/with-postgres $(BIN)/pytest -n 3 -m faults tests/whole

bench: setup-dev system  ## How fast this machine is, on SQLite and PostgreSQL; about five minutes, nothing else should run
	@scripts/with-postgres sh -c '$(BIN)/canaliza bench --postgresql "$$CANALIZA_TEST_POSTGRES"'

docs: setup  ## The picture of the dialogue and the README's transcripts, from today's program
	@$(BIN)/canaliza documents

screenshots: setup-dev system  ## The pictures of the README and the guides, from today's screens; some minutes
	@PYTHONPATH=. $(BIN)/python scripts/screenshots.py

lighthouse: setup-dev system  ## Loading and accessibility of the demo's pages by Lighthouse; some minutes, nothing else should run
	@npm ci --silent --ignore-scripts --prefix tests/lighthouse
	@PYTHONPATH=. $(BIN)/python scripts/lighthouse.py

lint: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache

setup: $(VENV)/.base $(VENDOR)/.done

setup-dev: $(VENV)/.dev $(VENDOR)/.done node_modules/.dev

$(VENV)/.base: requirements/base.txt pyproject.toml
	@scripts/setup-python $(PYTHON) $(VENV) requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@scripts/setup-python $(PYTHON) $(VENV) requirements/dev.txt
	@touch $@

$(VENDOR)/.done: package-lock.json scripts/setup-vendor
	@scripts/setup-vendor $(VENDOR)
	@touch $@

node_modules/.dev: package-lock.json | $(VENDOR)/.done
	@npm ci --silent --ignore-scripts
	@touch $@

system:  ## PostgreSQL and Chromium of the distribution, for the tests
	@scripts/setup-system

lock:  ## Write the hashed requirement files anew (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --extra build --no-header -o requirements/base.txt
	uv pip compile pyproject.toml --universal --generate-hashes --extra build --extra dev --no-header -o requirements/dev.txt

clean:  ## Removes what the targets above made, but not var/ (data)
	rm -rf $(VENV) node_modules $(VENDOR) .mypy_cache .ruff_cache .hypothesis
