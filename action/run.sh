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

# Adds each line of an input that is not empty as one argument: lines_of INPUT [PREFIX].
arguments=()
lines_of() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    [[ -z ${line//[[:space:]]/} ]] || arguments+=("${2:-}$line")
  done <<<"$1"
}

command=${LOCKGATE_COMMAND:-check}
case $command in
  check) exec "$binary" check ;;
  plan) exec "$binary" plan --github "--shards=${LOCKGATE_SHARDS:-}" ;;
  merge | publish)
    [[ $command == publish ]] || lines_of "${LOCKGATE_EXPECT:-}" --expect=
    arguments+=(--)
    wanted=${#arguments[@]}
    lines_of "${LOCKGATE_BUNDLES:-}"
    if [[ ${#arguments[@]} -eq $wanted ]]; then
      fail "the input command is $command, and the input bundles names nothing" 2
    fi
    exec "$binary" "$command" "${arguments[@]}"
    ;;
  *) fail 'the input command must be check, plan, merge or publish' 2 ;;
esac
