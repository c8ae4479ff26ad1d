# Each target makes its own .venv when there is none.  `make demo` and `make test` are all a newcomer needs.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Two at a time; those of tests/e2e play in real time, mostly wait, and come by themselves.
TESTS := $(BIN)/python -m pytest -q -n 2 --dist worksteal
# Pure rules of the firm core: every line and branch of them is run by the tests.
FULLY_COVERED := firmware_bridge/safety/interlock.py,firmware_bridge/safety/veto.py,firmware_bridge/limits.py,firmware_bridge/safety/limiter.py,firmware_bridge/safety/shaping.py,firmware_bridge/wire/framing.py,firmware_bridge/wire/messages.py,firmware_bridge/wire/codec.py,firmware_bridge/safety/encode.py

.PHONY: demo test check bench clean

demo: $(READY)
	@mkdir -p out
	$(BIN)/knead simulate relaxing-back --record out/relaxing-back.jsonl --plot out/relaxing-back.png
	@echo "The recording and the picture are in out/. Next: $(BIN)/knead --help"

test: $(READY)
	$(BIN)/python -m coverage erase
	$(TESTS) --ignore=tests/e2e --ignore=tests/properties --cov --cov-branch --cov-report=
	$(TESTS) tests/properties
	$(TESTS) -n 3 tests/e2e

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@test -f .coverage || (echo "Coverage is that of the last make test: run it first." && false)
	$(BIN)/python -m coverage report --fail-under=90
	$(BIN)/python -m coverage report --include=$(FULLY_COVERED) --fail-under=100

bench: $(READY)
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv out build dist

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..." && false)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)
