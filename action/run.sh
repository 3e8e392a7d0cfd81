#!/usr/bin/env bash
# Runs the binary once. Everything else is the binary's work, which reads its options from the
# environment: no shell ever expands an input.
set -euo pipefail

fail() {
  printf '::error title=lockgate::%s\n' "$1"
  exit "$2"
}

binary=${LOCKGATE_BINARY:-}
if [[ ! -f $binary || ! -x $binary ]]; then
  fail 'the input binary-path names no program that can be run' 5
fi

# Each line of an input that is not empty, as one argument.
arguments=()
lines_of() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    [[ -z ${line//[[:space:]]/} ]] || arguments+=("$line")
  done <<<"$1"
}

case ${LOCKGATE_COMMAND:-check} in
  check) exec "$binary" check ;;
  plan) exec "$binary" plan --github --shards "${LOCKGATE_SHARDS:-}" ;;
  merge | publish)
    lines_of "${LOCKGATE_BUNDLES:-}"
    if [[ ${#arguments[@]} -eq 0 ]]; then
      fail "the input command is $LOCKGATE_COMMAND, and the input bundles names nothing" 2
    fi
    exec "$binary" "$LOCKGATE_COMMAND" -- "${arguments[@]}"
    ;;
  *) fail 'the input command must be check, plan, merge or publish' 2 ;;
esac
