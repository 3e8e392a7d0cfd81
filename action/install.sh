#!/usr/bin/env bash
# Puts the binary in place: downloads the one of the release that this commit belongs to, and checks it
# against action/checksums.txt before anything of it is run; or builds the source of this commit.
#
# action.yml starts this with `bash -p`, which reads no BASH_ENV and takes no functions from the
# environment, in a step that has no token. Writes the binary's path to the step output `binary`.
#
#   LOCKGATE_BUILD               auto: build where checksums.txt has nothing for this machine; always; never
#   LOCKGATE_DOWNLOAD_URL        a mirror: the folder with the files of the release
#   LOCKGATE_VERIFY_ATTESTATION  off, auto, require: also ask gh who built it
#
# Ends with 5 and one ::error when the binary cannot be had. Needs bash 3.2, as macOS has it.
set -euo pipefail
umask 077

fail() {
  printf '::error title=lockgate::%s\n' "$1"
  exit 5
}

say() {
  printf 'lockgate: %s\n' "$1"
}

# Everything goes but what is named here: folders, proxies, certificates, the toolchain, and what
# programs on Windows need to start at all. No token, no LD_PRELOAD, no RUSTC_WRAPPER, no CURL_HOME.
clean_environment() {
  local name
  for name in $(compgen -e); do
    case $name in
      PATH | HOME | USER | LOGNAME | LANG | TMPDIR | TEMP | TMP) ;;
      GITHUB_ACTION_PATH | GITHUB_OUTPUT | GITHUB_WORKSPACE | RUNNER_*) ;;
      LOCKGATE_BUILD | LOCKGATE_DOWNLOAD_URL | LOCKGATE_VERIFY_ATTESTATION) ;;
      [Hh][Tt][Tt][Pp]_[Pp][Rr][Oo][Xx][Yy] | [Hh][Tt][Tt][Pp][Ss]_[Pp][Rr][Oo][Xx][Yy]) ;;
      [Aa][Ll][Ll]_[Pp][Rr][Oo][Xx][Yy] | [Nn][Oo]_[Pp][Rr][Oo][Xx][Yy]) ;;
      SSL_CERT_FILE | SSL_CERT_DIR | CURL_CA_BUNDLE | CARGO_HOME | RUSTUP_HOME | DEVELOPER_DIR) ;;
      SYSTEMROOT | SystemRoot | SYSTEMDRIVE | SystemDrive | WINDIR | windir | COMSPEC | ComSpec) ;;
      PATHEXT | USERPROFILE | APPDATA | LOCALAPPDATA | Program* | PROGRAM* | MSYSTEM | ALLUSERSPROFILE) ;;
      *) unset "$name" 2>/dev/null || true ;;
    esac
  done
}

# The system's folders first, then the others of PATH, but none that belongs to the checkout: a change
# must not bring the program that checks what is run.
clean_path() {
  local kept=/usr/bin:/bin:/usr/sbin:/sbin folder real workspace=''
  if [[ -n ${GITHUB_WORKSPACE:-} ]]; then
    workspace=$(cd -P -- "$GITHUB_WORKSPACE" 2>/dev/null && pwd) || workspace=
  fi
  [[ ! -d /mingw64/bin ]] || kept=$kept:/mingw64/bin
  [[ ! -d /clangarm64/bin ]] || kept=$kept:/clangarm64/bin
  local IFS=:
  set -f
  for folder in $PATH; do
    [[ $folder == /* ]] || continue
    real=$(cd -P -- "$folder" 2>/dev/null && pwd) || continue
    [[ -z $workspace || $real/ != "$workspace"/* ]] || continue
    kept=$kept:$real
  done
  set +f
  PATH=$kept
  export PATH
  hash -r
}

# The Rust name of this machine.
find_target() {
  case ${RUNNER_OS:-$(uname -s)}/${RUNNER_ARCH:-$(uname -m)} in
    Linux/X64 | Linux/x86_64) target=x86_64-unknown-linux-musl ;;
    Linux/ARM64 | Linux/aarch64) target=aarch64-unknown-linux-musl ;;
    macOS/X64 | Darwin/x86_64) target=x86_64-apple-darwin ;;
    macOS/ARM64 | Darwin/arm64) target=aarch64-apple-darwin ;;
    # Windows on ARM runs programs of x64, too.
    Windows/X64 | Windows/ARM64) target=x86_64-pc-windows-msvc ;;
    *) target= ;;
  esac
  program=lockgate
  [[ $target != *-windows-* ]] || program=lockgate.exe
}

# Reads checksums.txt whole, so that a damaged one is never half believed:
#
#   release VERSION URL      URL is the folder of the release's files
#   SHA256  lockgate-VERSION-TARGET.tar.gz
read_checksums() {
  local line seen=' '
  local is_release='^release (v[0-9]+\.[0-9]+\.[0-9]+(-[0-9a-z.]+)?) (https://[A-Za-z0-9.-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/releases/download/v[0-9a-z.-]+)$'
  local is_sum='^([0-9a-f]{64})  (lockgate-[A-Za-z0-9_.-]+)$'
  version=
  origin=
  checksum=
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    if [[ -z $line || $line == '#'* ]]; then
      continue
    elif [[ -z $version && $line =~ $is_release ]]; then
      version=${BASH_REMATCH[1]}
      origin=${BASH_REMATCH[3]}
    elif [[ -n $version && $line =~ $is_sum && $seen != *" ${BASH_REMATCH[2]} "* ]]; then
      seen="$seen${BASH_REMATCH[2]} "
      [[ ${BASH_REMATCH[2]} != "lockgate-$version-$target.tar.gz" ]] || checksum=${BASH_REMATCH[1]}
    else
      fail 'action/checksums.txt is damaged; nothing was run'
    fi
  done <"$source/action/checksums.txt"
}

# The SHA-256 of a file, with what the system has.
sha256_of() {
  local sum
  if command -v sha256sum >/dev/null; then
    sum=$(sha256sum <"$1")
  elif command -v shasum >/dev/null; then
    sum=$(shasum -a 256 <"$1")
  else
    fail 'there is neither sha256sum nor shasum on this runner to check the download with; give the input binary-path'
  fi
  printf '%s' "${sum%% *}"
}

# Gets one file of the release: download NAME INTO. Only https, except on this machine itself, which
# tests and mirrors use.
download() {
  local proto='=https' url=$from/$1
  [[ $from == https://* ]] || proto='=http'
  local -a how=(--disable --fail --silent --show-error --location --max-redirs 5)
  how+=(--proto "$proto" --proto-redir "$proto" --tlsv1.2 --connect-timeout 10 --max-time 120)
  how+=(--retry 3 --retry-delay 1 --retry-max-time 150 --retry-connrefused --max-filesize 104857600)
  [[ $proto == =https ]] || how+=(--noproxy '*')
  # The server may not say how long the file is; the limit is in units of 1 KiB.
  (ulimit -f 102400 2>/dev/null || true && exec curl "${how[@]}" --output "$2" -- "$url")
}

check_url() {
  local rest='(:[0-9]+)?(/[A-Za-z0-9._~%+=-]*)*$'
  local secure="^https://[A-Za-z0-9.-]+$rest" local_only="^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])$rest"
  from=${LOCKGATE_DOWNLOAD_URL:-$origin}
  from=${from%/}
  if ! [[ $from =~ $secure || $from =~ $local_only ]]; then
    fail 'the input download-url must be an https address without user name, query or spaces'
  fi
}

# The archive of this machine in $archive, checked. One that an earlier job has kept is checked again.
fetch_archive() {
  local name=lockgate-$version-$target.tar.gz kept='' found
  archive=$scratch/$name
  if [[ -n ${RUNNER_TOOL_CACHE:-} ]]; then
    kept=$RUNNER_TOOL_CACHE/lockgate/$version/$target/$name
    if [[ -f $kept && ! -L $kept ]] && cp -- "$kept" "$archive" 2>/dev/null; then
      if [[ $(sha256_of "$archive") == "$checksum" ]]; then
        say "$version for $target, from the tool cache"
        return
      fi
      say 'what the tool cache holds is not what was released; it is downloaded anew'
      rm -f -- "$kept" "$archive"
    fi
  fi
  command -v curl >/dev/null || fail 'there is no curl on this runner to download lockgate with; give the input binary-path'
  if ! download "$name" "$archive"; then
    fail "lockgate $version for $target could not be downloaded; give the input download-url for a mirror, or binary-path"
  fi
  found=$(sha256_of "$archive")
  if [[ $found != "$checksum" ]]; then
    fail "the download is not what was released: its SHA-256 is $found, expected $checksum; nothing of it was run"
  fi
  say "$version for $target, downloaded and checked"
  # Only machines that are kept have a use for it.
  if [[ -n $kept && ${RUNNER_ENVIRONMENT:-} != github-hosted ]]; then
    { mkdir -p -- "${kept%/*}" && cp -- "$archive" "$kept.$$" && mv -f -- "$kept.$$" "$kept"; } 2>/dev/null || rm -f -- "$kept.$$"
  fi
}

# Asks gh whether the release workflow has built the archive. gh gets no token: the attestation comes
# from the release's files, and what gh knows of this user stays out.
verify_attestation() {
  local wanted=${LOCKGATE_VERIFY_ATTESTATION:-off} host owner name rest bundle=$scratch/attestation.jsonl
  case $wanted in
    off) return ;;
    auto | require) ;;
    *) fail 'the input verify-attestation must be auto, require or off' ;;
  esac
  if ! command -v gh >/dev/null; then
    [[ $wanted == auto ]] || fail 'there is no gh on this runner to verify the attestation with'
    say 'no gh on this runner: the attestation was not verified, the checksum was'
    return
  fi
  if ! download "lockgate-$version.attestation.jsonl" "$bundle"; then
    [[ $wanted == auto ]] || fail 'the attestation of the release could not be downloaded'
    say 'the attestation could not be downloaded and was not verified; the checksum was'
    return
  fi
  rest=${origin#https://}
  host=${rest%%/*}
  rest=${rest#*/}
  owner=${rest%%/*}
  rest=${rest#*/}
  name=${rest%%/*}
  if ! GH_HOST=$host GH_CONFIG_DIR=$scratch/gh GH_PROMPT_DISABLED=1 gh attestation verify "$archive" \
    --bundle "$bundle" --repo "$owner/$name" --deny-self-hosted-runners \
    --signer-workflow "$host/$owner/$name/.github/workflows/release.yml" >"$scratch/gh.log" 2>&1; then
    # What gh says can quote the file that was downloaded.
    tr -cd '[:print:]\n' <"$scratch/gh.log" | tail -n 20 | sed -e 's/##\[/## [/g' -e 's/^/gh: /'
    fail 'gh could not verify that the release workflow has built this binary; nothing of it was run'
  fi
  say 'gh has verified who built it'
}

# Takes the one program out of the archive. It goes through a pipe into a file of ours, so that no name
# and no link of the archive is ever followed.
unpack() {
  local listed
  listed=$(tar -tvzf "$archive" 2>/dev/null) || fail 'the archive of the release cannot be read'
  if [[ $listed == *$'\n'* || $listed != -* || $(tar -tzf "$archive" 2>/dev/null) != "$program" ]]; then
    fail 'the archive of the release does not hold exactly one program'
  fi
  binary=$scratch/$program
  (ulimit -f 204800 2>/dev/null || true && exec tar -xzOf "$archive" "$program" >"$binary") ||
    fail 'the archive of the release cannot be unpacked'
  chmod 700 "$binary"
}

build() {
  if ! command -v cargo >/dev/null; then
    fail 'there is no cargo on this runner to build lockgate with; give the input binary-path'
  fi
  # Outside the checkout: what a pull request contains must not reach the build.
  local folder=${scratch%/*}/lockgate-build
  echo '::group::building lockgate'
  (cd -- "$source" && cargo build --release --locked --quiet --bin lockgate --target-dir "$folder") ||
    fail 'lockgate could not be built from the source of this action'
  echo '::endgroup::'
  binary=$folder/release/$program
}

main() {
  clean_environment
  clean_path
  source=$(cd -P -- "${BASH_SOURCE[0]%/*}/.." && pwd)
  local temp=${RUNNER_TEMP:-${TMPDIR:-/tmp}} said
  # On Windows: tar takes D:\… for a name on the machine D.
  if command -v cygpath >/dev/null; then
    temp=$(cygpath -u "$temp")
    [[ -z ${RUNNER_TOOL_CACHE:-} ]] || RUNNER_TOOL_CACHE=$(cygpath -u "$RUNNER_TOOL_CACHE")
  fi
  scratch=$(mktemp -d "${temp%/}/lockgate.XXXXXX") || fail 'the folder for temporary files cannot be written to'
  find_target
  read_checksums
  case ${LOCKGATE_BUILD:-auto} in
    auto | always | never) ;;
    *) fail 'the input build must be auto, always or never' ;;
  esac
  if [[ ${LOCKGATE_BUILD:-auto} != always && -n $checksum ]]; then
    check_url
    fetch_archive
    verify_attestation
    unpack
  elif [[ ${LOCKGATE_BUILD:-auto} == never ]]; then
    fail "this commit of the action belongs to no release with a binary for ${target:-this machine}, and the input build is never"
  elif [[ ${LOCKGATE_VERIFY_ATTESTATION:-off} == require ]]; then
    fail 'the input verify-attestation is require, but this commit of the action has no released binary for this machine'
  else
    [[ -n $checksum ]] || say "this commit belongs to no release with a binary for ${target:-this machine}: its source is built"
    build
  fi
  said=$("$binary" --version) || fail 'the binary cannot be run on this machine'
  if [[ -n $version && -n $checksum && ${LOCKGATE_BUILD:-auto} != always && ${said%$'\r'} != "lockgate ${version#v}" ]]; then
    fail "the released binary is of another version than $version"
  fi
  [[ $binary != *$'\n'* ]] || fail 'the folder for temporary files has a line break in its name'
  printf 'binary=%s\n' "$binary" >>"${GITHUB_OUTPUT:?}"
}

main
