#!/usr/bin/env python3
"""A small write-behind tracker as a subject of Holdfast: any program in any language can be one.

    "subject": { "kind": "command", "command": ["python3", "tracker.py"] }

It reads records as JSON lines on standard input, keeps them in a journal, and delivers them in batches.
Three threads share one list:

    reader     standard input -> memory
    writer     memory -> journal, one fsync for whatever came meanwhile, then "durable" to the ledger
    sender     memory -> upstream, again and again with growing pauses, then forgotten

A journal is `epoch-N.journal`, one JSON line per record; N, the life that wrote it, makes the keys of its
records unique for ever: upstream, (epoch, sequence) is the identity of a record and never changes. What an
earlier life left is read and delivered first. A journal whose records are all delivered is removed.

Left out on purpose, and to be found by the scenarios: a bound for memory, recycling of long journals,
a circuit breaker. Standard library only.
"""
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
import urllib.parse

DIRECTORY = pathlib.Path(os.environ["HOLDFAST_DIR"])
URL = urllib.parse.urlsplit(os.environ["HOLDFAST_URL"])
TARGET = "/api/pattern-traceability/lineage/track"
LEDGER = os.environ.get("HOLDFAST_LEDGER_FD")
BATCH_RECORDS = 100
TIMEOUT_S = 5.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 1.0


def tell(event, **facts):
    """A line for the harness' ledger. Without one we are judged by the upstream alone."""
    if LEDGER is not None:
        os.write(int(LEDGER), (json.dumps({"event": event, **facts}) + "\n").encode())


class Journal:
    """The records of one life on disk. `path` is durable as soon as `append` has returned once."""

    def __init__(self, epoch):
        self.path = DIRECTORY / f"epoch-{epoch}.journal"
        self.file = None
        self.end = 0

    def append(self, lines):
        """Appends and syncs all lines or none, and returns the bytes they take. Raises OSError."""
        if self.file is None:
            self.open()
        data = b"".join(lines)
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self.file, data[written:], self.end + written)
            os.fdatasync(self.file)
        except OSError:
            self.abandon_tail()
            raise
        begin, self.end = self.end, self.end + len(data)
        return begin, self.end

    def open(self):
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            sync_directory()
        except OSError:
            os.close(file)
            raise
        self.file = file

    def abandon_tail(self):
        """After a failed sync nothing written since the last good one may be believed: write it anew."""
        os.close(self.file)
        self.file = None
        self.path = self.path.with_name(self.path.stem + "+" + self.path.suffix)
        self.end = 0


def sync_directory():
    directory = os.open(DIRECTORY, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


class Tracker:
    def __init__(self):
        self.changed = threading.Condition()
        self.unwritten = []      # records of this life that are in memory only
        self.undelivered = []    # every record that the upstream has not acknowledged
        self.input_ended = False
        self.epoch, self.sequence = 1, 0
        for path in sorted(DIRECTORY.glob("epoch-*.journal")):
            self.take_over(path)
        self.journal = Journal(self.epoch)

    def take_over(self, path):
        """What an earlier life left. A line that a crash cut short was never reported durable."""
        self.epoch = max(self.epoch, int(path.stem.split("-")[1].rstrip("+")) + 1)
        for line in path.read_bytes().split(b"\n"):
            try:
                self.undelivered.append(json.loads(line))
            except ValueError:
                continue

    def read(self):
        for line in sys.stdin:
            record = json.loads(line)
            with self.changed:
                self.sequence += 1
                record["key"] = f"{self.epoch:016x}-{self.sequence}"
                self.unwritten.append(record)
                self.undelivered.append(record)
                self.changed.notify_all()
        with self.changed:
            self.input_ended = True
            self.changed.notify_all()

    def write(self):
        """One sync for all that came during the last one: the busier, the cheaper each record."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.unwritten or self.input_ended)
                if not self.unwritten:
                    return
                group = list(self.unwritten)
            try:
                begin, end = self.journal.append([(json.dumps(record) + "\n").encode() for record in group])
            except OSError as problem:
                print(f"journal: {problem}", file=sys.stderr)
                if not self.keep_trying():
                    return
                continue
            with self.changed:
                del self.unwritten[:len(group)]
            tell("durable", references=[record["reference"] for record in group],
                 path=self.journal.path.name, begin=begin, end=end)

    def keep_trying(self):
        """The disk takes nothing. Memory still holds it all, and the sender may deliver it from there."""
        time.sleep(0.1)
        with self.changed:
            return self.undelivered or not self.input_ended

    def send(self):
        pause = SHORTEST_PAUSE_S
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.undelivered or self.input_ended)
                if self.input_ended and (not self.undelivered or pause > SHORTEST_PAUSE_S):
                    return  # done; or the upstream is away, and the journal keeps the rest
                batch = self.undelivered[:BATCH_RECORDS]
            if self.deliver(batch):
                pause = SHORTEST_PAUSE_S
                with self.changed:
                    del self.undelivered[:len(batch)]
            else:
                time.sleep(random.uniform(0, pause))  # full jitter, so that many clients do not march in step
                pause = min(2 * pause, LONGEST_PAUSE_S)

    def deliver(self, batch):
        """True when the upstream has them, now or from an earlier attempt whose answer was lost."""
        try:
            connection = http.client.HTTPConnection(URL.hostname, URL.port, timeout=TIMEOUT_S)
            connection.request("POST", TARGET, json.dumps(batch), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer.status == 200 and len(json.loads(body)["results"]) == len(batch)
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return False

    def remove_journals(self):
        if self.undelivered:
            return
        for path in DIRECTORY.glob("epoch-*.journal"):
            path.unlink()

    def run(self):
        workers = [threading.Thread(target=work) for work in (self.write, self.send)]
        for worker in workers:
            worker.start()
        self.read()
        for worker in workers:
            worker.join()
        self.remove_journals()


if __name__ == "__main__":
    Tracker().run()
