"""Programs that store items, as crash.py drives them: each makes a fresh store in a directory, stores an item so that
it is durable by the program's own word, and reads what is there.

Items are numbers, each with a payload that tells whether it is whole.
"""

import atexit
import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time


class Failed(Exception):
    """The program said that an item is not stored."""


class Gone(Exception):
    """The program died before it said anything."""


def payload(number):
    return f"{number}:" + "x" * (number * 37 % 3000)


def sync_tree(directory):
    """Files, and the directories that hold their names."""
    for path, _, names in os.walk(directory, topdown=False):
        for name in [*names, "."]:
            descriptor = os.open(os.path.join(path, name), os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)


class Program:
    operations = 40  # to be killed at one of so many
    syncs = 20
    repaired = False  # before it opened

    def __init__(self, directory, setting):
        self.directory = os.path.abspath(directory)
        self.setting = setting
        self.path = os.path.join(self.directory, "db")

    def make(self):
        """Empty, and durable as it is."""
        for name in os.listdir(self.directory):
            path = os.path.join(self.directory, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        self.create()
        sync_tree(self.directory)


class Sqlite(Program):
    """SETTING: JOURNAL_MODE,SYNCHRONOUS. Each transaction also moves an amount between two accounts."""

    ACCOUNTS = 10

    def connect(self):
        mode, synchronous = self.setting.split(",")
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute(f"pragma journal_mode = {mode}")
        connection.execute(f"pragma synchronous = {synchronous}")
        connection.execute("pragma wal_autocheckpoint = 5")
        return connection

    def create(self):
        with contextlib.closing(self.connect()) as connection:
            connection.execute("create table items (number integer primary key, text)")
            connection.execute("create table accounts (id integer primary key, amount)")
            rows = [(i,) for i in range(self.ACCOUNTS)]
            connection.executemany("insert into accounts values (?, 100)", rows)

    @contextlib.contextmanager
    def opened(self):
        connection = self.connect()

        def store(number):
            try:
                connection.execute("begin immediate")
                connection.execute("insert into items values (?, ?)", (number, payload(number)))
                move = "update accounts set amount = amount + ? where id = ?"
                connection.execute(move, (-1, number % self.ACCOUNTS))
                connection.execute(move, (1, number * 7 % self.ACCOUNTS))
                connection.execute("commit")
            except sqlite3.Error as error:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("rollback")
                raise Failed from error

        yield store

    def survived(self):
        try:
            with contextlib.closing(self.connect()) as connection:
                sound = connection.execute("pragma integrity_check").fetchall() == [("ok",)]
                rows = connection.execute("select number, text from items").fetchall()
                amount = connection.execute("select sum(amount) from accounts").fetchone()[0]
        except sqlite3.DatabaseError:
            return None
        whole = sound and amount == 100 * self.ACCOUNTS and all(text == payload(number) for number, text in rows)
        return {number for number, _ in rows} if whole else None


class LevelDb(Program):
    """SETTING: sync or async. A small write buffer, so that logs are switched often."""

    operations = 120

    def connect(self):
        import plyvel

        return plyvel.DB(self.path, create_if_missing=True, write_buffer_size=64 << 10)

    def create(self):
        self.connect().close()

    @contextlib.contextmanager
    def opened(self):
        import plyvel

        database = self.connect()

        def store(number):
            try:
                database.put(b"%06d" % number, payload(number).encode() * 3, sync=self.setting == "sync")
            except plyvel.Error as error:
                raise Failed from error

        yield store

    def survived(self):
        import plyvel

        try:
            with contextlib.closing(self.connect()) as database:
                items = {int(key): value.decode() for key, value in database}
        except plyvel.Error:
            return None
        return set(items) if all(text == payload(number) * 3 for number, text in items.items()) else None


class Lmdb(Program):
    """SETTING: sync, or nosync."""

    def connect(self):
        import lmdb

        return lmdb.open(self.path, map_size=64 << 20, sync=self.setting == "sync", max_spare_txns=0)

    def create(self):
        self.connect().close()

    @contextlib.contextmanager
    def opened(self):
        import lmdb

        environment = self.connect()

        def store(number):
            try:
                with environment.begin(write=True) as transaction:
                    transaction.put(b"%06d" % number, payload(number).encode())
            except lmdb.Error as error:
                raise Failed from error

        yield store

    def survived(self):
        import lmdb

        try:
            with contextlib.closing(self.connect()) as environment, environment.begin() as transaction:
                items = {int(bytes(key)): bytes(value).decode() for key, value in transaction.cursor()}
        except (lmdb.Error, ValueError):
            return None
        return set(items) if all(text == payload(number) for number, text in items.items()) else None


class Git(Program):
    """SETTING: default, or what core.fsync is to be. An item is a commit."""

    operations = 120
    syncs = 6

    def git(self, *words, check=True):
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        for who in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{who}_NAME": "n", f"GIT_{who}_EMAIL": "e@x"}
        settings = [] if self.setting == "default" else ["-c", f"core.fsync={self.setting}"]
        command = ["git", "-C", self.path, "-c", "maintenance.auto=false", *settings, *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise Gone if done.returncode < 0 else Failed(done.stderr)
        return done

    def create(self):
        os.mkdir(self.path)
        self.git("init", "-q")
        self.git("commit", "-q", "--allow-empty", "-m", "begin")

    @contextlib.contextmanager
    def opened(self):
        def store(number):
            with open(os.path.join(self.path, f"item-{number}"), "w", encoding="ascii") as file:
                file.write(payload(number))
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.path, ".git/index.lock"))
            self.git("add", "-A")
            self.git("commit", "-q", "-m", str(number))

        yield store

    def survived(self):
        for lock in ("index.lock", "HEAD.lock", "refs/heads/master.lock"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.path, ".git", lock))
        checked = self.git("fsck", "--full", "--strict", check=False)
        log = self.git("log", "--format=%s", check=False)
        status = self.git("status", "--porcelain", check=False)
        if checked.returncode != 0 or log.returncode != 0 or status.returncode != 0:
            return None
        return {int(line) for line in log.stdout.split() if line != "begin"}


class Redis(Program):
    """SETTING: appendfsync: always or everysec."""

    def __init__(self, directory, setting):
        super().__init__(directory, setting)
        self.server = None
        place = tempfile.mkdtemp(prefix="holdfast-redis-")
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        self.socket_path = os.path.join(place, "socket")

    def start(self):
        words = {"port": 0, "unixsocket": self.socket_path, "dir": self.path, "appendonly": "yes",
                 "appendfsync": self.setting, "save": "", "daemonize": "no"}  # fmt: skip
        command = ["redis-server"] + [word for key, value in words.items() for word in (f"--{key}", str(value))]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(500):
            if self.server.poll() is not None:
                return None
            with contextlib.suppress(OSError, Gone, Failed):  # not yet, or still loading
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(self.socket_path)
                lines = connection.makefile("rwb")
                if self.ask(lines, b"PING") == b"PONG":
                    return lines
            time.sleep(0.01)
        return None

    def stop(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket_path)

    @staticmethod
    def ask(lines, *words):
        try:
            lines.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
            lines.flush()
            answer = lines.readline().rstrip(b"\r\n")
            if answer[:1] == b"$" and answer != b"$-1":
                return lines.read(int(answer[1:]) + 2)[:-2]
        except OSError as error:
            raise Gone from error
        if not answer:
            raise Gone
        if answer[:1] not in (b"+", b"$", b":"):
            raise Failed(answer)
        return answer[1:]

    def create(self):
        os.mkdir(self.path)
        self.start()
        self.stop()

    @contextlib.contextmanager
    def opened(self):
        lines = self.start()

        def store(number):
            if lines is None:
                raise Gone
            self.ask(lines, b"SET", b"%d" % number, payload(number).encode())
            self.ask(lines, b"SET", b"newest", b"%d" % number)

        yield store

    def repair(self):
        """As its manual says, where it does not start."""
        manifest = os.path.join(self.path, "appendonlydir", "appendonly.aof.manifest")
        command = ["redis-check-aof", "--fix", manifest]
        subprocess.run(command, input=b"y\ny\n", capture_output=True, check=False)
        self.repaired = True

    def survived(self):
        lines = self.start()
        if lines is None:
            self.repair()
            lines = self.start()
        try:
            if lines is None:
                return None
            newest = self.ask(lines, b"GET", b"newest")
            items = set()
            for number in range(int(newest) + 2 if newest.isdigit() else 1):
                text = self.ask(lines, b"GET", b"%d" % number)
                if text == b"-1":
                    continue
                if text != payload(number).encode():
                    return None
                items.add(number)
            return items
        finally:
            self.stop()


ALL = {"sqlite": Sqlite, "leveldb": LevelDb, "lmdb": Lmdb, "git": Git, "redis": Redis}
