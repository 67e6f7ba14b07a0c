"""Medians, spreads, ratios and goals, as Markdown and JSON."""

import dataclasses
import json
import os
import platform
import statistics
from datetime import datetime, timezone

from . import rounds
from .contestants import FLOOR, GO_TTRPC, OURS, OURS_POOL


def calls_per_second(figures):
    return figures["calls"] / figures["seconds"]


def cpu_per_100k(figures):
    return (figures["client_cpu"] + figures["server_cpu"]) / figures["calls"] * 1e5


@dataclasses.dataclass(frozen=True)
class Column:
    title: str
    value: object
    digits: int


RATE = Column("calls/s", calls_per_second, 0)
CPU = Column("CPU s per 100 k calls", cpu_per_100k, 3)
P50 = Column("p50 us", lambda figures: figures["p50_us"], 1)
P99 = Column("p99 us", lambda figures: figures["p99_us"], 1)


@dataclasses.dataclass(frozen=True)
class Goal:
    """What issue 3 asks of the ratio of ours to a reference, in one run."""

    text: str
    work: str
    column: Column
    reference: str
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, ratio):
        return ratio >= self.at_least if self.at_least is not None else ratio <= self.at_most


GOALS = (
    Goal("calls/s of Go ttrpc, at least 8", "64 B, 64 in flight", RATE, GO_TTRPC, at_least=8),
    Goal("calls/s of C, at least 0.6", "64 B, 64 in flight", RATE, FLOOR, at_least=0.6),
    Goal("p50 of Go ttrpc, at most 0.35", "64 B, one in flight", P50, GO_TTRPC, at_most=0.35),
    Goal("p50 of C, at most 1.4", "64 B, one in flight", P50, FLOOR, at_most=1.4),
    Goal("calls/s of Go ttrpc, at least 8", "2 KiB, 64 in flight", RATE, GO_TTRPC, at_least=8),
    Goal("calls/s of C, at least 0.6", "2 KiB, 64 in flight", RATE, FLOOR, at_least=0.6),
    Goal("CPU of C, at most 2", "64 B, 64 in flight", CPU, FLOOR, at_most=2),
)


def grouped(number, digits):
    return f"{number:,.{digits}f}"


def spread(values, digits):
    """The median, and the least and the most beside it."""
    if len(values) == 1:
        return grouped(values[0], digits)
    return (f"{grouped(statistics.median(values), digits)} "
            f"({grouped(min(values), digits)}–{grouped(max(values), digits)})")


class Results:
    """Figures by work, contestant and round; a ratio is taken within a round."""

    def __init__(self, measurements):
        self.by_key = {}
        for one in measurements:
            self.by_key.setdefault((one.work, one.contestant), {})[one.round] = one.figures

    def has(self, contestant):
        return any(name == contestant for _, name in self.by_key)

    def values(self, work, contestant, column):
        return [column.value(figures) for figures in self.by_key[work, contestant].values()]

    def ratios(self, work, contestant, reference, column):
        ours, theirs = self.by_key[work, contestant], self.by_key[work, reference]
        return [column.value(ours[number]) / column.value(theirs[number]) for number in ours]


class Report:
    def __init__(self, folder, options):
        self.folder = folder
        self.options = options
        self.sections = []
        self.data = {
            "time": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "machine": machine(),
            "runs": options.runs,
            "seconds": options.seconds,
        }

    def add_echo(self, crew, measurements):
        results = Results(measurements)
        self.data["echo"] = [dataclasses.asdict(one) for one in measurements]
        for work in rounds.WORKS:
            self.sections.append(echo_table(work, crew, results))
        self.sections.append(goals_table(results))
        disturbed = sum(one.is_disturbed for one in measurements)
        self.sections.append(
            f"Disturbed (other processes used more than {rounds.DISTURBED_SHARE:.0%} of the machine): "
            f"{disturbed} of {len(measurements)} measurements, none dropped.")

    def write(self):
        heading = (f"# Benchmarks\n\n{self.data['time']}, {self.data['machine']}; "
                   f"medians of {self.options.runs} runs of {self.options.seconds} s (least–most).")
        text = "\n\n".join([heading, *self.sections]) + "\n"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "results.md").write_text(text)
        (self.folder / "results.json").write_text(json.dumps(self.data, indent=1) + "\n")
        print(text)


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), Linux {platform.release()}"


def echo_table(work, crew, results):
    columns = (P50, P99) if work.in_flight == 1 else (RATE, CPU)
    first = columns[0]
    references = [name for name in (FLOOR, GO_TTRPC) if results.has(name)]
    titles = ["", *(column.title for column in columns), *(f"{first.title} / {name}" for name in references)]
    lines = [f"## Unary echo, {work.name}", "", row(titles), row(["---"] + ["---:"] * (len(titles) - 1))]
    for contestant in crew:
        cells = [spread(results.values(work.name, contestant.name, column), column.digits) for column in columns]
        for reference in references:
            ratios = results.ratios(work.name, contestant.name, reference, first)
            cells.append("1" if reference == contestant.name else spread(ratios, 2))
        lines.append(row([contestant.name, *cells]))
    return "\n".join(lines)


def goals_table(results):
    lines = ["## Goals", "", row(["work", "goal", "measured", "", "callers on the global pool", ""]),
             row(["---", "---", "---:", "---", "---:", "---"])]
    for goal in GOALS:
        cells = [goal.work, goal.text]
        for contestant in (OURS, OURS_POOL):
            if not results.has(goal.reference):
                cells += ["not measured", f"{goal.reference} is not here"]
                continue
            ratios = results.ratios(goal.work, contestant, goal.reference, goal.column)
            cells += [spread(ratios, 2), "reached" if goal.holds(statistics.median(ratios)) else "not reached"]
        lines.append(row(cells))
    return "\n".join(lines)


def row(cells):
    return "| " + " | ".join(cells) + " |"
