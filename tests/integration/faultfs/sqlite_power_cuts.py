#!/usr/bin/python3
"""SQLite under power cuts: what a commit promised must be there afterwards.

    sqlite_power_cuts.py MOUNT CONTROL_SOCKET JOURNAL_MODE SYNCHRONOUS CUTS [SEED]

A process adds a row and moves an amount between accounts in each transaction, and tells every commit. At a
file operation drawn from the seed it is killed, then the power is cut, and the next process opens what
survived. Prints one JSON object: of how many cuts the database was found damaged ("broken"), of how many
commits were missing ("lost_commits", at most "most_lost" of them at a time), and how many rows there were.
Each time it is broken, or commits are lost, it begins anew.
"""

import json
import os
import random
import socket
import sqlite3
import sys

ACCOUNTS = 10
OPERATIONS = ["write", "fsync", "unlink", "truncate", "create"]


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

    def kill_at(self, nth):
        rule = {
            "name": "kill",
            "when": {"op": OPERATIONS, "path": "db*", "nth": nth, "per": "rule"},
            "effect": {"kill_caller": True},
        }
        self.ask(command="load", plan={"rules": [rule]})


def connect(path, mode, synchronous):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"pragma journal_mode = {mode}")
    connection.execute(f"pragma synchronous = {synchronous}")
    connection.execute("pragma wal_autocheckpoint = 5")
    return connection


def make(directory, path, mode, synchronous):
    for name in os.listdir(directory):
        os.unlink(os.path.join(directory, name))
    connection = connect(path, mode, "extra")
    connection.execute("create table rows (number integer primary key, text)")
    connection.execute("create table accounts (id integer primary key, amount)")
    connection.executemany("insert into accounts values (?, 100)", [(i,) for i in range(ACCOUNTS)])
    connection.close()
    sync_directory(directory)


def sync_directory(directory):
    descriptor = os.open(directory, os.O_RDONLY)
    for name in os.listdir(directory):
        file = os.open(os.path.join(directory, name), os.O_RDONLY)
        os.fsync(file)
        os.close(file)
    os.fsync(descriptor)
    os.close(descriptor)


def add_rows(path, mode, synchronous, first, told):
    """Until it is killed. A byte for each commit that was answered."""
    connection = connect(path, mode, synchronous)
    for number in range(first, first + 10_000):
        connection.execute("begin immediate")
        connection.execute("insert into rows values (?, ?)", (number, "x" * (number * 37 % 3000)))
        connection.execute("update accounts set amount = amount - 1 where id = ?", (number % ACCOUNTS,))
        connection.execute("update accounts set amount = amount + 1 where id = ?", (number * 7 % ACCOUNTS,))
        connection.execute("commit")
        os.write(told, b".")


def commits_until_killed(path, mode, synchronous, first):
    told_read, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            add_rows(path, mode, synchronous, first, told)
        finally:
            os._exit(1)
    os.close(told)
    commits = 0
    while chunk := os.read(told_read, 4096):
        commits += len(chunk)
    os.close(told_read)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        sys.exit("the process was not killed, but failed by itself")
    return commits


def rows_that_survived(path, mode, synchronous):
    """None when the database is broken. Rows come in order, so a hole is a break too."""
    try:
        connection = connect(path, mode, synchronous)
        sound = connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        count, most = connection.execute("select count(*), coalesce(max(number) + 1, 0) from rows").fetchone()
        amount = connection.execute("select sum(amount) from accounts").fetchone()[0]
        connection.close()
    except sqlite3.DatabaseError:
        return None
    return count if sound and count == most and amount == 100 * ACCOUNTS else None


def main():
    directory, control, mode, synchronous, cuts = sys.argv[1:6]
    seed = int(sys.argv[6]) if len(sys.argv) > 6 else 1
    control = Control(control)
    drawn = random.Random(seed)
    path = os.path.join(directory, "db")
    found = {"cuts": int(cuts), "broken": 0, "lost_commits": 0, "most_lost": 0, "rows": 0}
    make(directory, path, mode, synchronous)
    rows = 0
    for cut in range(int(cuts)):
        control.kill_at(drawn.randint(1, 40))
        rows += commits_until_killed(path, mode, synchronous, rows)
        control.ask(command="clear")
        control.ask(command="power_cut", seed=seed * 1_000_000 + cut)
        survived = rows_that_survived(path, mode, synchronous)
        if survived is None:
            found["broken"] += 1
        elif survived < rows:
            found["lost_commits"] += 1
            found["most_lost"] = max(found["most_lost"], rows - survived)
        if survived is None or survived < rows:
            make(directory, path, mode, synchronous)
            survived = 0
        rows = survived
    found["rows"] = rows
    print(json.dumps(found))


if __name__ == "__main__":
    main()
