#!/bin/sh
# PostgreSQL with its data in DIRECTORY: transactions, a kill, recovery, and its own checks of what is left; then
# its own regression tests, where they are given: src/test/regress of the same release, built.
#
#   postgres.sh DIRECTORY TRANSACTIONS [REGRESS]
set -eu
cd "$1"
transactions=$2 regress=${3:-}
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)

# PostgreSQL serves no root.
if [ "$(id -u)" = 0 ]; then
  mkdir data work
  chown postgres data work
  as() { runuser -u postgres -- env HOME="$PWD/work" PATH="$bin:$PATH" "$@"; }
else
  mkdir data work
  as() { env HOME="$PWD/work" PATH="$bin:$PATH" "$@"; }
fi
sockets=$(as mktemp -d)
trap 'as pg_ctl -D data -m immediate stop >/dev/null 2>&1 || true; rm -rf "$sockets"' EXIT
export PGHOST="$sockets" PGDATABASE=postgres

start() { as pg_ctl -D data -w -l work/log -o "-k $sockets -h ''" start >/dev/null; }

as initdb -D data --data-checksums --auth trust -U postgres >/dev/null
start
as pgbench -U postgres -i -q -s 2
as psql -U postgres -qc 'create extension amcheck'
as pgbench -U postgres -n -c 4 -t "$transactions"
as pg_ctl -D data -m immediate stop >/dev/null
start
as pg_amcheck -U postgres --all --heapallindexed --parent-check
test "$(as psql -U postgres -Atc 'select count(*) from pgbench_history')" = $((4 * transactions))
test "$(as psql -U postgres -Atc 'select (select sum(abalance) from pgbench_accounts)
  = (select sum(delta) from pgbench_history)')" = t

if [ -n "$regress" ]; then
  pg_regress=$(ls /usr/lib/postgresql/*/lib/pgxs/src/test/regress/pg_regress | tail -n 1)
  as mkdir work/out
  as "$pg_regress" --inputdir="$regress" --outputdir="$PWD/work/out" --dlpath="$regress" \
    --bindir="$bin" --host="$sockets" --user=postgres --schedule="$regress/parallel_schedule" \
    --max-connections=4 || { cat work/out/regression.diffs | head -n 200; exit 1; }
fi
as pg_ctl -D data -m fast stop >/dev/null
as pg_checksums -D data --check
