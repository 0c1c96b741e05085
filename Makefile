# The verbs of the project; `make help` lists them.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
INSTALL := $(UV) pip install --quiet --no-deps --require-hashes --compile-bytecode --python
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --override requirements/overrides.txt \
  --custom-compile-command "make requirements"

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-servers lint types contracts check traces servers bench-scene bench-load bench-refusals \
  bench-quality bench-prices bench-gallery bench-accuracy bench-duplicates bench-unknown bench-planogram bench-reports bench-door fuzz fuzz-parsers train requirements clean

help:  ## list the verbs
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.run  ## install what the platform needs into .venv

demo: .venv/.run  ## photos in, reports and webhooks out (KEEP=1 leaves it running)
	@.venv/bin/gondola demo $(if $(KEEP),--keep)

up: .venv/.run  ## run the platform until Ctrl-C
	@.venv/bin/gondola up

test: .venv/.dev  ## run the tests
	@.venv/bin/python -m pytest -m "not servers"

test-servers: .venv/.dev .venv-servers/.ready  ## run the storage tests against real S3 and PostgreSQL servers
	@.venv/bin/python -m pytest -m servers

traces: .venv/.run  ## install what GONDOLA_TRACES needs
	@$(INSTALL) .venv/bin/python -r requirements/traces.txt

servers: .venv-servers/.ready  ## install the S3 server of the tests

lint: .venv/.dev  ## ruff: lint and format
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

types: .venv/.dev  ## pyright, strict
	@.venv/bin/pyright

contracts: .venv/.dev  ## import-linter: who may import whom
	@.venv/bin/lint-imports

check: lint types contracts test test-servers  ## everything CI checks

bench-scene: .venv/.run  ## time a 2-photo scene from POST /recognize to the last webhook
	@.venv/bin/python -m bench.scene

bench-load: .venv/.run  ## post 20 scenes at once and count what comes back
	@.venv/bin/python -m bench.load

bench-refusals: .venv/.run  ## time the refusal of bad uploads
	@.venv/bin/python -m bench.refusals

bench-quality: .venv/.run  ## how often the photo quality gate is right, and its time
	@.venv/bin/python -m bench.quality

bench-prices: .venv/.run  ## how many prices are read exactly right, whose tag it is, CPU time per tag
	@.venv/bin/python -m bench.prices

bench-gallery: .venv/.run  ## time the search of 500 facings in 100,000 references
	@OPENBLAS_NUM_THREADS=2 .venv/bin/python -m bench.gallery

bench-accuracy: .venv/.dev  ## how good detector and embedder are on the labelled photos
	@.venv/bin/python -m bench.accuracy
	@.venv/bin/python -m bench.accuracy.skus

bench-reports: .venv/.dev  ## how fast and how right reports are, and that they replay; runs the benches they rest on
	@.venv/bin/python -m bench.reports

bench-planogram: .venv/.dev  ## how often PLANOGRAM_COMPLIANCE finds what was done to real shelves
	@.venv/bin/python -m bench.planogram

bench-duplicates: .venv/.dev  ## how often facings of overlapping photos are found again
	@.venv/bin/python -m bench.duplicates

bench-unknown: .venv/.dev  ## how well unknown facings are put together, and 100,000 of them
	@.venv/bin/python -m bench.unknown

.PHONY: bench-webhooks
bench-webhooks: .venv/.run  ## how long nine receivers wait while a tenth hangs
	@.venv/bin/python -m bench.webhooks

.PHONY: cluster
cluster: .venv/.dev .venv-servers/.ready  ## 2 APIs, 3 workers, PostgreSQL, S3: kill one of each under load, count; four minutes
	@.venv/bin/python -m pytest -s tests/end_to_end/test_cluster.py

.PHONY: bench-data
bench-data: .venv/.dev  ## a year of 10^8 facings asked, refreshed, merged; history recomputed (an hour, 20 GB of disk)
	@.venv/bin/python -m bench.data.warehouse
	@.venv/bin/python -m bench.data.again
	@.venv/bin/python -m bench.data.live_first

.PHONY: bench-workers
bench-workers: .venv/.dev .venv-servers/.ready  ## the same scenes with 1, 2 and 3 workers on PostgreSQL and S3; five minutes
	@.venv/bin/python -m bench.cluster

.PHONY: chaos
chaos: .venv/.dev .venv-servers/.ready  ## kill the platform KILLS times (100) under load, let things fail, disturb every seam; an hour
	@.venv/bin/python -m bench.chaos kills --count $(or $(KILLS),100)
	@.venv/bin/python -m bench.chaos faults
	@.venv/bin/python -m bench.chaos seams
	@.venv/bin/python -m bench.chaos.webhooks
	@AUDIT_SCENES=50 .venv/bin/python -m pytest tests/chaos/test_fsync.py

bench-door: .venv/.dev .tools/atheris  ## what the API withstands and how much it accepts; writes bench/results/api.json (an hour)
	@.venv/bin/python -m bench.door

fuzz-parsers: .venv/.dev .tools/atheris  ## look for bytes that break a parser (six minutes)
	@.venv/bin/python -m bench.door parsers

.tools/atheris:
	@.tools/bin/uv pip install --quiet --python .venv/bin/python --target $@ atheris==3.0.0

fuzz: .venv/.dev  ## thousands of requests made from the API document, every check, minutes
	@FUZZ_EXAMPLES=30 .venv/bin/python -m pytest -s tests/api/test_document.py

train: .venv-train/.ready  ## train the shipped models anew: FONTS=dir PICTURES=dir (hours; training/README.md)
	@.venv-train/bin/python -m training --fonts "$(FONTS)" --pictures "$(PICTURES)"

requirements: $(UV)  ## pin the dependencies anew, with hashes
	@$(COMPILE) pyproject.toml requirements/build.in -o requirements/run.txt
	@$(COMPILE) pyproject.toml requirements/build.in requirements/dev.in requirements/traces.in -c requirements/run.txt -o requirements/dev.txt
	@$(COMPILE) requirements/traces.in -c requirements/run.txt -o requirements/traces.txt
	@$(COMPILE) requirements/servers.in -o requirements/servers.txt
	@$(COMPILE) requirements/training.in --no-emit-package torch -o requirements/training.txt

clean:  ## remove environments and the data of the demo
	rm -rf .venv .venv-servers .venv-train .tools data/demo data/bench

.tools/bin/uv:
	@echo "Installing uv $(UV_VERSION) into .tools ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools uv==$(UV_VERSION)

.venv/bin/python: | $(UV)
	@echo "Making .venv ..."
	@$(UV) venv --quiet --python $(PYTHON) .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing the platform (about 1 GB on disk, once) ..."
	@$(INSTALL) .venv/bin/python -r requirements/run.txt
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "Installing what the checks need ..."
	@$(INSTALL) .venv/bin/python -r requirements/dev.txt
	@touch $@

.venv-servers/.ready: requirements/servers.txt | $(UV)
	@echo "Installing the S3 server of the tests ..."
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv-servers
	@$(INSTALL) .venv-servers/bin/python -r requirements/servers.txt
	@touch $@

.venv-train/.ready: requirements/training.txt
	@echo "Installing what training needs (torch without hash: take a CPU or a GPU build) ..."
	@$(PYTHON) -m venv --clear .venv-train
	@.venv-train/bin/pip install --quiet torch==2.13.0
	@.venv-train/bin/pip install --quiet --no-deps --require-hashes -r requirements/training.txt
	@touch $@
