#!/usr/bin/python3
"""A program under power cuts or failing syncs: what it acknowledged must be there afterwards.

    crash.py MOUNT CONTROL_SOCKET PROGRAM SETTING ROUNDS [SEED] [--sync-failure PROFILE] [--names FATE]

PROGRAM and SETTING are those of programs.py. In each round the program stores items in order, and tells each that
it has acknowledged. At a file operation drawn from the seed it is killed; or, with a PROFILE, one of its syncs
fails there, and it goes on for some items before it is killed. Then the power is cut, and what survived is opened.
FATE is what becomes of names whose directory was not synced: drawn, or kept, as most file systems keep them.
Prints one JSON object: in how many rounds the store was damaged ("broken"), or acknowledged items were missing
("lost", at most "most_lost" at a time), or an item was there though the program was told that it had failed
("false_failures"), or its own tool had to mend it before it opened ("repaired"). After a break or a loss it begins anew.
"""

import argparse
import contextlib
import ctypes
import json
import os
import random
import signal
import socket
import sys

import programs

OPERATIONS = ["write", "fsync", "fsyncdir", "unlink", "truncate", "create", "rename", "link", "mkdir"]
ITEMS_AFTER_A_FAILURE = 3
MOST_ITEMS = 100


class Control:
    """Speaks to the mount: one JSON object a line."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rw")

    def ask(self, **request):
        self.lines.write(json.dumps(request) + "\n")
        self.lines.flush()
        answer = json.loads(self.lines.readline())
        if not answer["ok"]:
            sys.exit(f"faultfs: {answer['error']}")
        return answer

    def arm(self, when, effect):
        self.ask(command="load", plan={"rules": [{"name": "crash", "when": when, "effect": effect}]})


class Told:
    """What one life of the program said."""

    def __init__(self):
        self.acknowledged = []
        self.failed = []
        self.stopped = False  # by what it found, and not by a fault


def store_items(program, first, told, goes_on):
    """In the child, until it is killed. "+3" for an acknowledged item, "-3" for a failed one.

    Of the item during which the program dies nobody knows."""
    left = MOST_ITEMS
    with program.opened() as store:
        for number in range(first, first + MOST_ITEMS):
            try:
                store(number)
                os.write(told, f"+{number}\n".encode())
            except programs.Gone:
                return
            except programs.Failed:
                os.write(told, f"-{number}\n".encode())
                left = min(left, ITEMS_AFTER_A_FAILURE if goes_on else 0)
            if left == 0:
                return
            left -= 1


def what_survived(found, program):
    """By a process of its own, since a broken store can crash who opens it. None when it is broken."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            there = program.survived()
            os.write(write_end, json.dumps([there is not None and sorted(there), program.repaired]).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    if os.WEXITSTATUS(status) != 0:
        sys.exit("what survived could not be looked at")
    there, repaired = json.loads(text)
    found["repaired"] += repaired
    return None if there is False else set(there)


def adopt_orphans():
    """What a child leaves behind becomes a child of this process, which can wait for its end."""
    set_child_subreaper = 36  # of prctl
    if ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0) != 0:
        sys.exit("prctl(PR_SET_CHILD_SUBREAPER) failed")


def end_group(leader):
    """Kills the leader and what it left behind, and returns when none is left; the status of the leader."""
    _, status = os.waitpid(leader, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-leader, 0)
    return status


def life(program, first, goes_on):
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        try:
            os.close(read_end)
            store_items(program, first, write_end, goes_on)
        finally:
            os.killpg(0, signal.SIGKILL)
    os.close(write_end)
    told = Told()
    with os.fdopen(read_end) as lines:
        for line in lines:
            if line.endswith("\n"):
                (told.acknowledged if line[0] == "+" else told.failed).append(int(line[1:]))
    status = end_group(child)
    crashed = os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL
    told.stopped = crashed or (bool(told.failed) and not goes_on)
    return told


def judge(found, program, told, expected):
    """The items that are there now; None where the store must begin anew."""
    there = None if told.stopped else what_survived(found, program)
    if there is None:
        found["broken"] += 1
        return None
    missing = expected - there
    found["false_failures"] += bool(there & set(told.failed))
    if missing:
        found["lost"] += 1
        found["most_lost"] = max(found["most_lost"], len(missing))
        return None
    return there


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("mount", "control", "program", "setting"):
        words.add_argument(name)
    words.add_argument("rounds", type=int)
    words.add_argument("seed", type=int, nargs="?", default=1)
    words.add_argument("--sync-failure")
    words.add_argument("--names", default="drawn")
    given = words.parse_args()
    adopt_orphans()
    control = Control(given.control)
    drawn = random.Random(given.seed)
    program = programs.ALL[given.program](given.mount, given.setting)
    found = {"rounds": given.rounds, "broken": 0, "lost": 0, "most_lost": 0, "repaired": 0, "false_failures": 0, "acknowledged": 0}
    there = None
    for number in range(given.rounds):
        if there is None:
            program.make()
            there = set()
        if given.sync_failure:
            control.arm({"nth": drawn.randint(1, program.syncs)}, {"sync_failure": given.sync_failure})
        else:
            control.arm({"op": OPERATIONS, "nth": drawn.randint(1, program.operations)}, {"kill_caller": True})
        told = life(program, max(there, default=-1) + 1, bool(given.sync_failure))
        found["acknowledged"] += len(told.acknowledged)
        control.ask(command="clear")
        seed = given.seed * 1_000_000 + number
        cut = control.ask(command="power_cut", seed=seed, names=given.names)["power_cut"]
        if cut["failures"] or cut["settled"]:
            sys.exit(f"the power cut took less than it should: {cut['failures']}, settled {cut['settled']}")
        there = judge(found, program, told, there | set(told.acknowledged))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
