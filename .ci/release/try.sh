#!/usr/bin/env bash
# Runs the tests of the command line against a built binary: .ci/release/try.sh TARGET OUT, where
# .ci/release/build.sh has put it.
set -euo pipefail

target=$1
binary=$2/$target/lockgate
[[ $target != *-windows-* ]] || binary=$binary.exe

# What is shipped needs nothing: no interpreter, no library but the system's own.
case $target in
  *-linux-*)
    if ldd "$binary" 2>/dev/null | grep -q '=>'; then
      echo "$binary is not static" >&2
      exit 1
    fi
    ;;
esac
"$binary" --version

cd -- "${BASH_SOURCE[0]%/*}/../.."
export LOCKGATE_TEST_BIN=$binary
case $target in
  # The other tests make symbolic links and run shell scripts.
  *-windows-*) cargo test --locked --test it -- cli:: formats:: policies:: verdicts:: ;;
  *) cargo test --locked --test it ;;
esac
