# `make demo` and `make test` work on a fresh Debian machine with a Swift toolchain: scripts/setup
# installs what else they need (libyaml's headers; for the tests a few Python packages).
.DEFAULT_GOAL := build
.PHONY: setup setup-test setup-dist build dist check-dist sizes snapshot demo test sanitize check format builtins bench fuzz clean

SWIFT ?= swift
PENSTOCK := .build/release/penstock

setup:
	@scripts/setup

setup-test:
	@scripts/setup test

setup-dist:
	@scripts/setup dist

# The flags of the shipped binary beyond `swift build -c release`, which works without them and gives
# a program that starts more slowly. Everything is in one static file (nothing is loaded and bound at
# run time), what a start needs from the built-in files is precomputed, and the folder of the build
# isn't in it. A second link puts the functions that a start calls next to each other, and leaves out
# symbols and what unwinds stacks (`make build SYMBOLS=1` keeps both, for profilers).
# docs/decisions/20261127-flags-of-a-release.md gives the reasons.
RELEASE := -c release -Xswiftc -static-executable -Xswiftc -use-ld=lld -Xcc -DPENSTOCK_SNAPSHOT \
  -Xswiftc -Xfrontend -Xswiftc -function-sections \
  -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. -Xcc -ffile-prefix-map=$(CURDIR)=.
ORDER := $(CURDIR)/.build/start-order.txt
SHIPPED := -Xlinker --symbol-ordering-file=$(ORDER) -Xlinker --no-warn-symbol-ordering \
  $(if $(SYMBOLS),,-Xlinker -s -Xlinker -T -Xlinker $(CURDIR)/scripts/shipped.ld) \
  -Xlinker -Map=$(CURDIR)/.build/penstock.map

# The shipped binary: .build/release/penstock. A copy starts faster than what the linker wrote
# in scattered order, because the kernel keeps it in larger pieces.
build: setup snapshot
	$(SWIFT) build $(RELEASE) --product penstock
	@scripts/order-start $(PENSTOCK) $(ORDER)
	$(SWIFT) build $(RELEASE) $(SHIPPED) --product penstock
	@cp $(PENSTOCK) $(PENSTOCK).copy && mv $(PENSTOCK).copy $(PENSTOCK)

# The trees of the built-in files, so that the program doesn't parse them at each start; and the
# commit, for `penstock version`.
snapshot: setup builtins
	@scripts/build-info
	$(SWIFT) build $(RELEASE) --product BuiltinSnapshotter
	@scripts/snapshot-builtins .build/release/BuiltinSnapshotter

# What people install, in dist/: docs/packaging.md.
dist: build setup-dist
	@scripts/python-dist scripts/dist

# The files of dist/, checked as people get them: in a minimal Debian, on musl, by pip.
check-dist: setup-dist
	@scripts/python-dist Tests/Dist/check.py

# What each megabyte of the binary is.
sizes: build setup-dist
	@scripts/python-dist scripts/dist --sizes

demo: build
	@scripts/demo $(PENSTOCK)

# All tests, optimised like the shipped binary, and run against it. They are built in a separate
# folder: there is no static Swift Testing, so their flags differ.
TESTS := -c release --scratch-path .build-tests
RUN_TESTS := PENSTOCK_BINARY=$(CURDIR)/$(PENSTOCK) $(SWIFT) test $(TESTS) --skip-build \
  --disable-testable-imports --disable-xctest

# Three runs, as all tests of one share a few threads, which a test that runs the binary occupies until it
# ends: what has time limits or makes thousands of requests would wait for minutes.
BINARY_TESTS := ^PenstockTests\.
SOCKET_TESTS := ^EndToEndTests\.|^AWSClientTests\.FaultTests|^ExecutorTests\.LineageTests

test: setup-test build
	@scripts/python-dist Tests/Dist/files.py --binary $(PENSTOCK)
	@$(PENSTOCK) test pipelines/tests --coverage --fail-under 100
	@scripts/python Tests/Mutations/pipelines --binary $(PENSTOCK)
	@scripts/python Tests/Generated --binary $(PENSTOCK) --seeds 1..1000 --spellings 2 --runs 0.03 --edits 0
	@scripts/python Tests/Generated --binary $(PENSTOCK) --seeds 1..200 --spellings 1 --runs 0
	@scripts/python Tests/Generated/layout.py --binary $(PENSTOCK) --seeds 1..300
	@PENSTOCK_BINARY=$(CURDIR)/$(PENSTOCK) scripts/python -m pytest -q -rs -p no:cacheprovider Tests/Editor
	@scripts/python Tests/Generated/ranges.py --binary $(PENSTOCK) --seeds 1..60
	@scripts/python Tests/Generated/deciding.py --binary $(PENSTOCK) --seeds 1..200
	@scripts/python Tests/Generated/clusters.py --binary $(PENSTOCK) --seeds 1..100
	@scripts/python Tests/Generated/side_by_side.py --binary $(PENSTOCK) --seeds 1..60
	@scripts/python Tests/Engines --binary $(PENSTOCK)
	@scripts/python Tests/Airflow --binary $(PENSTOCK)
	$(SWIFT) build $(TESTS) --build-tests
	$(RUN_TESTS) --skip '$(BINARY_TESTS)|$(SOCKET_TESTS)'
	$(RUN_TESTS) --filter '$(SOCKET_TESTS)'
	$(RUN_TESTS) --filter '$(BINARY_TESTS)'

# Tests of multithreaded code, under the thread and address sanitizers: docs/fuzzing.md.
sanitize: setup-test builtins
	@scripts/sanitize

# What CI checks in addition to the tests: format, no warnings, generated files up to date.
check: setup
	@.ci/check

format:
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Fuzz Sources Tests

# The table of the files built into the binary; written only if it changes.
builtins:
	@scripts/embed-builtins.sh

bench: build setup-test
	@scripts/python Benchmarks/bench.py

# Each parser under libFuzzer for RUNTIME seconds (default 60).
fuzz: setup
	@scripts/fuzz

clean:
	rm -rf .build .build-tests .build-thread .build-address .build-venv .build-dist \
	  .build-airflow .build-airflow-3 dist
