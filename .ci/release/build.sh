#!/usr/bin/env bash
# Builds the binary for one target: .ci/release/build.sh TARGET OUT puts it at OUT/TARGET/lockgate.
#
# The same commit and toolchain give the same bytes wherever the checkout is: no path of this machine
# and no time gets into them.
set -euo pipefail

target=$1
out=$2/$target
root=$(cd -- "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
cd -- "$root"

# One static file on Linux; on Windows without the redistributable that a machine may lack.
static='-C target-feature=+crt-static'
[[ $target != *-apple-* ]] || static=
home=${CARGO_HOME:-$HOME/.cargo}
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
RUSTFLAGS="$static --remap-path-prefix=$root=/lockgate --remap-path-prefix=$home=/cargo"
export SOURCE_DATE_EPOCH RUSTFLAGS CARGO_INCREMENTAL=0
cargo build --release --locked --bin lockgate --target "$target" --target-dir target/dist

program=lockgate
[[ $target != *-windows-* ]] || program=lockgate.exe
mkdir -p -- "$out"
cp -- "target/dist/$target/release/$program" "$out/$program"
