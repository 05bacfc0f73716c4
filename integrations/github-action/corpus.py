#!/usr/bin/env python3
"""The schedules that the action keeps from run to run; hunt.sh calls this.

    corpus.py add CORPUS SCHEDULES
    corpus.py settle CORPUS REPORT

A hunt names a schedule by scenario, variant and flavor, so that other findings of
other runs have the same name.  In CORPUS/schedules a hash of the content is added:
nothing is written over.  `add` copies there what a hunt left in the folder SCHEDULES,
and copies into that folder what was kept before.

`settle` reads what `heddle report SCHEDULES --format json` says of all of these.  What
cannot be read, because its scenario has another name now or is gone, goes to
CORPUS/set-aside, with a warning; it would fail each run from now on.  And so that the
corpus does not grow by a schedule per finding and run, of those that were saved for the
same finding in the same flavor only one stays: the smallest that still shows it.  One
that shows it no more stays if it is the only one, for the bug may come back.
"""
import hashlib
import json
import os
import shutil
import sys


def kept_name(path):
    """The name of the file in the corpus; that of a file from the corpus is its own."""
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:16]
    stem = os.path.basename(path).removesuffix(".sched")
    return stem.removesuffix("-" + digest) + "-" + digest + ".sched"


def schedules_in(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))
            if name.endswith(".sched")]


def add(corpus, schedules):
    kept = os.path.join(corpus, "schedules")
    os.makedirs(kept, exist_ok=True)
    # What somebody put there has a name that a hunt may use.
    for path in schedules_in(kept):
        os.rename(path, os.path.join(kept, kept_name(path)))
    new = {kept_name(path): path for path in schedules_in(schedules)}
    for path in schedules_in(kept):
        if os.path.basename(path) not in new:
            shutil.copy(path, schedules)
    for name, path in new.items():
        shutil.copyfile(path, os.path.join(kept, name))


def set_aside(corpus, path):
    name = kept_name(path)
    folder = os.path.join(corpus, "set-aside")
    os.makedirs(folder, exist_ok=True)
    os.replace(os.path.join(corpus, "schedules", name), os.path.join(folder, name))
    os.remove(path)
    print(f"::warning title=heddle::{name} cannot be read by this build, which may have "
          f"lost its scenario or variant; it is now in {folder}")


def signature(path):
    """That of the finding which the schedule was saved for; None: it passes."""
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("signature "):
                return line
    return None


def rank(entry):
    """Below: the better one of two.  Of equal ones that which was kept before."""
    path = entry["path"]
    return (entry["state"] != "found" or entry["lost"] is not None, entry["moved"],
            entry["deviations"], entry["size"], os.path.basename(path) != kept_name(path))


def superfluous(inputs):
    """The paths of schedules that were saved for the same finding as a better one."""
    finding_seen = set()
    for entry in sorted(inputs, key=rank):
        path, saved_for = entry["path"], signature(entry["path"])
        finding = (entry["scenario"], entry["variant"], entry["flavor"], saved_for)
        if saved_for and finding in finding_seen:
            yield path
        finding_seen.add(finding)


def settle(corpus, report_path):
    with open(report_path, encoding="utf-8") as file:
        report = json.load(file)
    readable = []
    for entry in report["inputs"]:
        if entry["state"] == "broken":
            set_aside(corpus, entry["path"])
        else:
            readable.append(entry)
    for path in superfluous(readable):
        os.remove(os.path.join(corpus, "schedules", kept_name(path)))


if __name__ == "__main__":
    {"add": add, "settle": settle}[sys.argv[1]](*sys.argv[2:])
