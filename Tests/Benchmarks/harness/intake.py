"""Durable intake through the gateway of a running system: as much as it takes, beside the storage floor, and a third
of that at a fixed rate."""

import json
import statistics
import subprocess
import sys

RATIO_MIN = 0.25
SPREAD_MAX = 10
SECONDS = 10


def run(binaries, system, runs):
    done = subprocess.run([binaries / "intake-benchmark", "--data", system.data, "--token-file", system.token,
                           "--runs", str(runs)], check=True, stdout=subprocess.PIPE, text=True)
    closed = json.loads(done.stdout.splitlines()[-1])
    print("\n".join(done.stdout.splitlines()[:-1]))
    verdict = "reached" if closed["ratio"] >= RATIO_MIN else "not reached"
    print(f"  at least {RATIO_MIN} of the floor: {verdict}")
    rate = closed["dossiers_per_second"] / 3
    figures = []
    for number in range(1, runs + 1):
        done = subprocess.run([binaries / "growth-benchmark", "intake", "--data", system.data, "--token-file",
                               system.token, "--rate", str(rate), "--seed", str(number), str(SECONDS)],
                              stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit("the open loop failed.")
        figures.append(json.loads(done.stdout)["handIn"])
    p50, p99 = (statistics.median(one[key] for one in figures) for key in ("p50_ms", "p99_ms"))
    spread = statistics.median(one["p99_ms"] / one["p50_ms"] for one in figures)
    print(f"open loop at a third of that, {rate:.0f}/s, {runs} runs of {SECONDS} s, medians")
    print(f"  p50 {p50:.2f} ms, p99 {p99:.2f} ms, p99/p50 {spread:.1f}")
    verdict = "reached" if spread <= SPREAD_MAX else "not reached"
    print(f"  p99 at most {SPREAD_MAX} times p50: {verdict}")
