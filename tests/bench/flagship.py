#!/usr/bin/env python3
"""A shipped scenario with everything on: events per second, peak memory, and where its instructions go: flagship.py HEADROOM SCENARIOS

Events per second and memory are those that `headroom run` states, of the faster of two runs. The shares are of the instructions of one
run under callgrind (inclusive costs, so nothing is counted twice): the event core is the request plane's advance_to, histograms' recording
included; measuring is the recorder's windows and scrapes; the control plane is the rest of simulate(): SimGrid, controllers, set-up. Beside
the run stands the study: libraries, scenario, store, report, of which only the store's part grows with the number of runs. Shares do not depend on the machine's load.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

# Name, file, variant, duration that is timed, duration that is counted.
WORKS = [
    ("seed-001 fleet, 333,333 jobs/s", "monitoring/fleet.json", "with browsers and analyses", "60 s", "3 s"),
    ("ugc-video under an HPA", "ugc-video/scenario.json", "hpa", None, None),
]


def command(program, scenarios, work, duration, folder):
    words = [program, "run", os.path.join(scenarios, work[1]), "--variant", work[2], "--replications", "1", "--workers", "1", "--json",
             "-q", "--inconclusive", "pass", "-o", folder]
    return words + (["--set", f'/duration="{duration}"'] if duration else [])


def timed(program, scenarios, work):
    fastest = None
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(command(program, scenarios, work, work[3], folder), stdout=subprocess.PIPE, check=False)
        machine = json.loads(run.stdout)["machine"]
        if fastest is None or machine["events_per_second"] > fastest["events_per_second"]:
            fastest = machine
    return fastest


def inclusive(profile, name):
    """Instructions of the function whose name begins so; of several the dearest: the others are within it."""
    text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", profile], capture_output=True, text=True, check=True).stdout
    costs = [int(cost.replace(",", "")) for cost in re.findall(rf"^\s*([\d,]+) \([^)]*\)\s+\S*?:{re.escape(name)}\(", text, re.M)]
    return max(costs, default=0)


def shares(program, scenarios, work):
    with tempfile.TemporaryDirectory() as folder:
        words = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind.%p"]
        with subprocess.Popen(words + command(program, scenarios, work, work[4], folder), stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as process:
            said = process.stderr.read()
        study = int(re.search(rf"=={process.pid}== I\s+refs:\s*([\d,]+)", said).group(1).replace(",", ""))
        run = [name for name in glob.glob(f"{folder}/callgrind.*") if not name.endswith(f".{process.pid}")][0]
        whole = inclusive(run, "headroom::simulate")
        core = inclusive(run, "headroom::ExactRequestPlane::advance_to")
        measuring = sum(inclusive(run, name) for name in ("headroom::Recorder::record", "headroom::Recorder::scrape",
                                                          "headroom::ExactRequestPlane::refresh_instruments"))
    return {"event core": core / whole, "measuring": measuring / whole, "control plane, set-up": (whole - core - measuring) / whole}, study


def main(program, scenarios):
    for work in WORKS:
        machine = timed(program, scenarios, work)
        print(f"{work[0]}: {machine['events'] / 1e6:.1f} M events at {machine['events_per_second'] / 1e6:.2f} M/s, "
              f"peak memory {machine['peak_memory_bytes'] / 2**20:,.0f} MiB", flush=True)
        parts, study = shares(program, scenarios, work)
        print("  of the run: " + ", ".join(f"{name} {part:.1%}" for name, part in parts.items()))
        print(f"  beside it, whatever its length: {study / 1e6:.0f} M instructions to load, read, keep and report", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
