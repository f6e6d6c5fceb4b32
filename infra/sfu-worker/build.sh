#!/usr/bin/env bash
# Builds mediasoup-worker from the source inside the npm package, with the system's libraries.
#
#   build.sh node_modules/mediasoup/worker OUT_FILE
#
# Needs no root and no network. Prints ninja's "[n/m]" lines. OUT_FILE appears whole or not at all. The work is kept in
# OUT_FILE.build until it succeeds, so a build that was cut off goes on where it stopped.
# Exit 3: something is not installed; the names of the Debian packages are on stderr.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$1" && pwd)
mkdir -p "$(dirname "$2")"
out=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
work=$out.build

missing=()
need_command() { command -v "$1" > /dev/null || missing+=("$2"); }
need_library() { pkg-config --exists "$1" 2> /dev/null || missing+=("$2"); }
need_command meson meson
need_command ninja ninja-build
need_command g++ g++
need_command flatc flatbuffers-compiler
need_command pkg-config pkg-config
need_library libuv libuv1-dev
need_library openssl libssl-dev
need_library libsrtp2 libsrtp2-dev
need_library absl_flat_hash_map libabsl-dev
need_library flatbuffers libflatbuffers-dev
if (( ${#missing[@]} > 0 )); then
  echo "not installed: ${missing[*]}" >&2
  exit 3
fi

# change FILE OLD NEW: replaces OLD by NEW on the one line that has it, or stops the build. A patch that silently does
# not apply would give a worker that passes every test without DTLS and dies at the first browser.
change() {
  local file=$1 old=$2 new=$3 count
  count=$(grep -cF -- "$old" "$file" || true)
  if [[ $count != 1 ]]; then
    echo "patch does not apply: $count lines of $(basename "$file") have: $old" >&2
    exit 4
  fi
  OLD=$old NEW=$new awk '{ i = index($0, ENVIRON["OLD"]);
    if (i) $0 = substr($0, 1, i - 1) ENVIRON["NEW"] substr($0, i + length(ENVIRON["OLD"])); print }' \
    "$file" > "$file.changed"
  mv "$file.changed" "$file"
}

if [[ ! -e $work/prepared ]]; then
  rm -rf "$work"
  mkdir -p "$work/src"
  cp -r "$source_dir/." "$work/src/"

  # Where the worker's build would download a library, hand it the system's one under the same name.
  for shim in "$here"/subprojects/*/; do
    name=$(basename "$shim")
    wrap=$work/src/subprojects/$name.wrap
    if [[ ! -e $wrap ]]; then
      echo "patch does not apply: the worker has no subproject $name" >&2
      exit 4
    fi
    directory=$(sed -n 's/^directory *= *//p' "$wrap")
    mkdir -p "$work/src/subprojects/$directory"
    cp -r "$shim." "$work/src/subprojects/$directory/"
    echo 'static int unused;' > "$work/src/subprojects/$directory/none.c"
  done

  # Debian 12 has meson 1.0.1, which builds it.
  change "$work/src/meson.build" "meson_version: '>= 1.1.0'" "meson_version: '>= 1.0.0'"

  # The callback must pass on the answer of every call in its return phase (BIO_set_callback_ex(3): BIO_CB_RETURN is a
  # flag beside the operation). Compared with ==, it answers 1 to BIO_get_ktls_send(); an OpenSSL that was built with
  # kernel TLS, as Debian's is, then makes no write buffer, and SSL_read ends in SIGSEGV at the first DTLS handshake.
  change "$work/src/src/RTC/DtlsTransport.cpp" \
    '(operationType == BIO_CB_RETURN)' '((operationType & BIO_CB_RETURN) != 0)'

  meson setup "$work/out" "$work/src" --buildtype release -Db_ndebug=true --wrap-mode=nodownload
  touch "$work/prepared"
fi

# One job a core: ninja's own default is two more, and each wants several hundred MB. Nice, because a chat may be
# running beside it already.
NINJA_STATUS='[%f/%t] ' nice -n 10 ninja -C "$work/out" -j "$(getconf _NPROCESSORS_ONLN)" mediasoup-worker

strip -o "$work/mediasoup-worker" "$work/out/mediasoup-worker"
chmod 755 "$work/mediasoup-worker"
# Without MEDIASOUP_VERSION the worker says so and exits with 41: it loads, and finds its libraries.
code=0
env -i "$work/mediasoup-worker" > /dev/null 2>&1 || code=$?
if [[ $code != 41 ]]; then
  echo "the worker does not run here: exit code $code instead of 41" >&2
  exit 5
fi
mv "$work/mediasoup-worker" "$out"
rm -rf "$work"
