# make demo | test | sim | chaos | run | bench | — each installs what is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PACKAGES := libsqlite3-dev libsystemd-dev pkg-config jq curl
# What the tests boot a systemd with, and build a package with.
PACKAGES += systemd dbus libnss-systemd util-linux iproute2 dpkg-dev lintian
PROGRAMS := yogiyogid yogictl yogi-payment yogi-reservation

RUNS ?= 20
# Not inherited: bash has a variable of this name that counts.
SECONDS := 60

.PHONY: all setup build demo run test sim chaos bench release format lint clean

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

# Every test. The programs are built first: the end-to-end tests run them. Sixteen at a time, as all at once open more files than
# Foundation's Process bears (it keeps descriptors in sets of 1,024).
test: setup
	swift build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=16 swift test --skip-build
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

# Speed, measured in one run on one disk; ARGS="--json" for programs, ARGS="--seconds 2" for a short one.
bench: release
	.build/release/yogi-bench $(ARGS)

format:
	swift format format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

clean:
	rm -rf .build
