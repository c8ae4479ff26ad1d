# Each target makes its own .venv when there is none.  `make demo` and `make test` are all a newcomer needs.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
KERNEL := firmware/build/libkneadwave.so
PARTS := $(patsubst firmware_bridge/safety/%.c,firmware/build/libknead%.so,$(wildcard firmware_bridge/safety/*.c))
TESTS := $(BIN)/python -m pytest -q --dist worksteal
# The firm core, what may be told to a device and the device's own half: CORE_TESTS run every line and branch of it.
FULLY_COVERED := firmware_bridge/limits.py,firmware_bridge/safety/*,firmware_bridge/devices/footprint.py,firmware_bridge/devices/placement.py,firmware_bridge/guard/*,firmware_bridge/wire/framing.py,firmware_bridge/wire/messages.py,firmware_bridge/wire/codec.py,firmware_bridge/wire/setpoints.py
CORE_TESTS := tests/firmware_bridge/safety tests/firmware_bridge/guard tests/firmware_bridge/wire
MEASURED := --cov=firmware_bridge --cov-branch --cov-report=
OTHER_TESTS := $(CORE_TESTS:%=--ignore=%)
# Sources and rewritten tests are compiled once, not by each process that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-web demo-home demo-clinic ha test check types style kernel deep coverage mutants kernel-mutants bench firmware packages prove clean

demo: $(READY)
	@mkdir -p out
	$(BIN)/knead simulate relaxing-back --on mat-64 --record out/relaxing-back.jsonl --plot out/relaxing-back.png
	@echo "The recording and the picture are in out/. Next: $(BIN)/knead --help"

# A demo plays until the page ends, or Ctrl-C or SIGTERM comes, which is no error; whatever it started ends with it.
define ENDING
ours=; end() { { kill -INT $$ours; wait; } 2>/dev/null; }; trap 'end; exit 0' INT TERM
endef
define TO_THE_END
page=$$!; ours="$$ours $$page"; wait $$page; code=$$?; end; case $$code in 130|143) ;; *) exit $$code;; esac
endef

# A virtual cushion and a page in front of it, until Ctrl-C; the address that it prints opens in a browser.
demo-web: $(READY)
	@mkdir -p out && cd out; $(ENDING); \
	../$(BIN)/knead virtual --path cushion > cushion.log & ours="$$ours $$!"; \
	KNEAD_DEVICE=cushion ../$(BIN)/knead serve & $(TO_THE_END)

define AT_HOME
PATH="$$PATH:/usr/sbin:/usr/local/sbin"; command -v mosquitto >/dev/null \
		|| { echo "A broker is needed: apt-get install mosquitto"; exit 1; }; \
	mkdir -p out && $(ENDING)
endef
define HOME_PARTS
printf 'listener 1884 127.0.0.1\nallow_anonymous true\n' > out/mosquitto.conf; \
	mosquitto -c out/mosquitto.conf > out/mosquitto.log 2>&1 & ours="$$ours $$!"; \
	$(BIN)/knead virtual --path out/cushion > out/cushion.log & ours="$$ours $$!"; \
	$(BIN)/knead virtual --path out/cushion-2 --on seat-pad-8 > out/cushion-2.log & ours="$$ours $$!"; \
	$(BIN)/knead mqtt --broker mqtt://127.0.0.1:1884 --device out/cushion --device out/cushion-2 --allow-start \
		> out/bridge.log & ours="$$ours $$!"; \
	echo "A broker listens at mqtt://127.0.0.1:1884: Home Assistant finds two cushions there."; \
	echo "In another terminal: $(BIN)/knead fleet watch --broker mqtt://127.0.0.1:1884"; \
	cd out && KNEAD_DEVICE=cushion ../$(BIN)/knead serve --broker mqtt://127.0.0.1:1884 & $(TO_THE_END)
endef

# Two virtual cushions, a broker that is this computer's alone, a bridge that tells it of both, and the page with both; until Ctrl-C.
demo-home: $(READY)
	@$(AT_HOME); $(HOME_PARTS)

# The same with recipients of its own, in a PostgreSQL database that goes away with it.
demo-clinic: $(READY)
	@$(AT_HOME); rm -rf out/clinic; mkdir -p out/clinic; \
	PYTHONPATH=tests/helpers:. $(BIN)/python tests/helpers/demo_database.py out/clinic & ours="$$ours $$!"; \
	until test -e out/clinic/ready; do kill -0 $$ours 2>/dev/null || { echo "PostgreSQL is needed: apt-get install postgresql"; exit 1; }; sleep 0.2; done; \
	XDG_CONFIG_HOME=$(CURDIR)/out/clinic/home XDG_DATA_HOME=$(CURDIR)/out/clinic/home XDG_STATE_HOME=$(CURDIR)/out/clinic/home; \
	export XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME; \
	echo "Recipients of this demo on a command line: XDG_CONFIG_HOME=$$XDG_CONFIG_HOME XDG_STATE_HOME=$$XDG_STATE_HOME $(BIN)/knead recipient list"; \
	$(HOME_PARTS)

# Home Assistant itself, in an environment of its own (700 MB, a few minutes), against bridge, broker and virtual cushion.
ha: $(READY)
	PYTHONPATH=tests/helpers:. $(BIN)/python tests/home_assistant/check.py

# What fails beside others is told, and tried once more alone: docs/decisions/0042-a-second-try-alone.md.
define beside_others
$(TESTS) $(1) || { test $$? -eq 1 && echo "Once more, alone: what failed beside others." && \
	$(TESTS) -n 0 --last-failed --last-failed-no-failures none $(2); }
endef

# Three at a time: those of tests/e2e play in real time and mostly wait, while two others compute.
test: $(READY)
	@missing=$$(sh tests/missing-packages.sh | tr '\n' ' '); test -z "$$missing" \
		|| echo "Some tests will fail here for want of Debian's packages: apt-get install $$missing"
	$(BIN)/python -m coverage erase
	$(call beside_others,-n 2 $(CORE_TESTS) $(MEASURED),$(CORE_TESTS) $(MEASURED) --cov-append)
	$(call beside_others,-n 3 $(OTHER_TESTS),$(OTHER_TESTS))

check: $(READY)
	@$(MAKE) --no-print-directory -j 2 types style kernel

types: $(READY)
	$(BIN)/mypy

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	@test -f .coverage || (echo "Coverage is that of the last make test: run it first." && false)
	$(BIN)/python -m coverage report --include='$(FULLY_COVERED)' --fail-under=100

# Every line and every branch of the firmware's kernel is run by its tests; MISRA C:2012; 10^8 bytes of any kind.
kernel: $(READY)
	$(MAKE) --no-print-directory -C firmware coverage misra fuzz

# Every example, round and recording, of which make test plays a quarter.
deep: export KNEAD_TEST_DEPTH := 1
deep: $(READY)
	$(TESTS) -n 3

# The branch coverage of everything by all tests but those of tests/properties, in the processes that tests start, too.
coverage: export COVERAGE_FILE := $(CURDIR)/.coverage
coverage: $(READY)
	$(BIN)/python -m coverage erase
	$(TESTS) -n 2 --ignore=tests/e2e --ignore=tests/properties --cov --cov-branch --cov-report=
	$(TESTS) -n 3 tests/e2e --cov --cov-append --cov-config=tests/e2e/coverage.ini --cov-report=
	$(BIN)/python -m coverage report --precision=2 --fail-under=97.5

# Every small damage to what guards people has to make a test fail: hours; MODULES="veto limiter" takes some of them.
mutants: $(READY)
	@PYTHONPATH=tests nice -n 10 $(BIN)/python -m mutants $(MODULES)

# The same in the kernel in C; MOST=300 spreads so many over its files.
kernel-mutants: $(READY)
	@PYTHONPATH=tests nice -n 10 $(BIN)/python -m mutants.kernel --most $(or $(MOST),0) $(MODULES)

# Wheel and sdist of this checkout, built twice and installed by pip, pipx and uv, each in a place of its own.
packages: $(READY)
	$(BIN)/python tests/packages/check.py

bench: $(READY)
	$(BIN)/python -m benchmarks

# What of the device's half in C is proved, and that a fault in it is found: minutes of Frama-C.
prove:
	$(MAKE) --no-print-directory -C firmware prove prove-faults

# The device's half in C, for this computer and for every board whose compiler is here: docs/firmware.md.
firmware: $(READY)
	$(MAKE) --no-print-directory -C firmware all boards PYTHON=$(abspath $(BIN)/python)

clean:
	rm -rf .venv out build dist firmware/build

# A folder that was moved, or copied, has a .venv whose commands begin with the old path: it is made anew.
MOVED := $(shell test -e $(BIN)/knead && ! grep -qF '$(CURDIR)/.venv/bin/' $(BIN)/knead && echo moved)
ifneq ($(MOVED),)
.PHONY: $(READY)
endif

# What virtual cushions are played by where a C compiler is; elsewhere, and where it cannot be built, by Python.
$(KERNEL): $(wildcard firmware/kernel/*.[ch] firmware/host/*.[ch] firmware/Makefile)
	@if command -v $(CC) >/dev/null; then $(MAKE) -s -C firmware $(KERNEL:firmware/%=%) >/dev/null 2>&1 \
		|| echo "The kernel in C was not built, so Python plays virtual cushions: make firmware says why."; fi

# What of the host's half a simulation does faster in C, under the same condition.
$(PARTS): firmware/build/libknead%.so: firmware_bridge/safety/%.c firmware_bridge/safety/%.h firmware/Makefile
	@if command -v $(CC) >/dev/null; then $(MAKE) -s -C firmware $(@:firmware/%=%) >/dev/null 2>&1 \
		|| echo "$< was not built, so Python does its work: make firmware says why."; fi

$(READY): pyproject.toml constraints.txt | $(KERNEL) $(PARTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..." && false)
	@echo "Making .venv, and fetching what is needed into it. This happens once, takes a"
	@echo "minute or two, and says nothing meanwhile."
	$(PYTHON) -m venv $(if $(MOVED),--clear,) .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)
