"""Derivations of due dates on one core: short limits beside long ones, with and without suspensions."""

from .rounds import Trial

FREE = "due dates without suspensions"
HELD = "due dates with three suspensions"
SHORT, LONG = "3 working_day", "240 working_hour"
LONGEST = "4000 working_hour"
MONTH, YEAR = "1 month", "12 month"
LIMITS = (SHORT, "30 working_day", LONG, LONGEST, MONTH, YEAR)


def trials(binaries):
    return [Trial(work, limit, [binaries / "clock-benchmark", limit, str(holds)])
            for work, holds in ((FREE, 0), (HELD, 3)) for limit in LIMITS]
