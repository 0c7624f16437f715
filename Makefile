# `make demo` and `make test` work on a fresh Debian machine that has a Swift toolchain: what else
# they need (libyaml's headers; for the tests a few Python packages) scripts/setup installs.
.DEFAULT_GOAL := build
.PHONY: setup setup-test build snapshot demo test check format builtins bench fuzz clean

SWIFT ?= swift
PENSTOCK := .build/release/penstock

setup:
	@scripts/setup

setup-test:
	@scripts/setup test

# What a release is built with beyond `swift build -c release`, which works without it and gives a
# program that starts more slowly: everything in one static file (nothing is loaded and bound at run
# time), no symbols (`make build SYMBOLS=1` keeps them, for profilers), and what a start touches put
# together. docs/decisions/20261127-flags-of-a-release.md gives the reasons.
RELEASE := -c release -Xswiftc -static-executable -Xswiftc -use-ld=lld \
  -Xswiftc -Xfrontend -Xswiftc -function-sections \
  -Xlinker --symbol-ordering-file=$(CURDIR)/scripts/startup-order.txt \
  -Xlinker --no-warn-symbol-ordering $(if $(SYMBOLS),,-Xlinker -s)

# The binary that ships: .build/release/penstock.
build: setup snapshot
	$(SWIFT) build $(RELEASE) --product penstock
	@scripts/rewrite-binary $(PENSTOCK)

# The trees of the built-in files, so that the program need not parse them at each start.
snapshot: setup builtins
	$(SWIFT) build $(RELEASE) --product BuiltinSnapshotter
	@scripts/snapshot-builtins .build/release/BuiltinSnapshotter

demo: build
	@scripts/demo $(PENSTOCK)

test: setup-test builtins
	$(SWIFT) test --disable-xctest

# What CI checks besides the tests: format, no warnings, nothing generated out of date.
check: setup
	@.ci/check

format:
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Fuzz Sources Tests

# The table of what is built into the binary; written only where it changes.
builtins:
	@scripts/embed-builtins.sh

bench: build setup-test
	@scripts/python Benchmarks/bench.py

# Each parser under libFuzzer, RUNTIME seconds each (default 60).
fuzz: setup
	@scripts/fuzz

clean:
	rm -rf .build .build-venv
