#!/usr/bin/env python3
"""Instructions of a whole small study in the parent process, start-up to report: start_up_count.py HEADROOM SCENARIO LIMIT_FILE

What `headroom run` costs beside the simulation, in a number that does not depend on the machine's load: loading the program, reading the
scenario, keeping ten runs, the report. Fails above the limit, and a fifth below it. Exit code 77: valgrind is not installed.
"""
import re
import shutil
import subprocess
import sys
import tempfile


def main(program, scenario, limit_file):
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is not installed")
        return 77
    with open(limit_file, encoding="utf-8") as file:
        limit = float(next(line for line in file if line.strip() and not line.startswith("#")))
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "run", scenario, "--set",
                   '/duration="1 min"', "--set", '/warm_up="10 s"', "--workers", "1", "--inconclusive", "pass", "-q", "-o", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
            said = run.stderr.read()
    if run.returncode not in (0, 99):
        print(said)
        return 1
    found = re.search(rf"=={run.pid}== I\s+refs:\s*([\d,]+)", said)  # its runs are other processes
    millions = int(found.group(1).replace(",", "")) / 1e6
    print(f"{millions:.0f} million instructions, limit {limit:.0f} million")
    if millions > limit:
        print(f"more than the limit: find out what costs it, or say in {limit_file} and CHANGELOG why")
        return 1
    if millions < 0.8 * limit:
        print(f"far less than the limit: lower it in {limit_file}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
