#!/bin/sh
# From a fresh Debian 12 to the first report: ./quickstart.sh [--no-install] [--build-dir DIR]
set -eu
cd "$(dirname "$0")"

install=yes
build_dir=build/release
while [ $# -gt 0 ]; do
  case $1 in
    --no-install) install=no ;;
    --build-dir) build_dir=${2:?--build-dir needs a folder}; shift ;;
    --build-dir=*) build_dir=${1#*=} ;;
    -h | --help) sed -n '2s/^# //p' "$0"; exit 0 ;;
    *) echo "quickstart.sh: there is no option $1; it has --no-install and --build-dir DIR" >&2; exit 2 ;;
  esac
  shift
done

echo "1. Install the Debian packages that are missing for building (debian-packages.txt, section build)."
echo "2. Build headroom, optimised, in $build_dir; a first build takes a few minutes."
echo "3. Compare the variants of scenarios/ugc-video and write a report into out/quickstart."
echo

if ! grep -qs '^VERSION_ID="12"' /etc/os-release || ! grep -qs '^ID=debian' /etc/os-release; then
  echo "Warning: this is not Debian 12; package names and versions may differ." >&2
fi
if [ $install = yes ]; then .ci/install-packages build; fi

cmake --preset release -B "$build_dir" -DHEADROOM_TESTS=OFF >/dev/null
cmake --build "$build_dir" --target headroom
echo

# A comparison ends with 3 or 99 when objectives are open or missed: the run completed all the same, and that is what counts here.
status=0
"$build_dir/headroom" compare scenarios/ugc-video/scenario.json -o out/quickstart || status=$?
case $status in
  0 | 3 | 99) exit 0 ;;
  *) echo "quickstart.sh: the comparison did not complete (exit $status)" >&2; exit "$status" ;;
esac
