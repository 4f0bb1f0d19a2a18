"""The configuration file that every Odoo of this checkout reads (ODOO_RC)."""

import configparser
import os

from . import paths, ports

COMMON = paths.CACHE / "odoo.conf"
MEMORY_SOFT = 4 * 1024**3
MEMORY_HARD = 5 * 1024**3


def write(environment, path=None, **options):
    """Write the file (by default the common one) and return its path."""
    values = {
        "addons_path": ",".join(
            map(str, [paths.ROOT, *environment.source.addons_path])
        ),
        "data_dir": str(paths.DATA),
        "admin_passwd": "admin",
        "http_interface": ports.ADDRESS,
        "list_db": "True",
        "max_cron_threads": "0",
        "limit_memory_soft": str(MEMORY_SOFT),
        "limit_memory_hard": str(MEMORY_HARD),
        "screenshots": str(paths.CACHE / "screenshots"),
        **{key: str(value) for key, value in options.items()},
    }
    if environment.server.embedded:
        values |= {
            "db_host": environment.server.host,
            "db_port": "5432",
            "db_user": environment.server.user,
        }
    parser = configparser.RawConfigParser()
    parser["options"] = values
    path = path or COMMON
    partial = path.with_suffix(f".{os.getpid()}.part")  # another command writes it too
    with partial.open("w") as output:
        parser.write(output)
    partial.rename(path)
    return path
