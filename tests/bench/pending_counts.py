#!/usr/bin/env python3
"""Instructions per event of the engine with 10^3, 10^5 and 10^6 requests in flight: pending_counts.py COUNTED_WORKS

Cost must not grow with what is pending: fails if the dearest takes more than twice the cheapest. Two lengths of each work are counted under
callgrind, both after as many arrivals as are to be pending; the difference leaves the filling out. Exit code 77: valgrind is not installed.
"""
import shutil
import sys

from instruction_counts import count

PENDING = [1_000, 100_000, 1_000_000]
MORE = 100_000


def main(program):
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is not installed")
        return 77
    per_event = []
    for pending in PENDING:
        filled = max(50_000, pending * 6 // 5)
        (less, few), (more, many) = count(program, str(pending), filled), count(program, str(pending), filled + MORE)
        per_event.append((more - less) / (many - few))
        print(f"{pending} pending: {per_event[-1]:.0f} instructions per event", flush=True)
    return 0 if max(per_event) <= 2 * min(per_event) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
