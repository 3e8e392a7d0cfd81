# The two commands are `make demo` and `make test`; the rest are their parts.

HOST   := $(shell rustc -vV | sed -n 's/^host: //p')
BIN    := target/$(HOST)/release/lockgate
TOOLS  := target/test-tools
STATIC := --config 'target.$(HOST).rustflags=["-C","target-feature=+crt-static"]'

.PHONY: demo build test lint unit contract bench corpus recall histories fuzz mutants clean

# Builds, shows a full run on the example project, which ends blocked, and runs the five applications.
demo: build
	@echo
	@$(BIN) check examples/shop \
	  --output sarif=target/demo/lockgate.sarif \
	  --output upload-sarif=target/demo/upload.sarif \
	  --output markdown=target/demo/summary.md \
	  --output html=target/demo/report.html \
	  --output json=target/demo/report.json; \
	code=$$?; echo; \
	if [ $$code -ne 1 ]; then echo "the example must end blocked (exit code 1), not $$code"; exit 1; fi; \
	echo "exit code 1: the merge is blocked. Written to target/demo/:"; ls target/demo
	@echo; echo "Five applications, each as found and as mended (examples/*/README.md):"
	@for list in examples/*/expect.txt; do \
	  name=$$(basename $$(dirname $$list)); \
	  for state in found:1:blocked mended:0:passes; do \
	    folder=$${state%%:*}; rest=$${state#*:}; code=0; \
	    $(BIN) check examples/$$name/$$folder --quiet > target/demo/$$name-$$folder.txt || code=$$?; \
	    printf '  %-16s %-7s %s, exit code %s\n' $$name $$folder $${rest#*:} $$code; \
	    if [ $$code -ne $${rest%%:*} ]; then tail -n 30 target/demo/$$name-$$folder.txt; exit 1; fi; \
	  done; \
	done; echo "What each run said is in target/demo/."

# One static binary.
build:
	@cargo build --release --locked --target $(HOST) $(STATIC)

# Everything that must hold. Installs the test tools first.
test: lint unit contract
	@echo "all tests passed"

lint:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items --quiet

# Also runs the command-line tests against the static binary.
unit: build
	LOCKGATE_TEST_BIN=$(abspath $(BIN)) cargo test --locked --workspace

# The action in a real runner, every SARIF in an independent validator, workflows and scripts in linters.
contract: build
	tests/tools/install.sh $(TOOLS)
	LOCKGATE_TEST_BIN=$(abspath $(BIN)) LOCKGATE_TEST_TOOLS=$(abspath $(TOOLS)) \
	  cargo test --locked --features contract --test contract

# Speed, beside an empty process, a lower bound and a peer in the same run.
bench:
	cargo bench --locked

# Holds lockgate against the index of a corpus, and the pairs and lockfiles that may not be copied
# here: make corpus CORPUS=folder
corpus:
	LOCKGATE_CORPUS=$(abspath $(CORPUS)) cargo test --locked --test it -- --nocapture \
	  corpus:: corrections:: damage:: manifests:: pairs::

# How much of a file of labelled cases the secret scan finds, for each source, beside its peers:
# make recall CASES=file. What it misses and what it should not find: ARGS="--misses --flagged".
recall:
	cargo run --locked --release --quiet -p lockgate-secrets --example recall -- $(abspath $(CASES)) $(ARGS)

# Holds origin, as git tells it, against full scans of both sides over fifty pairs of commits of each
# repository in a folder: make histories HISTORIES=folder; LOCKGATE_BANDIT names a Bandit to add.
histories:
	LOCKGATE_HISTORIES=$(abspath $(HISTORIES)) cargo test --locked --test it -- --nocapture histories::

# Fuzzes each parser for a minute, on the installed toolchain: make fuzz SECONDS=3600 for longer.
SECONDS ?= 60
TARGETS := ingest policy manifest escape import baseline bundle trial secrets csp hardening
fuzz:
	@command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz@0.13.2
	@for target in $(TARGETS); do \
	  mkdir -p tests/fuzz/corpus/$$target; \
	  case $$target in \
	    ingest) seeds=tests/fixtures/reports;; \
	    manifest) seeds=tests/fixtures/lockfiles;; \
	    import) seeds=tests/fixtures/import;; \
	    bundle) seeds=tests/fixtures/bundles;; \
	    secrets) seeds=crates/secrets/rules;; \
	    csp) seeds=crates/csp/data;; \
	    hardening) seeds=crates/hardening/tests/fixtures;; \
	    *) seeds=policies;; \
	  esac; \
	  find $$seeds -type f -size -20k -exec cp -n {} tests/fuzz/corpus/$$target/ \; ; \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none $$target -- \
	    -max_total_time=$(SECONDS) -timeout=5 -rss_limit_mb=1024 -max_len=65536 || exit 1; \
	done

# Changes what decides in each of some 1800 small ways, and tells which change no test notices. Needs
# cargo-mutants 27.1.0. Some mutants only: make mutants ONLY="src/merge src/origin".
mutants:
	@command -v cargo-mutants >/dev/null || cargo install --locked cargo-mutants@27.1.0
	cargo run --locked --quiet --manifest-path tests/mutation/Cargo.toml \
	  --target-dir target/mutation/runner -- . $(ONLY)

clean:
	cargo clean
