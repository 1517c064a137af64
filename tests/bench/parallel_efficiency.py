#!/usr/bin/env python3
"""How much of two cores a study uses: parallel_efficiency.py HEADROOM SCENARIO [ROUNDS]

Runs a study of eight runs of a second or more with one worker and with two, in turn, and prints
  efficiency   time with one worker / (2 × time with two), of the fastest round of each: what other programs take makes rounds slower
  no run       the share of the time with one worker during which no run worked, which is what two workers cannot shorten
  to expect    the efficiency on two free cores, from that share and from what two at a time cost in CPU time, which others move less
Never asserted: it depends on the machine's load.
"""
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

RUNS = 8


def study(program, scenario, workers):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "run", scenario, "--set", '/duration="400 h"', "--replications", str(RUNS), "--workers", str(workers),
                   "--inconclusive", "pass", "-q", "-o", folder]
        begin, cpu_begin = time.monotonic(), os.times()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        seconds, cpu_end = time.monotonic() - begin, os.times()
        with sqlite3.connect(os.path.join(folder, "results.sqlite")) as store:
            (working,) = store.execute("SELECT sum(wall_seconds) FROM runs").fetchone()
    cpu = cpu_end.children_user + cpu_end.children_system - cpu_begin.children_user - cpu_begin.children_system
    return seconds, cpu, working


def main(program, scenario, rounds=5):
    one, two = [], []
    for _ in range(int(rounds)):
        one.append(study(program, scenario, 1))
        two.append(study(program, scenario, 2))
        print(f"one worker {one[-1][0]:.2f} s ({one[-1][1]:.2f} s of CPU), two {two[-1][0]:.2f} s ({two[-1][1]:.2f} s of CPU)", flush=True)
    fastest_one, fastest_two = min(one), min(two)
    print(f"a run takes {fastest_one[2] / RUNS:.2f} s")
    print(f"efficiency {fastest_one[0] / (2 * fastest_two[0]):.1%}")
    serial = min(1 - working / seconds for seconds, _, working in one)
    dearer = min(cpu for _, cpu, _ in two) / min(cpu for _, cpu, _ in one)
    print(f"no run     {serial:.2%}")
    print(f"to expect  {1 / (2 * serial + (1 - serial) * dearer):.1%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
