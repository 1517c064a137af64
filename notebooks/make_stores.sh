#!/bin/sh
# Makes the result stores that the notebooks read: notebooks/make_stores.sh [FOLDER] (default: out/notebooks). From the root of the
# source tree; HEADROOM names the program.
set -eu
headroom=${HEADROOM:-build/release/headroom}
folder=${1:-out/notebooks}
scenario=scenarios/ugc-video/scenario.json

# 0, 3 and 99 are answers: it holds, cannot be told, does not hold.
answer() {
  "$headroom" "$@" --quiet >/dev/null || case $? in 3 | 99) ;; *) exit 1 ;; esac
}

answer compare "$scenario" -o "$folder/policies"
for peak in 20 40 60; do
  for replicas in 3 4 6 8 10; do
    answer run "$scenario" --set "/assumptions/spike_rate=$peak /s" --set "/services/api/replicas=$replicas" \
      -o "$folder/capacity/$peak-per-second-$replicas-replicas"
  done
done
