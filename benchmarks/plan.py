"""Time and peak memory of `lockstep plan` and `lockstep import`: with nothing to do, with one column
added, with a change of every table and with all to be made, beside the bare time of the same
catalog queries through psql, beside `pg_dump --schema-only` and beside peers on the same two
databases.

Each table has 10 columns, 3 indexes and 1 foreign key. With `--mix`, there is a function for each
table, a view, a trigger and a policy for every second one, a partitioned table with four partitions
for every tenth, and rights and comments on all of them. Times are the least of several runs, on a
server of its own with a Unix socket; memory is the largest resident set of the process alone."""

import argparse
import glob
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PEER_LIMIT = 180  # seconds after which a peer is given up


def schema(tables):
    """The statements that make the schema."""
    types = ["text", "integer", "timestamptz", "numeric(10,2)", "boolean", "varchar(50)", "uuid", "jsonb"]
    yield "create schema app;"
    for t in range(tables):
        columns = ", ".join(f"c{i} {kind}" for i, kind in enumerate(types))
        yield f"create table app.t{t} (id bigint primary key, parent_id bigint, {columns});"
        yield f"create index t{t}_a on app.t{t} (c0);"
        yield f"create index t{t}_b on app.t{t} (c1, c2 desc);"
        yield f"create unique index t{t}_c on app.t{t} (lower(c5)) where c4;"
    for t in range(tables):
        yield f"alter table app.t{t} add foreign key (parent_id) references app.t{max(t - 1, 0)} (id);"


ROLE = "lockstep_bench_reader"
BODY = "select count(*) from app.t{t} where id = wanted"


def mix(tables):
    """The statements that put the other kinds beside the tables."""
    yield ("create function app.touch() returns trigger language plpgsql as "
           "'begin new.c2 := now(); return new; end';")
    for t in range(tables):
        yield (f"create function app.f{t}(wanted bigint) returns bigint language sql stable as "
               f"'{BODY.format(t=t)}';")
        yield f"comment on function app.f{t}(bigint) is 'Counts the rows of t{t}';"
        yield f"grant execute on function app.f{t}(bigint) to {ROLE};"
        yield f"comment on table app.t{t} is 'Table {t}';"
        yield f"comment on column app.t{t}.c0 is 'What it says';"
        yield f"grant select on app.t{t} to {ROLE};"
        yield f"grant update (c0, c1) on app.t{t} to {ROLE};"
    for t in range(0, tables, 2):
        yield (f"create view app.v{t} as select a.id, a.c0, b.c1, app.f{t}(a.id) as n "
               f"from app.t{t} a join app.t{max(t - 1, 0)} b on b.id = a.parent_id;")
        yield f"comment on view app.v{t} is 'View {t}';"
        yield f"grant select on app.v{t} to {ROLE};"
        yield (f"create trigger touch before update on app.t{t} for each row "
               f"execute function app.touch();")
        yield f"alter table app.t{t} enable row level security;"
        yield f"create policy readers on app.t{t} for select to {ROLE} using (c4 and c1 > {t});"
    for t in range(0, tables, 10):
        yield (f"create table app.p{t} (id bigint not null, day date not null, what text, "
               f"primary key (id, day)) partition by range (day);")
        for part in range(4):
            yield (f"create table app.p{t}_{part} partition of app.p{t} "
                   f"for values from ('20{10 + part}-01-01') to ('20{11 + part}-01-01');")


class Server:
    """A private PostgreSQL: own data, Unix socket only, not as root."""

    def __init__(self):
        homes = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not homes:
            sys.exit("no PostgreSQL server is installed; run scripts/install-deps")
        self.bin = homes[0]
        self.dir = tempfile.mkdtemp(prefix="lockstep-bench-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.drop = []
        if os.getuid() == 0:
            shutil.chown(self.dir, "nobody", "nogroup")
            self.drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        self.log = f"{self.dir}/log"
        self.run("initdb", "-D", f"{self.dir}/data", "-U", "postgres", "-A", "trust", "--no-sync",
                 "-E", "UTF8", "--locale=C.UTF-8")
        self.process = subprocess.Popen(
            [*self.drop, f"{self.bin}/postgres", "-D", f"{self.dir}/data", "-k", self.dir,
             "-c", "listen_addresses=", "-c", "fsync=off", "-c", "autovacuum=off",
             "-c", "max_locks_per_transaction=1024", "-c", "shared_buffers=512MB"],
            stderr=open(self.log, "w"), stdout=subprocess.DEVNULL)
        while "ready" not in self.read(f"{self.dir}/data/postmaster.pid"):
            time.sleep(0.05)

    def run(self, program, *arguments):
        subprocess.run([*self.drop, f"{self.bin}/{program}", *arguments], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "HOME": "/tmp"})

    @staticmethod
    def read(path):
        try:
            return open(path).read()
        except OSError:
            return ""

    def url(self, database):
        return f"postgresql://postgres@/{database}?host={self.dir}"

    def psql(self, database, script):
        return subprocess.run(
            ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.url(database)], input=script, text=True,
            check=True, stdout=subprocess.PIPE).stdout

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def timed(command, env=None, limit=None, ok=(0,)):
    """Seconds and peak resident megabytes; None where it failed or took too long."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if limit and time.monotonic() - started > limit:
                process.kill()
                os.wait4(process.pid, 0)
                return None
            time.sleep(0.001)
    finally:
        process.returncode = 0
    seconds = time.monotonic() - started
    return (seconds, usage.ru_maxrss / 1024) if os.waitstatus_to_exitcode(status) in ok else None


def least(times, command, **options):
    results = [timed(command, **options) for _ in range(times)]
    return None if None in results else (min(r[0] for r in results), max(r[1] for r in results))


def catalog_queries(server, command, env):
    """The statements that one run sends, with their parameters, from the server's own log."""
    server.psql("postgres", "alter system set log_statement = 'all'; select pg_reload_conf();")
    time.sleep(0.3)
    before = os.path.getsize(server.log)
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server.psql("postgres", "alter system reset log_statement; select pg_reload_conf();")
    time.sleep(0.3)
    with open(server.log) as file:
        file.seek(before)
        text = file.read()
    statements = []
    for entry in re.split(r"\n(?=\d{4}-\d\d-\d\d )", text):
        found = re.search(r"LOG:  (?:execute <unnamed>|statement): (.*)", entry, re.S)
        if found:
            statements.append(found.group(1).strip())
            continue
        found = re.search(r"DETAIL:  parameters: (.*)", entry, re.S)
        if found and statements:
            for number, value in re.findall(r"\$(\d+) = ((?:'(?:[^']|'')*')|NULL)", found.group(1)):
                statements[-1] = re.sub(rf"\${number}\b", lambda _: value, statements[-1])
    return statements


def shown(result, floor):
    if result is None:
        return "failed or > %d s" % PEER_LIMIT
    return f"{result[0]:8.2f} s {result[1]:6.0f} MB  {result[0] / floor:6.1f}x"


def measure(server, lockstep, tables, peers, mixed):
    name, other = f"b{tables}", f"b{tables}_same"
    script = "\n".join([*schema(tables), *(mix(tables) if mixed else [])])
    for database in (name, other):
        server.psql("postgres", f"create database {database}")
        server.psql(database, script)
        server.psql(database, "vacuum analyze")
    work = tempfile.mkdtemp(prefix="lockstep-bench-")
    env = {**os.environ, "LOCKSTEP_CACHE": f"{work}/cache"}
    manifests = f"{work}/schema"
    subprocess.run([lockstep, "import", "--url", server.url(name), "--out", manifests], check=True,
                   stderr=subprocess.DEVNULL)
    plan = [lockstep, "plan", "--url", server.url(name), "--manifests", manifests]
    cold = timed(plan, env=env)
    queries = catalog_queries(server, plan, env)
    script = f"{work}/queries.sql"
    with open(script, "w") as file:
        file.write(";\n".join(queries) + ";\n")
    runs = 5 if tables <= 1000 else 3
    floor = least(runs, ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-f", script, "-o", "/dev/null",
                         server.url(name)])
    if floor is None:
        sys.exit("the catalog queries could not be replayed; see " + script)
    unit = floor[0]
    print(f"\n{tables} tables{' and the mix' if mixed else ''}: "
          f"{len(queries)} statements in a warm run")
    print(f"  {'the same queries through psql':44}{shown(floor, unit)}")
    print(f"  {'lockstep plan, nothing to do, warm cache':44}{shown(least(runs, plan, env=env), unit)}")
    print(f"  {'lockstep plan, nothing to do, empty cache':44}{shown(cold, unit)}")
    imported = least(min(runs, 3), [lockstep, "import", "--url", server.url(name), "--out",
                                    f"{work}/again", "--force"], env=env)
    print(f"  {'lockstep import':44}{shown(imported, unit)}")
    dumped = least(min(runs, 3), [f"{server.bin}/pg_dump", "-s", "-f", f"{work}/dump.sql",
                                  server.url(name)])
    print(f"  {'pg_dump --schema-only':44}{shown(dumped, unit)}")
    add_column(f"{manifests}/app/tables/t0.yaml")
    print(f"  {'lockstep plan, one column, empty cache':44}{shown(timed(plan, env=env), unit)}")
    print(f"  {'lockstep plan, one column, warm cache':44}{shown(timed(plan, env=env), unit)}")
    for table in range(1, tables):
        add_column(f"{manifests}/app/tables/t{table}.yaml")
    timed(plan, env=env)
    print(f"  {'lockstep plan, a column each, warm cache':44}{shown(timed(plan, env=env), unit)}")
    server.psql("postgres", f"create database {name}_empty")
    empty = [lockstep, "plan", "--url", server.url(f"{name}_empty"), "--manifests", manifests]
    timed(empty, env=env)
    print(f"  {'lockstep plan, all to be made, warm cache':44}{shown(timed(empty, env=env), unit)}")
    server.psql("postgres", f"drop database {name}_empty")
    if peers:
        measure_peers(server, name, other, work, unit)
    shutil.rmtree(work, ignore_errors=True)
    for database in (name, other):
        server.psql("postgres", f"drop database {database}")


def add_column(path):
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace(
            "columns:\n", "columns:\n  added: { type: text, nullable: true }\n", 1))


def measure_peers(server, name, other, work, unit):
    bin = os.path.dirname(sys.executable)
    if os.path.exists(f"{bin}/migra"):
        # migra exits with 0 where there is nothing to do.
        result = timed([f"{bin}/migra", server.url(name), server.url(other)], limit=PEER_LIMIT)
        print(f"  {'migra, two equal databases':44}{shown(result, unit)}")
    if os.path.exists(f"{bin}/pgmig"):
        result = timed([f"{bin}/pgmig", "generate", "-s", server.url(name), "-t", server.url(other)], limit=PEER_LIMIT)
        print(f"  {'pgmig, two equal databases':44}{shown(result, unit)}")
    if os.path.exists(f"{bin}/alembic"):
        result = timed([sys.executable, "-c", ALEMBIC, server.url(name), server.url(other)], limit=PEER_LIMIT)
        print(f"  {'alembic, autogenerate on equal databases':44}{shown(result, unit)}")
    if shutil.which("apgdiff"):
        for database in (name, other):
            dump = subprocess.run(["pg_dump", "-s", server.url(database)], text=True, check=True,
                                  stdout=subprocess.PIPE).stdout
            # apgdiff knows no commands of psql, and newer pg_dumps write \\restrict.
            with open(f"{work}/{database}.sql", "w") as file:
                file.write("".join(line for line in dump.splitlines(True) if line[0] != "\\"))
        result = timed(["apgdiff", f"{work}/{name}.sql", f"{work}/{other}.sql"], limit=PEER_LIMIT)
        print(f"  {'apgdiff, two equal dumps (dumping not counted)':44}{shown(result, unit)}")


ALEMBIC = """
import sys
from sqlalchemy import MetaData, create_engine
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
def engine(url): return create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
metadata = MetaData()
metadata.reflect(engine(sys.argv[2]), schema="app")
options = {"include_schemas": True, "compare_type": True, "compare_server_default": True,
           "include_name": lambda name, kind, parents: kind != "schema" or name == "app"}
with engine(sys.argv[1]).connect() as connection:
    compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lockstep", required=True)
    parser.add_argument("--mix", action="store_true",
                        help="functions, views, triggers, policies, partitions, rights, comments")
    parser.add_argument("tables", nargs="*", type=int, default=[10, 100, 1000, 5000])
    options = parser.parse_args()
    server = Server()
    try:
        server.psql("postgres", f"create role {ROLE}")
        print("Least of several runs; the factor is against the same catalog queries through psql.")
        for tables in options.tables:
            measure(server, options.lockstep, tables,
                    os.environ.get("LOCKSTEP_BENCH_PEERS", "1") != "0",
                    options.mix)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
