"""What one call costs: seconds, processor time, queries and memory."""

import gc
import os
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from unittest import mock

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024


@dataclass
class Cost:
    """Wall and processor seconds (ours and PostgreSQL's), queries, MiB at the peak."""

    wall: float = 0.0
    cpu: float = 0.0
    queries: int = 0
    memory: float = 0.0


def _backend_cpu(pid):
    """Processor seconds of a PostgreSQL process on this machine, 0 elsewhere."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS


def _memory(key):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / MIB
    return 0.0


@contextmanager
def _bulk_statements(count):
    """Count the statements of `execute_values`, which pass by Odoo's cursor."""
    where = (
        "odoo.addons.recouvrement_auto.models.recouvrement_bulk_mixin.execute_values"
    )
    try:
        from psycopg2.extras import execute_values as real

        def counting(cursor, query, rows, **options):
            rows = list(rows)
            count.append(-(-len(rows) // options.get("page_size", 100)))
            return real(cursor, query, rows, **options)

        patch = mock.patch(where, counting)
        patch.start()
    except (ImportError, AttributeError):
        yield
        return
    try:
        yield
    finally:
        patch.stop()


def measure(env, call):
    """``(Cost, result)`` of a call; caches of records are empty before it."""
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    pid = env.cr._cnx.info.backend_pid
    thread, bulk = threading.current_thread(), []
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of memory so far
    resident, thread.query_count = _memory("VmRSS"), 0
    cpu, started = time.process_time() + _backend_cpu(pid), time.perf_counter()
    with _bulk_statements(bulk):
        result = call()
    wall = time.perf_counter() - started
    cpu = time.process_time() + _backend_cpu(pid) - cpu
    queries = thread.query_count + sum(bulk)
    return Cost(wall, cpu, queries, _memory("VmHWM") - resident), result


def middle(costs):
    """Medians of several costs, as a dict; the largest growth of memory."""
    found = {
        key: median(getattr(cost, key) for cost in costs) for key in asdict(costs[0])
    }
    return found | {"memory": max(cost.memory for cost in costs)}
