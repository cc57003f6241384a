"""Athena's statements in Trino's words, and a client of Trino's REST protocol."""

import itertools
import json
import os
import re
import threading
import time
import urllib.request

_URL = os.environ["TRINO_URL"]
_names = itertools.count(1)
_schema_lock, _schema_made = threading.Lock(), threading.Event()
UNLOAD = re.compile(r"unload\s*\((.*)\)\s*to\s*'s3://([^'/]+)/([^']*)'\s*with\s*\((.*)\)$", re.S | re.I)
_PARTED = re.compile(r"partitioned_by\s*=\s*array\['(\w+)'\]", re.I)
_CREATE = re.compile(r"(create table if not exists \w+ \(.*\))\s*location '([^']+)'\s*tblproperties.*$", re.S | re.I)
_BUCKETABLE = re.compile(r"(varchar|char|bigint|integer|date|double|boolean)\b")
_FILES = 3


#: Stages of the largest plan that this thread's statement has had so far.
stages = threading.local()


class StatementFailed(Exception):
    """Trino's own error: its name, as Athena shows it, and its message."""


def execute(sql: str, schema: str, catalog: str = "lake"):
    """Runs one statement to its end; columns as (name, type) and rows."""
    headers = {
        "X-Trino-User": "athena", "X-Trino-Catalog": catalog, "X-Trino-Schema": schema, "X-Trino-Time-Zone": "UTC",
        # Otherwise the order of what is written counts as none.
        "X-Trino-Session": "skip_redundant_sort=false", "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
    }
    request = urllib.request.Request(f"{_URL}/v1/statement", data=sql.encode(), headers=headers)
    columns, rows, waited = [], [], 0
    while True:
        with urllib.request.urlopen(request, timeout=600) as response:
            page = json.load(response)
        root = (page.get("stats") or {}).get("rootStage")
        stages.largest = max(getattr(stages, "largest", 0), _stages_under(root) if root else 0)
        if page.get("error"):
            error = page["error"]
            if error["errorName"] == "NO_NODES_AVAILABLE" and waited < 30:
                waited += 1
                time.sleep(1)
                return execute(sql, schema, catalog)
            raise StatementFailed(f"{error['errorName']}: {error['message']}")
        columns = [(column["name"], column["type"]) for column in page.get("columns") or []] or columns
        rows += page.get("data") or []
        if "nextUri" not in page:
            return columns, rows
        request = page["nextUri"]


def _stages_under(stage) -> int:
    return 1 + sum(_stages_under(child) for child in stage.get("subStages") or [])


def without_comments(statement: str) -> str:
    return re.sub(r"^(\s*--[^\n]*\n)+", "", statement).strip().rstrip(";")


def run(statement: str, schema: str, split: bool):
    """Runs a statement of Athena's; `split` writes an UNLOAD as several files."""
    text = without_comments(statement)
    unload = UNLOAD.match(text)
    if unload:
        parted = _PARTED.search(unload[4])
        target = f"s3://{unload[2]}/{unload[3].rstrip('/')}"
        return _unload(unload[1].strip(), target, schema, split, parted[1] if parted else None)
    created = _CREATE.match(text)
    if created:
        body = re.sub(r"\btimestamp\b", "timestamp(6)", re.sub(r"\bstring\b", "varchar", created[1]))
        return execute(f"{body} with (location = '{created[2].rstrip('/')}', format = 'PARQUET')", schema)
    added = re.match(r"alter table (\w+) add columns \((.*)\)$", text, re.S | re.I)
    if added:
        for column in added[2].split(","):
            name, kind = column.split()
            kind = _TYPES.get(kind.lower(), kind)
            execute(f"alter table {added[1]} add column {name} {kind}", schema)
        return [], []
    for pattern, replacements in _HOUSEKEEPING:
        if re.match(pattern, text, re.I):
            for sql in replacements:
                execute(re.sub(pattern, sql, text, flags=re.I), schema)
            return [], []
    return execute(text, schema)


_TYPES = {"string": "varchar", "timestamp": "timestamp(6)"}
_HOUSEKEEPING = [
    (r"alter table \w+ (?:un)?set tblproperties .*", []),
    (r"optimize (\w+) rewrite data using bin_pack$", [r"alter table \1 execute optimize"]),
    (r"vacuum (\w+)$", [r"alter table \1 execute expire_snapshots(retention_threshold => '0s')",
                        r"alter table \1 execute remove_orphan_files(retention_threshold => '0s')"]),
]


def _unload(query: str, location: str, schema: str, split: bool, partition: str | None):
    """UNLOAD as a table over its folder. Buckets make files of which each is sorted and none comes before another."""
    _make_schema_of_unloads()
    table = f"unloads.box.unload_{next(_names)}"
    properties = [f"format = 'PARQUET', external_location = '{location}'"]
    if partition:
        properties.append(f"partitioned_by = array['{partition}']")
    bucket = _bucket_column(query, schema, partition) if split else None
    if bucket:
        properties.append(f"bucketed_by = array['{bucket}'], bucket_count = {_FILES}")
    execute(f"create table {table} with ({', '.join(properties)}) as {query}", schema)
    execute(f"drop table {table}", schema)
    return [], []


def _make_schema_of_unloads() -> None:
    """Once: of two statements that ask for it at the same moment Trino fails one, `if not exists` or not."""
    with _schema_lock:
        if not _schema_made.is_set():
            execute("create schema if not exists unloads.box", "default")
            _schema_made.set()


def _bucket_column(query: str, schema: str, partition: str | None):
    """The column whose values part the rows: one of the order's, else the first that can."""
    columns, _ = execute(f"select * from ({query}) limit 0", schema)
    able = [name for name, kind in columns if _BUCKETABLE.match(kind) and name != partition]
    order = re.search(r"\border by ([^()]*)$", query)
    sorted_by = [part.split()[0].strip('"') for part in order[1].split(",")] if order else []
    return next((name for name in sorted_by if name in able), next(iter(able), None))
