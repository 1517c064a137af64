#!/usr/bin/env python3
"""Instructions per request, which do not depend on the machine's load: instruction_counts.py COUNTED_WORKS LIMITS

Counts two lengths of each work under callgrind; the difference leaves start-up out. Fails above a limit, and a tenth below it, so that
what was won is not lost again unseen. Exit code 77: valgrind is not installed.
"""
import re
import shutil
import subprocess
import sys

FEW, MANY = 50_000, 150_000


def count(program, work, requests):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, work, str(requests)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    instructions = int(re.search(r"refs:\s*([\d,]+)", run.stderr).group(1).replace(",", ""))
    return instructions, int(run.stdout)


def main(program, limits_file):
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is not installed")
        return 77
    failed = False
    with open(limits_file, encoding="utf-8") as limits:
        rows = [line.split() for line in limits if line.strip() and not line.startswith("#")]
    for work, limit in rows:
        (less, few), (more, many) = count(program, work, FEW), count(program, work, MANY)
        per_request = (more - less) / (many - few)
        verdict = "ok"
        if per_request > int(limit):
            verdict, failed = f"more than {limit}: find out what costs it, or say in {limits_file} and CHANGELOG why", True
        elif per_request < 0.9 * int(limit):
            verdict, failed = f"far less than {limit}: lower the limit in {limits_file}", True
        print(f"{work}: {per_request:.0f} instructions per request, {verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
