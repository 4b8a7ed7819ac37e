"""Run one command and report its cost: `python -I -S launch.py REPORT LIMIT COMMAND...`.

A small process between the benchmark and the command: Linux counts to a new process what the one
that started it held, and the benchmark holds whole records. The report is JSON: the exit status,
null if the command was stopped at the limit; CPU seconds; the largest resident kilobytes.
"""

import json
import os
import signal
import subprocess
import sys
from types import FrameType


def main() -> None:
    report, limit, *command = sys.argv[1:]
    process = subprocess.Popen(command, start_new_session=True)
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        os.killpg(process.pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(report, "w", encoding="utf-8") as file:
        seconds = usage.ru_utime + usage.ru_stime
        json.dump([None if stopped else process.returncode, seconds, usage.ru_maxrss], file)


if __name__ == "__main__":
    main()
