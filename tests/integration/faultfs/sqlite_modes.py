#!/usr/bin/python3
"""SQLite under several processes at a time, in each of its journal modes.

    sqlite_modes.py DIRECTORY ROUNDS

Each process adds rows and moves an amount between accounts; at the end every row and the whole amount must be
there, and SQLite's own check must find nothing. Exit code 0 when so.
"""

import multiprocessing
import os
import sqlite3
import sys

PROCESSES = 3
ACCOUNTS = 10


def connect(path, mode):
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    connection.execute(f"pragma journal_mode = {mode}")
    connection.execute("pragma synchronous = full")
    return connection


def work(path, mode, number, rounds):
    connection = connect(path, mode)
    for i in range(rounds):
        connection.execute("begin immediate")
        connection.execute("insert into rows values (?, ?, ?)", (number, i, "x" * (i * 37 % 3000)))
        connection.execute("update accounts set amount = amount - 1 where id = ?", (i % ACCOUNTS,))
        connection.execute("update accounts set amount = amount + 1 where id = ?", ((i + number + 1) % ACCOUNTS,))
        connection.execute("rollback" if i % 10 == 9 else "commit")
    connection.close()


def check(path, mode, rounds):
    connection = connect(path, mode)
    answers = {
        "integrity": connection.execute("pragma integrity_check").fetchall() == [("ok",)],
        "rows": connection.execute("select count(*) from rows").fetchone()[0] == PROCESSES * (rounds - rounds // 10),
        "amount": connection.execute("select sum(amount) from accounts").fetchone()[0] == 100 * ACCOUNTS,
        "mode": connection.execute("pragma journal_mode").fetchone()[0] == mode,
    }
    connection.execute("vacuum")
    answers["after vacuum"] = connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()
    return [what for what, right in answers.items() if not right]


def main():
    directory, rounds = sys.argv[1], int(sys.argv[2])
    for mode in ("delete", "truncate", "persist", "wal"):
        path = os.path.join(directory, f"{mode}.db")
        connection = connect(path, mode)
        connection.execute("create table rows (process, number, text)")
        connection.execute("create table accounts (id integer primary key, amount)")
        connection.executemany("insert into accounts values (?, 100)", [(i,) for i in range(ACCOUNTS)])
        connection.close()
        workers = [
            multiprocessing.Process(target=work, args=(path, mode, number, rounds)) for number in range(PROCESSES)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        wrong = check(path, mode, rounds) + [f"process {i}" for i, w in enumerate(workers) if w.exitcode != 0]
        if wrong:
            sys.exit(f"journal mode {mode}: wrong: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
