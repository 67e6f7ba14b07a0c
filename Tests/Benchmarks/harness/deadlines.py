"""A city's deadlines falling due at one minute, then all derived anew, while people hand dossiers in."""

import json
import shutil
import statistics
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from . import growth, system

LIVED = 10_000
RATIO_MAX = 2
# A Monday; five working days later all is due. The sandbox's clock only goes forward: it begins before.
RECEPTION = "2026-11-30T17:00+07:00"
DAY_OFF = "2026-12-03"
# From the start of the processes to the minute: they come up, a warm-up, and hand-ins to compare with.
LEAD_SECONDS = 45


def piled(binaries, root, kept, seed):
    """A sandbox with dossiers that are all due at the same minute."""

    def fill(directory):
        before = datetime.fromisoformat(RECEPTION) - timedelta(hours=1)
        system.prepare(binaries, root, directory, "--sandbox-time", before.isoformat(timespec="minutes"))
        done = subprocess.run(
            [binaries / "growth-benchmark", "pile", "--data", directory, "--dossiers", str(LIVED), "--seed", str(seed),
             "--reception", RECEPTION], check=True, stdout=subprocess.PIPE, text=True)
        (directory / "due").write_text(done.stdout.split()[-1])

    return growth.filled(kept / f"piled-{LIVED}", f"{LIVED} dossiers, seed {seed}", fill)


def run(binaries, root, folder, options):
    seed = options.seed if options.seed is not None else 2026
    kept = Path(options.data).resolve() if options.data else folder
    original = piled(binaries, root, kept, seed)
    pile = original
    if options.dossiers > LIVED:
        pile = growth.multiplied(binaries, kept, original, LIVED, options.dossiers, seed)
    figures = []
    for number in range(1, options.deadline_runs + 1):
        # Nothing falls due twice: each run has a copy.
        data = folder / "storm"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(pile, data)
        figures.append(storm(binaries, data, folder, (pile / "due").read_text(), number, options))
        shutil.rmtree(data)
    write(figures, options)


def storm(binaries, data, folder, due, seed, options):
    start = datetime.fromisoformat(due) - timedelta(seconds=LEAD_SECONDS)
    arguments = ("--sandbox-time", start.isoformat(timespec="seconds"))
    with system.serving(binaries, data, folder / "token-storm", *arguments) as running:
        done = subprocess.run(
            [binaries / "growth-benchmark", "storm", "--data", data, "--token-file", running.token,
             "--rate", str(options.rate), "--seed", str(seed), "--due", due, "--day-off", DAY_OFF],
            stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("the deadlines could not be measured.")
    one = json.loads(done.stdout)
    print(f"round {seed}: {done.stdout.strip()}", file=sys.stderr)
    return one


def write(figures, options):
    def median(value):
        return statistics.median(value(one) for one in figures)

    count = figures[0]["deadlines"]
    print(f"\n### {count:,} deadlines, {options.rate:g} hand-ins/s, {len(figures)} runs, medians\n")
    print("| hand-ins | calls | p50 ms | p99 ms | p99, times as much as before |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for phase, name in (("before", "before"), ("fallingDue", "while all falls due"), ("between", "afterwards"),
                        ("deriving", "while all is derived anew")):
        ratio = median(lambda one: one["handIn"][phase]["p99_ms"] / one["handIn"]["before"]["p99_ms"])
        print(f"| {name} | {sum(one['handIn'][phase]['calls'] for one in figures):,} "
              f"| {median(lambda one: one['handIn'][phase]['p50_ms']):.2f} "
              f"| {median(lambda one: one['handIn'][phase]['p99_ms']):.2f} | {ratio:.2f} |")
    print()
    for one in figures:
        counts = {one[key] for key in ("deadlines", "notice_rows", "noticed_by_rows", "notice_events",
                                       "noticed_by_events")}
        verdict = "every one once" if len(counts) == 1 else "NOT every one once"
        print(f"- noticed: {one['notice_rows']:,} rows of {one['noticed_by_rows']:,} dossiers, {one['notice_events']:,} "
              f"events of {one['noticed_by_events']:,}, of {one['deadlines']:,} deadlines: {verdict}")
    for key, phase in (("fall_due_seconds", "fallingDue"), ("derive_seconds", "deriving")):
        seconds = median(lambda one: one[key])
        ratio = median(lambda one: one["handIn"][phase]["p99_ms"] / one["handIn"]["before"]["p99_ms"])
        verdict = "reached" if ratio <= RATIO_MAX else "not reached"
        work = "noticing all" if phase == "fallingDue" else f"deriving {figures[0]['examined']:,}"
        print(f"- {work} took {seconds:.1f} s ({count / seconds:,.0f}/s); p99 of hand-ins, at most {RATIO_MAX} times "
              f"as much: {ratio:.2f}: {verdict}")
