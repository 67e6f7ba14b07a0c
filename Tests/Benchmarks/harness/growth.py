"""What calls cost when a city's year of dossiers lies in the database, beside ten thousand."""

import contextlib
import json
import random
import shutil
import statistics
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from . import rounds, system

LIVED = 10_000
RATIO_MAX = 1.5
PAGE_RATIO_MAX = 1.2
PAGES = 1_000
CITY, WARD = "H26", "H26.101.00"
MARK = "generated"
# Before those that lives are spread over.
DAYS = 202


def say(words, started):
    print(f"{time.monotonic() - started:6.0f} s  {words}", file=sys.stderr)


def filled(directory, words, fill):
    """The directory, as it is if it was kept, else filled. One that was left half full is refused."""
    mark = directory / MARK
    if mark.exists():
        if mark.read_text() != words:
            sys.exit(f"{directory} holds {mark.read_text()}, not {words}: name another --data.")
        return directory
    if directory.exists():
        sys.exit(f"{directory} was left half full: remove it, or name another --data.")
    started = time.monotonic()
    directory.parent.mkdir(parents=True, exist_ok=True)
    fill(directory)
    mark.write_text(words)
    say(f"made {directory.name}: {words}", started)
    return directory


def lived(binaries, root, kept, seed, dossiers=LIVED):
    """A system in which dossiers have lived."""

    def fill(directory):
        # The catalogue is in force before the first dossier; what has lived goes on in real time.
        first = datetime.now(timezone.utc) - timedelta(days=DAYS)
        system.prepare(binaries, root, directory, "--sandbox-time", first.isoformat(timespec="seconds"))
        (directory / "sandbox").unlink()
        subprocess.run([binaries / "growth-benchmark", "generate", "--data", directory, "--dossiers", str(dossiers),
                        "--seed", str(seed)], check=True, stdout=sys.stderr)

    return filled(kept / f"lived-{dossiers}", f"{dossiers} dossiers, seed {seed}", fill)


def multiplied(binaries, kept, original, count, dossiers, seed):
    """As many dossiers as were asked for, by copying those that have lived."""

    def fill(directory):
        shutil.copytree(original, directory)
        (directory / MARK).unlink()
        subprocess.run([binaries / "growth-benchmark", "multiply", "--data", directory, "--copies",
                        str(dossiers // count)], check=True, stdout=sys.stderr)

    if dossiers % count or dossiers <= count:
        sys.exit(f"--dossiers is a multiple of {count:,}, and more.")
    return filled(kept / f"{original.name}-to-{dossiers}", f"{dossiers} dossiers, seed {seed}", fill)


def run(binaries, root, folder, options):
    """Alternates the same load between a system of ten thousand dossiers and one of many."""
    seed = options.seed if options.seed is not None else 2026
    kept = Path(options.data).resolve() if options.data else folder
    original = lived(binaries, root, kept, seed)
    large = multiplied(binaries, kept, original, LIVED, options.dossiers, seed)
    # Runs add dossiers, which counts where there are few: these are a copy.
    small = folder / "growth-small"
    shutil.copytree(original, small)
    dice = random.Random(seed)
    figures = {LIVED: [], options.dossiers: []}
    with contextlib.ExitStack() as stack:
        systems = {
            count: stack.enter_context(system.serving(binaries, data, folder / f"token-{count}"))
            for count, data in ((LIVED, small), (options.dossiers, large))
        }
        for number in range(1, options.runs + 1):
            order = list(systems)
            dice.shuffle(order)
            for count in order:
                one = systems[count]
                watch = rounds.Watch(one.pids())
                done = subprocess.run(
                    [binaries / "growth-benchmark", "mix", "--data", one.data, "--token-file", one.token,
                     "--rate", str(options.rate), "--seed", str(number), str(options.growth_seconds)],
                    stdout=subprocess.PIPE, text=True)
                if done.returncode != 0:
                    sys.exit(f"the load on {count} dossiers failed.")
                figures[count].append(json.loads(done.stdout))
                share = watch.others_share()
                mark = f"  (others used {share:.0%})" if share > rounds.DISTURBED_SHARE else ""
                print(f"round {number}: {count:,} dossiers{mark}", file=sys.stderr)
        write(figures, options)
        write_pages(queue_pages(binaries, systems[options.dossiers], folder, options))


def queue_pages(binaries, running, folder, options):
    """First pages of the city's queue for its head, and of a ward's for one of its officials."""
    tokens = {}
    for name, official, agency, role in (("city", "chutich.H26", CITY, "head"),
                                         ("ward", f"duyet.{WARD}.0", WARD, "official")):
        tokens[name] = folder / f"token-{name}"
        system.issue(binaries, running.data, tokens[name], official, role, "--agency", agency)
    pages = []
    for _ in range(options.runs):
        done = subprocess.run(
            [binaries / "growth-benchmark", "pages", "--data", running.data, "--city-token-file", tokens["city"],
             "--ward-token-file", tokens["ward"], "--city", CITY, "--ward", WARD, str(PAGES)],
            stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit("the queues' pages could not be measured.")
        pages.append(json.loads(done.stdout))
    return pages


def write_pages(pages):
    city, ward = (statistics.median(one[name]["p50_ms"] for one in pages) for name in ("city", "ward"))
    ratio = statistics.median(one["city"]["p50_ms"] / one["ward"]["p50_ms"] for one in pages)
    verdict = "reached" if 1 / PAGE_RATIO_MAX <= ratio <= PAGE_RATIO_MAX else "not reached"
    print(f"- a queue's page, p50, one in flight: {city:.3f} ms for the head of the city, {ward:.3f} ms for an official "
          f"of a ward; within {PAGE_RATIO_MAX - 1:.0%}: {ratio:.2f}: {verdict}")


def write(figures, options):
    small, large = figures[LIVED], figures[options.dossiers]
    print(f"\n### Growth: {options.rate:g} calls/s, {options.runs} runs of {options.growth_seconds:g} s, medians\n")
    print(f"| method | calls | p50 ms, {LIVED:,} | {options.dossiers:,} | ratio | p99 ms, {LIVED:,} "
          f"| {options.dossiers:,} | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    worst = {"p50_ms": (0, ""), "p99_ms": (0, "")}
    for method in sorted(set.intersection(*(set(run) for run in small + large))):
        cells = [f"{sum(run[method]['calls'] for run in large):,}"]
        for figure in ("p50_ms", "p99_ms"):
            before = [run[method][figure] for run in small]
            after = [run[method][figure] for run in large]
            ratio = statistics.median(b / a for a, b in zip(before, after))
            worst[figure] = max(worst[figure], (ratio, method))
            cells += [f"{statistics.median(before):.2f}", f"{statistics.median(after):.2f}", f"{ratio:.2f}"]
        print(f"| {method} | {' | '.join(cells)} |")
    print()
    for figure, (ratio, method) in worst.items():
        verdict = "reached" if ratio <= RATIO_MAX else "not reached"
        print(f"- {figure[:3]}, at most {RATIO_MAX} times as much: {ratio:.2f} ({method}): {verdict}")
