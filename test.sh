#!/bin/sh
# Builds and runs every test: ./test.sh [--no-install]
set -eu
cd "$(dirname "$0")"

install=yes
while [ $# -gt 0 ]; do
  case $1 in
    --no-install) install=no ;;
    -h | --help) sed -n '2s/^# //p' "$0"; exit 0 ;;
    *) echo "test.sh: there is no option $1; it has --no-install" >&2; exit 2 ;;
  esac
  shift
done

echo "1. Install the Debian packages that are missing (debian-packages.txt, sections build and test)."
echo "2. Build everything, optimised, and run all tests."
echo "3. Build with sanitizers (preset dev) and run the tests of the inner rooms."
echo

if [ $install = yes ]; then .ci/install-packages build test; fi

# A test whose tool is missing skips itself. On a build machine that would hide a hole, so there it is an error.
missing=$(.ci/install-packages --list test)
for tool in $missing; do
  if [ "${CI:-}" = true ]; then echo "test.sh: the test tool $tool is missing" >&2
  else echo "SKIP: tests that need $tool, which is not installed"; fi
done
if [ -n "$missing" ] && [ "${CI:-}" = true ]; then exit 1; fi

rm -f build/release/junit.xml build/dev/junit.xml
jobs=$(nproc)
status=0

# run_tests PRESET [ctest arguments]
run_tests() {
  preset=$1
  shift
  ctest --test-dir "build/$preset" --output-junit junit.xml --output-on-failure --no-tests=error -j"$jobs" "$@" || status=1
}

cmake --preset release -DHEADROOM_TESTS=ON -DHEADROOM_BENCH=ON >/dev/null
cmake --build build/release
run_tests release

# The sanitizers look at every line that the bounded rooms have; whole studies under them would take the better part of an hour.
rooms="core measure experiment policies models scenarios cluster"
targets=
for room in $rooms; do
  if ls "tests/$room"/*.cpp >/dev/null 2>&1; then targets="$targets test_$room"; fi
done
cmake --preset dev >/dev/null
cmake --build build/dev --target $targets
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
run_tests dev -R "^($(echo $rooms | tr ' ' '|'))\."

# count ATTRIBUTE: of the root elements of both result files.
count() {
  sed -n "/<testsuite /,/>/s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" build/release/junit.xml build/dev/junit.xml | awk '{ n += $1 } END { print n + 0 }'
}
failed=$(count failures)
skipped=$(($(count skipped) + $(count disabled)))
passed=$(($(count tests) - failed - skipped))
echo
if [ $skipped -gt 0 ]; then
  echo "$skipped skipped:"
  sed -n 's/.*<testcase name="\([^"]*\)".*status="notrun".*/  \1/p' build/release/junit.xml build/dev/junit.xml
fi
if [ $failed -gt 0 ]; then status=1; fi
echo "$passed passed, $failed failed"
exit $status
