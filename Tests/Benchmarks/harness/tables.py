"""Medians, spreads, ratios and goals, as Markdown and JSON."""

import dataclasses
import json
import os
import platform
import statistics
from datetime import datetime, timezone

from . import clock, hop, rounds
from .coding import SWIFT_PROTOBUF
from .echo import FLOOR, GO_TTRPC, OURS, OURS_POLLING, OURS_POOL


@dataclasses.dataclass(frozen=True)
class Column:
    title: str
    value: object
    digits: int


RATE = Column("calls/s", lambda one: one["calls"] / one["seconds"], 0)
CPU = Column("CPU s per 100 k calls", lambda one: (one["client_cpu"] + one["server_cpu"]) / one["calls"] * 1e5, 3)
P50 = Column("p50 µs", lambda one: one["p50_us"], 1)
P99 = Column("p99 µs", lambda one: one["p99_us"], 1)
ENCODE = Column("encode ns", lambda one: one["encode_ns"], 0)
DECODE = Column("decode ns", lambda one: one["decode_ns"], 0)
BOTH = Column("both ns", lambda one: one["encode_ns"] + one["decode_ns"], 0)
DERIVATIONS = Column("derivations/s", lambda one: one["derivations"] / one["cpu_seconds"], 0)
WITH_METADATA = Column("blocks with two metadata entries", lambda one: one["metadata"], 2)
BARE = Column("blocks without metadata", lambda one: one["bare"], 2)


@dataclasses.dataclass(frozen=True)
class Section:
    """The first column is the one that ratios are taken of."""

    title: str
    work_prefix: str
    columns: tuple
    references: tuple


SECTIONS = (
    Section("Unary echo, 64 B, 64 in flight", "64 B, 64 in flight", (RATE, CPU), (FLOOR, GO_TTRPC)),
    Section("Unary echo, 64 B, one in flight", "64 B, one in flight", (P50, P99), (FLOOR, GO_TTRPC)),
    Section("Unary echo, 2 KiB, 64 in flight", "2 KiB, 64 in flight", (RATE, CPU), (FLOOR, GO_TTRPC)),
    Section("Unary echo, 2 KiB, one in flight", "2 KiB, one in flight", (P50, P99), (FLOOR, GO_TTRPC)),
    Section("Coding of a message", "record", (BOTH, ENCODE, DECODE), (FLOOR, SWIFT_PROTOBUF)),
    Section("The gateway's hop, echo", hop.ECHO, (P50, P99), (hop.DIRECT,)),
    Section("The gateway's hop, a procedure read from the database", hop.READ, (P50, P99), (hop.DIRECT,)),
    Section("Due dates on one core, no suspensions", clock.FREE, (DERIVATIONS,), (clock.SHORT, clock.MONTH)),
    Section("Due dates on one core, three suspensions", clock.HELD, (DERIVATIONS,), (clock.SHORT, clock.MONTH)),
    Section("Allocations of a unary call on the server", "allocations", (WITH_METADATA, BARE), ()),
)


@dataclasses.dataclass(frozen=True)
class Goal:
    """What is asked of the ratio of a contestant to a reference, in one run; of the figure itself without one."""

    text: str
    work_prefix: str
    column: Column
    reference: str | None
    at_least: float | None = None
    at_most: float | None = None
    contestants: tuple = (OURS, OURS_POOL)

    def verdict(self, values):
        median = statistics.median(values)
        is_reached = median >= self.at_least if self.at_least is not None else median <= self.at_most
        return "reached" if is_reached else "not reached"


GOALS = (
    Goal("calls/s, at least 8 × Go ttrpc", "64 B, 64 in flight", RATE, GO_TTRPC, at_least=8),
    Goal("calls/s, at least 0.6 × C", "64 B, 64 in flight", RATE, FLOOR, at_least=0.6),
    Goal("p50, at most 0.35 × Go ttrpc", "64 B, one in flight", P50, GO_TTRPC, at_most=0.35),
    Goal("p50, at most 1.4 × C", "64 B, one in flight", P50, FLOOR, at_most=1.4),
    Goal("p50, at most 0.6 × C", "64 B, one in flight", P50, FLOOR, at_most=0.6, contestants=(OURS_POLLING,)),
    Goal("calls/s, at least 8 × Go ttrpc", "2 KiB, 64 in flight", RATE, GO_TTRPC, at_least=8),
    Goal("calls/s, at least 0.6 × C", "2 KiB, 64 in flight", RATE, FLOOR, at_least=0.6),
    Goal("CPU, at most 2 × C", "64 B, 64 in flight", CPU, FLOOR, at_most=2),
    Goal("encode + decode, at most 2.5 × C", "record", BOTH, FLOOR, at_most=2.5),
    Goal("encode + decode, faster than SwiftProtobuf", "record", BOTH, SWIFT_PROTOBUF, at_most=1),
    Goal("p50, at most 1.8 × direct", hop.ECHO, P50, hop.DIRECT, at_most=1.8, contestants=(hop.BY_UID, hop.BY_TOKEN)),
    *(goal for work in (clock.FREE, clock.HELD) for goal in (
        Goal("at least 1 M derivations/s", work, DERIVATIONS, None, at_least=1e6, contestants=clock.LIMITS),
        Goal("at least 0.8 × a short limit", work, DERIVATIONS, clock.SHORT, at_least=0.8,
             contestants=("30 working_day", clock.LONG, clock.LONGEST)),
        Goal("at least 0.8 × a short limit", work, DERIVATIONS, clock.MONTH, at_least=0.8,
             contestants=(clock.YEAR,)))),
)


class Results:
    """Figures by work, contestant and round; a ratio is taken within a round."""

    def __init__(self, measurements):
        self.by_key = {}
        for one in measurements:
            self.by_key.setdefault((one.work, one.contestant), {})[one.round] = one.figures

    def work(self, prefix):
        return next((work for work, _ in self.by_key if work.startswith(prefix)), None)

    def contestants(self, work, order):
        return [name for name in order if (work, name) in self.by_key]

    def values(self, work, contestant, column):
        return [column.value(figures) for figures in self.by_key[work, contestant].values()]

    def ratios(self, work, contestant, reference, column):
        ours, theirs = self.by_key[work, contestant], self.by_key[work, reference]
        return [column.value(ours[number]) / column.value(theirs[number]) for number in ours]


def spread(values, digits):
    """The median, and the least and the most beside it."""
    median = f"{statistics.median(values):,.{digits}f}"
    if len(values) == 1:
        return median
    return f"{median} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(section, results, order):
    work = results.work(section.work_prefix)
    names = results.contestants(work, order)
    references = [name for name in section.references if name in names]
    ratio_of = section.columns[0]
    titles = ["", *(column.title for column in section.columns), *(f"÷ {name}" for name in references)]
    lines = [f"## {section.title}", "", row(titles), row(["---"] + ["---:"] * (len(titles) - 1))]
    for name in names:
        cells = [spread(results.values(work, name, column), column.digits) for column in section.columns]
        for reference in references:
            same = reference == name
            cells.append("1" if same else spread(results.ratios(work, name, reference, ratio_of), 2))
        lines.append(row([name, *cells]))
    return "\n".join(lines)


def goal_rows(goal, results):
    work = results.work(goal.work_prefix)
    for contestant in goal.contestants:
        if (work, contestant) not in results.by_key:
            continue
        if goal.reference is None:
            values, digits = results.values(work, contestant, goal.column), goal.column.digits
            yield [work, contestant, goal.text, spread(values, digits), goal.verdict(values)]
            continue
        if (work, goal.reference) not in results.by_key:
            yield [work, contestant, goal.text, "", f"{goal.reference} is not here"]
            continue
        ratios = results.ratios(work, contestant, goal.reference, goal.column)
        yield [work, contestant, goal.text, spread(ratios, 2), goal.verdict(ratios)]


def goals_table(results):
    lines = ["## Goals", "", row(["work", "who", "goal", "measured", ""]), row(["---", "---", "---", "---:", "---"])]
    for goal in GOALS:
        lines += [row(cells) for cells in goal_rows(goal, results)]
    return "\n".join(lines)


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), Linux {platform.release()}"


def write(folder, trials, measurements, options):
    """Prints the tables; keeps them and every figure in `folder`."""
    results = Results(measurements)
    order = list(dict.fromkeys(trial.contestant for trial in trials))
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    disturbed = sum(one.is_disturbed for one in measurements)
    parts = [
        "# Benchmarks",
        f"{now}, {machine()}; medians of {options.runs} runs of {options.seconds} s (least–most). Ratios are "
        f"taken within a round.",
        f"Disturbed, other processes having used more than {rounds.DISTURBED_SHARE:.0%} of the machine: "
        f"{disturbed} of {len(measurements)} measurements. None is dropped.",
        *(table(section, results, order) for section in SECTIONS if results.work(section.work_prefix)),
        goals_table(results),
    ]
    text = "\n\n".join(parts) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text(text)
    data = {"time": now, "machine": machine(), "runs": options.runs, "seconds": options.seconds,
            "measurements": [dataclasses.asdict(one) for one in measurements]}
    (folder / "results.json").write_text(json.dumps(data, indent=1) + "\n")
    print(text)
