#!/usr/bin/env bash
# Finds or builds the binary, and runs it once. Everything else is the binary's work.
set -euo pipefail

binary=${LOCKGATE_BINARY:-}
if [[ -z $binary ]]; then
  if ! command -v cargo >/dev/null; then
    echo "::error title=lockgate::there is no cargo on this runner to build lockgate with; give the input binary-path"
    exit 5
  fi
  # Outside the checkout: what the pull request contains must not reach the build.
  target="${RUNNER_TEMP:-/tmp}/lockgate-build"
  echo "::group::building lockgate"
  (cd "$LOCKGATE_SOURCE" && cargo build --release --locked --quiet --target-dir "$target")
  echo "::endgroup::"
  binary="$target/release/lockgate"
fi
if [[ ! -x $binary ]]; then
  echo "::error title=lockgate::the input binary-path names no program that can be run"
  exit 5
fi
exec "$binary" check
