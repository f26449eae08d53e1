# make demo | test | api | browser | screens | test-package | sim | chaos | run | bench | manual | install | deb — each installs what is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PACKAGES := libsqlite3-dev libsystemd-dev pkg-config jq curl
# What the tests boot a systemd with, and build a package with.
PACKAGES += systemd dbus libnss-systemd util-linux iproute2 binutils dpkg-dev lintian openssl socat sqlite3 man-db python3
# PHASE WHAT COMMAND: says what is done, and how long it took.
PHASE := @Tests/phase

RUNS ?= 20
# Not inherited: bash has a variable of this name that counts.
SECONDS := 60

.PHONY: all setup build build-tests demo run test api test-package sim chaos bench release static install deb manual format lint clean screens browser

all: build

# Debian's packages that are missing, as root or with sudo.
setup:
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	    sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    echo "installing:" $$missing; \
	    $$sudo apt-get update -qq; \
	    DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing >/dev/null; \
	fi
	@command -v swift >/dev/null || { echo "Swift 6 is not on the PATH: see https://www.swift.org/install/linux/"; exit 1; }

# Tools of Debian's packages that are only unpacked: promtool checks metrics and rules, and its package would start a server here; scdoc makes
# the manual's pages, mandoc prints them, and PHP runs the participant of one of them.
.build/tools/promtool: FROM := prometheus
.build/tools/scdoc: FROM := scdoc
.build/tools/mandoc: FROM := mandoc
.build/tools/promtool .build/tools/scdoc .build/tools/mandoc:
	@$(UNPACK)
	@install -m 755 $@.packages/usr/bin/$(@F) $@.new && mv $@.new $@ && rm -r $@.packages

# Where Debian has another PHP, that participant is not run.
.build/tools/php: FROM := php8.2-cli php8.2-common php8.2-sqlite3
.build/tools/php:
	@{ $(UNPACK) && mv $@.packages $@; } || { rm -rf $@.packages; echo "no $(FROM): the participant in PHP is not run"; }

UNPACK = rm -rf $@.packages && mkdir -p $@.packages && (cd $@.packages && { apt-get download -qq $(FROM) 2>/dev/null || { \
    sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); $$sudo apt-get update -qq; apt-get download -qq $(FROM); }; } 2>&1 | \
    { grep -v unsandboxed || true; } && for package in *.deb; do dpkg-deb -x "$$package" . || exit 1; done && rm *.deb)

# schemathesis, which asks by an OpenAPI document, from PyPI into a folder of its own.
.build/tools/schemathesis/bin/schemathesis: Tests/API/requirements.txt
	@mkdir -p .build/tools && rm -rf .build/tools/schemathesis
	@python3 -m venv .build/tools/schemathesis || { echo "python3 makes no venv: apt-get install python3-venv"; exit 1; }
	@.build/tools/schemathesis/bin/pip -q --disable-pip-version-check install -r Tests/API/requirements.txt || { \
	    echo "schemathesis was not installed: 'make api' needs PyPI (https://pypi.org), or an index that pip is told of with PIP_INDEX_URL"; \
	    rm -rf .build/tools/schemathesis; exit 1; }
	@touch $@

# One debug build for all: what `make demo` has built, `make test` does not build again, and the other way round.
build: setup
	$(PHASE) "building the programs" swift build

build-tests: setup .build/tools/promtool .build/tools/scdoc .build/tools/mandoc .build/tools/php
	$(PHASE) "building the programs and the tests" swift build --build-tests

# The reservation's story; FAST=1 without pauses.
demo: build
	$(PHASE) "playing the story" env FAST=$(FAST) Tests/Demo/demo.sh

# The daemon and both participants in the foreground, for playing.
run: build
	Tests/Demo/run.sh

# Every test, on the programs of the debug build and a package of them.
test: build-tests
	$(PHASE) "running the tests" Tests/run .build/test.log

# What schemathesis is installed with.
api: PACKAGES += python3-venv
# What the OpenAPI documents of the daemon and the gateway promise, asked of both by schemathesis; SEED= and EXAMPLES= for another run.
api: build .build/tools/schemathesis/bin/schemathesis
	$(PHASE) "holding the daemon and the gateway against their OpenAPI documents" \
	    env SEED=$(or $(SEED),1) EXAMPLES=$(or $(EXAMPLES),10) Tests/API/run

# The package that is released: what it is made of is built, and the tests that want a package are run on it.
test-package: deb build-tests
	$(PHASE) "running the tests of the package on $$(echo .build-static/*.deb)" \
	    env YOGIYOGI_PACKAGE="$$(echo $(CURDIR)/.build-static/yogiyogi_*.deb)" \
	    Tests/run .build/test-package.log --filter 'EndToEndTests\.(PackageTests|UpgradeTests)/'

# More seeds of the simulator: SEEDS=100000 for the first so many, SEED=42 for one with its trace.
SEEDS ?= 20000
sim: build-tests
	SEEDS=$(SEEDS) $(if $(SEED),SEED=$(SEED)) swift test --skip-build --filter SimulationTests.SimulationTests

# Guests, kills and a payment service behind a network that lies: RUNS runs of SECONDS each; SEED=N has them again.
chaos: build-tests
	CHAOS_RUNS=$(RUNS) CHAOS_SECONDS=$(SECONDS) SEED=$(SEED) swift test --skip-build --filter ChaosTests

# The pages in headless Chromium, as guests, staff and operators use them; TESTS= are names of unittest.
browser: build
	$(PHASE) "playing in a browser" Tests/Browser/run tests $(TESTS)

# A picture of every page in both languages, both schemes and three widths, to be looked at: .build/screens/*.png.
screens: build
	$(PHASE) "taking pictures" Tests/Browser/run screens $(PAGES)

# All pages in one file for a browser, those of the programs too: .build/manual.html.
manual: build .build/tools/scdoc .build/tools/mandoc
	$(PHASE) "printing the manual" systemd/man/print .build/debug .build/manual.html

release: setup
	for p in yogi-bench yogiyogid yogictl yogi-gateway yogi-payment yogi-reservation; do swift build -c release --product $$p; done

# Speed, measured in one run on one disk; ARGS="--json" for programs, ARGS="--seconds 2" for a short one. Of the programs as they are
# installed: with the runtime linked in they start faster and take less CPU.
bench: static
	$(PHASE) "building yogi-bench with the runtime linked in" systemd/static yogi-bench
	.build-static/release/yogi-bench $(ARGS)

# The programs with Swift's runtime linked in: they need only what Debian has.
static: setup
	$(PHASE) "building the programs with the runtime linked in" systemd/static yogiyogi

# DESTDIR= stages it, PREFIX= is where it goes.
PREFIX ?= /usr/local
install: static .build/tools/scdoc
	DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' systemd/install .build-static/release
	@$(if $(DESTDIR),true,echo "now: systemd-sysusers; systemd-tmpfiles --create; journalctl --update-catalog; systemctl daemon-reload")

# .build-static/yogiyogi_VERSION_ARCHITECTURE.deb, made again when a program or a file of it has changed.
deb: static .build/tools/scdoc
	@$(MAKE) --no-print-directory .build-static/deb

.build-static/deb: .build-static/release/yogiyogi $(shell find systemd workflows -type f 2>/dev/null) README.md
	rm -f .build-static/yogiyogi_*.deb
	$(PHASE) "packing .build-static/release" systemd/debian/build .build-static/release .build-static
	touch $@

format:
	swift format format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

clean:
	rm -rf .build .build-static
