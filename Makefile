# make demo | test | sim | chaos | run | bench | install | deb — each installs what is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PACKAGES := libsqlite3-dev libsystemd-dev pkg-config jq curl
# What the tests boot a systemd with, and build a package with.
PACKAGES += systemd dbus libnss-systemd util-linux iproute2 binutils dpkg-dev lintian openssl socat sqlite3
PROGRAMS := yogiyogid yogictl yogi-payment yogi-reservation

RUNS ?= 20
# Not inherited: bash has a variable of this name that counts.
SECONDS := 60

.PHONY: all setup build demo run test sim chaos bench release static install deb format lint clean

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

build: setup
	swift build

# The reservation's story; FAST=1 without pauses.
demo: build
	FAST=$(FAST) Tests/Demo/demo.sh

# The daemon and both participants in the foreground, for playing.
run: build
	Tests/Demo/run.sh

# Every test. The programs and the package are built first: the end-to-end tests run them. Sixteen at a time, as all at once open more files than
# Foundation's Process bears (it keeps descriptors in sets of 1,024).
test: deb
	swift build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=16 swift test --skip-build 2>&1 | tee .build/test.log || \
	    { echo "make test: what failed, again (all of it is in .build/test.log):"; grep -a -A2 'recorded an issue' .build/test.log; exit 1; }
	@why=$$(Tests/EndToEndTests/Systemd/with-systemd -- true 2>&1) || echo "make test: THE TESTS UNDER SYSTEMD WERE SKIPPED: $$why"

# More seeds of the simulator: SEEDS=100000 for the first so many, SEED=42 for one with its trace.
SEEDS ?= 20000
sim: setup
	swift build --build-tests
	SEEDS=$(SEEDS) $(if $(SEED),SEED=$(SEED)) swift test --skip-build --filter SimulationTests.SimulationTests

# Guests, kills and a payment service behind a network that lies: RUNS runs of SECONDS each; SEED=N has them again.
chaos: setup
	swift build --build-tests
	CHAOS_RUNS=$(RUNS) CHAOS_SECONDS=$(SECONDS) SEED=$(SEED) swift test --skip-build --filter ChaosTests

release: setup
	swift build -c release --product yogi-bench
	for p in $(PROGRAMS); do swift build -c release --product $$p; done

# Speed, measured in one run on one disk; ARGS="--json" for programs, ARGS="--seconds 2" for a short one. Of the programs as they are
# installed: with the runtime linked in they start faster and take less CPU.
bench: static
	swift build -c release --static-swift-stdlib --scratch-path .build-static --product yogi-bench 2>&1 \
	    | { grep -v "the use of .mktemp. is dangerous" || true; }
	.build-static/release/yogi-bench $(ARGS)

# The programs with Swift's runtime linked in: they need only what Debian has. A build of its own, as all is compiled again.
static: setup
	for p in $(PROGRAMS); do \
	    swift build -c release --static-swift-stdlib --scratch-path .build-static --product $$p 2>&1 \
	        | { grep -v "the use of .mktemp. is dangerous" || true; }; \
	done

# DESTDIR= stages it, PREFIX= is where it goes.
PREFIX ?= /usr/local
install: static
	DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' systemd/install .build-static/release
	@$(if $(DESTDIR),true,echo "now: systemd-sysusers; systemd-tmpfiles --create; journalctl --update-catalog; systemctl daemon-reload")

# .build-static/yogiyogi_VERSION_ARCHITECTURE.deb, made again when a program or a file of it has changed.
deb: static
	@$(MAKE) --no-print-directory .build-static/deb

.build-static/deb: $(PROGRAMS:%=.build-static/release/%) $(shell find systemd workflows -type f 2>/dev/null) README.md
	rm -f .build-static/yogiyogi_*.deb
	systemd/debian/build .build-static/release .build-static
	touch $@

format:
	swift format format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

clean:
	rm -rf .build .build-static
