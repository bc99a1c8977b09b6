# Polyclinic: `make run` starts everything, `make test` runs every test. Both set up what they need.
.PHONY: run train check test bench bench-nlu lock help
.DEFAULT_GOAL := help
PY := .venv/bin/python
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: train ## install, train if needed, start the bot, its actions and the console
	@$(PY) -m bot run

train: ## train the model if its inputs changed
	@requirements/install bot
	@$(PY) -m bot train

check: ## knowledge, training data, style and types
	@requirements/install dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m knowledge.check
	$(PY) -m rasa data validate --fail-on-warnings

test: check train ## everything: checks, unit tests, the newest Python, conversations, browser
	@tests/newest-python
# what failed is tried once more alone: some tests kill processes and cut networks against the clock
	$(PY) -m pytest || $(PY) -m pytest --last-failed

bench: train ## reply time and memory, beside Rasa's default pipeline on the same data
	@requirements/install dev
	$(PY) -m bot.bench.speed

bench-nlu: train ## what the bot understands, into docs/evaluation/
	@requirements/install dev
	$(PY) -m bot.bench.nlu

COMPILE := .venv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"
lock: ## make the hash-pinned requirement files again
	@requirements/install dev
	cd requirements && ../$(COMPILE) --python-version 3.10 uv.in -o uv.txt
	cd requirements && ../$(COMPILE) --python-version 3.10 --override overrides.txt bot.in -o bot.txt
	cd requirements && ../$(COMPILE) --python-version 3.10 --override overrides.txt dev.in -o dev.txt
	cd requirements && ../$(COMPILE) --python-version 3.10 --universal actions.in -o actions.txt
	cd requirements && ../$(COMPILE) --python-version 3.10 --universal actions-dev.in -o actions-dev.txt
