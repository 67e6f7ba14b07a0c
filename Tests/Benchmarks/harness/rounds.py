"""Measures every contestant on every work, round by round, in a shuffled order."""

import json
import os
import random
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

# Of all cores, used by neither side while a measurement ran. More is called disturbed; nothing is dropped.
DISTURBED_SHARE = 0.05


@dataclass(frozen=True)
class Trial:
    """A command that, followed by SECONDS, prints one line of JSON; `servers` are the processes it calls."""

    work: str
    contestant: str
    command: list
    servers: tuple = ()


@dataclass
class Measurement:
    round: int
    work: str
    contestant: str
    figures: dict
    others_share: float

    @property
    def is_disturbed(self):
        return self.others_share > DISTURBED_SHARE


class Watch:
    """How much of the machine others use, from its making until `others_share`."""

    def __init__(self, servers):
        self.servers = servers
        self.start = self.now()

    def now(self):
        return time.monotonic(), busy_seconds(), self.own_seconds()

    def own_seconds(self):
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        # The clock's number is the kernel's encoding of a process's CPU clock: all its threads, ended ones too.
        served = sum(time.clock_gettime(~pid << 3 | 2) for pid in self.servers)
        return usage.ru_utime + usage.ru_stime + served + time.process_time()

    def others_share(self):
        elapsed, busy, own = (end - start for start, end in zip(self.start, self.now()))
        return max(0.0, busy - own) / (elapsed * os.cpu_count())


def busy_seconds():
    """Of all cores, what is neither idle nor waiting; time stolen by the host counts."""
    with open("/proc/stat") as file:
        ticks = [int(number) for number in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def measure(trials, options):
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    measurements = []
    for number in range(1, options.runs + 1):
        order = list(trials)
        dice.shuffle(order)
        for trial in order:
            watch = Watch(trial.servers)
            done = subprocess.run([*trial.command, str(options.seconds)], stdout=subprocess.PIPE, text=True)
            if done.returncode != 0:
                sys.exit(f"{trial.contestant} failed on {trial.work}.")
            one = Measurement(number, trial.work, trial.contestant, json.loads(done.stdout), watch.others_share())
            measurements.append(one)
            mark = f"  (others used {one.others_share:.0%})" if one.is_disturbed else ""
            print(f"round {number}: {trial.work}: {trial.contestant}{mark}", file=sys.stderr)
    return measurements
