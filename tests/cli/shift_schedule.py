"""Moves the deviations of a schedule file far beyond the end of their tasks.

The evidence (task, operation, occurrence) stays, the positions (gaps, in the lines
and in the plan's bytes) no longer fit: what a replay meets after the code under test
has changed.  Prints the changed file.
"""
import sys

SHIFT = 5000
SIZE = 15  # HD_DEVIATION_SIZE
AT_GAP = 4  # in a deviation: a magnitude byte and three fine bytes
FINE = 3


def gap_bytes(value):
    """The canonical magnitude/fine form of base/bytes.h."""
    bits = value.bit_length()
    magnitude = next(m for m in range(256) if (m**3 * (8 * FINE + 1)) >> 24 >= bits)
    return bytes([magnitude]) + value.to_bytes(FINE, "little")


def main():
    lines = open(sys.argv[1]).read().splitlines()
    at = [i for i, line in enumerate(lines) if line.startswith("deviation ")]
    plan_at = next(i for i, line in enumerate(lines) if line.startswith("plan "))
    plan = bytearray.fromhex(lines[plan_at].split()[1])
    first = len(plan) - SIZE * len(at)
    seen = set()
    for number, i in enumerate(at):
        words = lines[i].split(" ")
        if words[1] in seen:
            continue
        seen.add(words[1])  # later gaps of the task count from this one
        gap = int(words[2]) + SHIFT
        words[2] = str(gap)
        lines[i] = " ".join(words)
        where = first + SIZE * number + AT_GAP
        plan[where : where + 1 + FINE] = gap_bytes(gap)
    if not at:
        raise SystemExit("the schedule has no deviations to shift")
    lines[plan_at] = "plan " + plan.hex()
    print("\n".join(lines))


main()
