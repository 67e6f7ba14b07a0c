"""Measures every contestant on every work, round by round, in a shuffled order."""

import json
import os
import random
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# Of all cores, used by neither side while a measurement ran. More is called disturbed; nothing is dropped.
DISTURBED_SHARE = 0.05


@dataclass(frozen=True)
class Work:
    name: str
    in_flight: int
    text_bytes: int


WORKS = (
    Work("64 B, 64 in flight", 64, 64),
    Work("64 B, one in flight", 1, 64),
    Work("2 KiB, 64 in flight", 64, 2048),
    Work("2 KiB, one in flight", 1, 2048),
)


@dataclass
class Measurement:
    round: int
    contestant: str
    work: str
    figures: dict
    others_share: float

    @property
    def is_disturbed(self):
        return self.others_share > DISTURBED_SHARE


def cpu_seconds(pid):
    """User and system time of a process with all its threads, by the kernel's clock of that process."""
    return time.clock_gettime(~pid << 3 | 2)


def busy_seconds():
    """Of all cores, what is neither idle nor waiting; time stolen by the host counts."""
    with open("/proc/stat") as file:
        ticks = [int(number) for number in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def start_servers(crew, folder):
    servers = {}
    for number, contestant in enumerate(crew):
        path = folder / f"{number}.sock"
        process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *contestant.serve, str(path)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        servers[contestant.name] = (process, path)
    for name, (process, path) in servers.items():
        wait_for(name, process, path)
    return servers


def wait_for(name, process, path):
    limit = time.monotonic() + 20
    while True:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
                return
            except OSError:
                if process.poll() is not None or time.monotonic() > limit:
                    sys.exit(f"The server of {name} does not come up.")
        time.sleep(0.02)


def measure_one(contestant, work, server, round_number, seconds):
    process, path = server
    own = time.process_time()
    busy, served, start = busy_seconds(), cpu_seconds(process.pid), time.monotonic()
    client = subprocess.Popen(
        [*contestant.load, str(path), str(process.pid), str(work.in_flight), str(work.text_bytes), str(seconds)],
        stdout=subprocess.PIPE, text=True)
    line = client.stdout.read()
    _, status, usage = os.wait4(client.pid, 0)
    client.returncode = os.waitstatus_to_exitcode(status)
    if client.returncode != 0 or not line.strip():
        sys.exit(f"{contestant.name} failed on {work.name}.")
    used = usage.ru_utime + usage.ru_stime + cpu_seconds(process.pid) - served + time.process_time() - own
    elapsed = time.monotonic() - start
    others = max(0.0, busy_seconds() - busy - used) / (elapsed * os.cpu_count())
    return Measurement(round_number, contestant.name, work.name, json.loads(line), others)


def measure(crew, folder, options):
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    servers = start_servers(crew, folder)
    measurements = []
    try:
        for number in range(1, options.runs + 1):
            order = [(contestant, work) for contestant in crew for work in WORKS]
            dice.shuffle(order)
            for contestant, work in order:
                one = measure_one(contestant, work, servers[contestant.name], number, options.seconds)
                measurements.append(one)
                mark = f"  others used {one.others_share:.0%}" if one.is_disturbed else ""
                print(f"round {number}: {work.name}: {contestant.name}{mark}", file=sys.stderr)
    finally:
        for process, _ in servers.values():
            process.terminate()
            process.wait()
    return measurements
