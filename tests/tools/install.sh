#!/bin/sh
# Installs the pinned test tools (act, zizmor, actionlint, shellcheck, jsonschema, sarif-multitool,
# and the scanners Bandit and pip-audit).
#
#   tests/tools/install.sh [TARGET]
#
# TARGET defaults to target/test-tools in the repository root. Nothing is
# written outside TARGET. Quiet when there is nothing to do; one line on
# stdout after an installation, one line on stderr on failure.
set -eu
umask 022

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
marker=.lockgate-test-tools
multitool=npm/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
prism=npm/node_modules/@stoplight/prism-cli/dist/index.js

die() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 1
}

if [ "$#" -gt 1 ]; then
    die 'usage: install.sh [TARGET]'
fi
target=${1:-$here/../../target/test-tools}
mkdir -p -- "$target" 2>/dev/null || die "cannot create the folder $target"
target=$(CDPATH='' cd -- "$target" && pwd -P) || die "cannot enter the folder $target"

# The stamp covers the pins, this script and the place: a Python environment
# cannot be moved, so a moved or copied one is installed again.
wanted=$({
    cat -- "$here/requirements.txt" "$here/package.json" \
        "$here/package-lock.json" "$here/install.sh"
    printf '%s\n' "$target"
} | sha256sum) || die 'cannot compute the checksum of the pin files'

is_current() {
    [ -f "$target/stamp" ] || return 1
    IFS= read -r have <"$target/stamp" || return 1
    [ "$have" = "$wanted" ] || return 1
    for tool in python act zizmor actionlint shellcheck sarif-multitool prism bandit pip-audit; do
        [ -x "$target/bin/$tool" ] || return 1
    done
    [ -x "$target/$multitool" ] && [ -f "$target/$prism" ]
}

if is_current; then
    exit 0
fi

# Only ever empty a folder that this script has made or found empty.
if [ ! -f "$target/$marker" ] && [ -n "$(ls -A -- "$target")" ]; then
    # A parallel call may have put the marker there between the two tests.
    [ -f "$target/$marker" ] || die "$target is not empty and was not made by this script"
fi
: >>"$target/$marker" || die "cannot write to $target"

for program in flock python3 npm node; do
    command -v "$program" >/dev/null 2>&1 || die "$program is needed and was not found in PATH"
done

# One installation at a time; a waiting call finds the work already done. The
# programs started below hold the lock too, should this script be killed.
exec 9>>"$target/$marker"
flock 9 || die "cannot lock $target"
if is_current; then
    exit 0
fi

find "$target" -mindepth 1 -maxdepth 1 ! -name "$marker" -exec rm -rf -- {} + ||
    die "cannot empty $target"
mkdir -- "$target/tmp" "$target/log" "$target/npm" || die "cannot write to $target"
trap 'rm -rf -- "$target/tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

TMPDIR=$target/tmp
PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_NO_INPUT=1
PIP_USER=0
PYTHONDONTWRITEBYTECODE=1
export TMPDIR PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT PIP_USER PYTHONDONTWRITEBYTECODE
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV PIP_TARGET PIP_PREFIX PIP_ROOT

# step WHAT LOG COMMAND...: run quietly; on failure say which tool and why.
step() {
    what=$1
    log=$target/log/$2
    shift 2
    if "$@" >"$log" 2>&1; then
        return 0
    fi
    # The line that names the cause, or else the last one that is not empty.
    why=$(grep -E '^(ERROR:|npm (error|ERR!) )' "$log" |
        grep -v -E '^npm (error|ERR!) (syscall|errno|A complete log|[^ ]*_logs/)' |
        sed -E 's/^(ERROR:|npm (error|ERR!)) *//' | head -n 2 | tr '\n' ' ') || true
    if [ -z "$why" ]; then
        why=$(grep -v '^[[:space:]]*$' "$log" | tail -n 1) || true
    fi
    die "$what: ${why:-failed without a message} (log: $log)"
}

# The environment is made without its own pip, and the pip of the system works
# on it: Debian splits ensurepip off into a package that may be missing.
step 'python3 -m venv' venv.log python3 -m venv --without-pip "$target"
if python3 -m pip --python "$target/bin/python" --version >/dev/null 2>&1; then
    set -- python3 -m pip --python "$target/bin/python"
else
    step 'pip' pip.log "$target/bin/python" -m ensurepip --default-pip
    set -- "$target/bin/python" -m pip
fi
step 'act, zizmor, actionlint, shellcheck, jsonschema, bandit, pip-audit (pip)' pip.log "$@" install --quiet --no-cache-dir \
    --only-binary :all: --require-hashes -r "$here/requirements.txt"

cp -- "$here/package.json" "$here/package-lock.json" "$target/npm/" ||
    die "cannot write to $target/npm"
npm_ci() (
    cd -- "$target/npm" &&
        npm ci --ignore-scripts --no-bin-links --no-audit --no-fund --no-update-notifier \
            --loglevel=error --cache "$target/tmp/npm"
)
step 'sarif-multitool, prism (npm)' npm.log npm_ci

# The job of the package's install script, which --ignore-scripts leaves out.
chmod u+x -- "$target/$multitool" || die "sarif-multitool: its program is not in the npm package"
cat >"$target/bin/sarif-multitool" <<'WRAPPER' || die "cannot write to $target/bin"
#!/bin/sh
# Culture-free mode: works without the ICU libraries. No diagnostics socket.
DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
DOTNET_EnableDiagnostics=0
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT DOTNET_EnableDiagnostics
here=$(dirname -- "$(readlink -f -- "$0")") || exit 127
exec "$here/../npm/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool" "$@"
WRAPPER
[ -f "$target/$prism" ] || die "prism: its program is not in the npm package"
cat >"$target/bin/prism" <<'WRAPPER' || die "cannot write to $target/bin"
#!/bin/sh
here=$(dirname -- "$(readlink -f -- "$0")") || exit 127
exec node "$here/../npm/node_modules/@stoplight/prism-cli/dist/index.js" "$@"
WRAPPER
chmod 755 -- "$target/bin/sarif-multitool" "$target/bin/prism" || die "cannot write to $target/bin"

# Nothing counts as installed before it has answered.
step 'python' python.log "$target/bin/python" -c 'import jsonschema'
step 'act' act.log env HOME="$target/tmp" "$target/bin/act" --version
step 'bandit' bandit.log "$target/bin/bandit" --version
step 'pip-audit' pip-audit.log "$target/bin/pip-audit" --version
step 'zizmor' zizmor.log "$target/bin/zizmor" --version
step 'actionlint' actionlint.log "$target/bin/actionlint" -version
step 'shellcheck' shellcheck.log "$target/bin/shellcheck" --version
step 'sarif-multitool' sarif-multitool.log "$target/bin/sarif-multitool" --version
step 'prism' prism.log "$target/bin/prism" --version

printf '%s\n' "$wanted" >"$target/tmp/stamp" || die "cannot write to $target/tmp"
mv -- "$target/tmp/stamp" "$target/stamp" || die "cannot write to $target"
printf 'test tools installed in %s\n' "$target"
