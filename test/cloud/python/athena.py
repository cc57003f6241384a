"""Athena on Trino: its rules, and the faults that a statement is documented to meet."""

import asyncio
import json
import re
import time

import control
import identity
import trino
from ministack.core.responses import error_response_json
from ministack.services import athena, s3, stepfunctions

MAXIMUM_STATEMENT_BYTES = 262_144
#: What passes when the statement is sent again. Written into the target before it fails: an UNLOAD's files stay.
FAULTS = {
    "ICEBERG_COMMIT_ERROR": "ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: transactions",
    "SLOW_DOWN": "HIVE_S3_SLOW_DOWN: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; "
    "Error Code: SlowDown)",
    "EXHAUSTED": "Query exhausted resources at this scale factor",
    "INTERNAL": "GENERIC_INTERNAL_ERROR: io.trino.spi.TrinoException",
}


def install() -> None:
    athena._start_query_execution = _checked(athena._start_query_execution)
    athena._execute_query = _execute_query
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::athena:startQueryExecution"] = _task


def statement_name(statement: str) -> str:
    """Every statement of the product begins with a comment that names it."""
    named = re.match(r"\s*--\s*(\S+)", statement)
    return named[1] if named else " ".join(statement.split()[:3])


def _fault(name: str, text: str):
    """The fault that this call of the statement meets, if any: decided by seed, name and how often it came."""
    orders = control.settings().get("athenaFaults")
    if not orders:
        return None
    time_around = control.count("athena", name)
    if time_around >= orders.get("inARow", 1) or control.chance(orders["seed"], name, time_around) >= orders["share"]:
        return None
    kinds = ["EXHAUSTED", "INTERNAL", "SLOW_DOWN", "THROTTLED"]
    if text.lower().startswith("insert"):
        kinds.append("ICEBERG_COMMIT_ERROR")
    return kinds[int(control.chance(orders["seed"], name, time_around, "kind") * len(kinds))]


def _refuse_target_in_use(text: str) -> None:
    unload = trino.UNLOAD.match(text)
    if unload is None:
        return
    bucket = s3._buckets.get(unload[2]) or {"objects": {}}
    folder = unload[3].rstrip("/") + "/"
    if any(key.startswith(folder) for key in bucket["objects"]):
        raise trino.StatementFailed(
            f"HIVE_PATH_ALREADY_EXISTS: Target directory for table 's3://{unload[2]}/{unload[3]}' already exists")


def run(statement: str, schema: str):
    """One statement, journalled; raises StatementFailed with Athena's words."""
    name, text, start = statement_name(statement), trino.without_comments(statement), time.time()
    entry = {"kind": "athena", "name": name, "schema": schema}
    trino.stages.largest = 0
    try:
        fault = _fault(name, text)
        if fault == "THROTTLED":
            raise Throttled("Rate exceeded (Service: Athena, Status Code: 400)")
        _refuse_target_in_use(text)
        identity.act_as_machine()
        if fault and trino.UNLOAD.match(text):
            trino.run(statement, schema, True)
        if fault:
            raise trino.StatementFailed(FAULTS[fault])
        result = trino.run(statement, schema, control.settings().get("splitUnload", True))
        took = {"ms": round(1000 * (time.time() - start)), "stages": trino.stages.largest}
        control.record(entry | took | {"outcome": "succeeded"})
        return result
    except Exception as error:
        control.record(entry | {"ms": round(1000 * (time.time() - start)), "outcome": "failed", "error": str(error)[:600]})
        raise


class Throttled(Exception):
    """Athena takes no more statements for the moment."""


def _statement_type(text: str) -> str:
    return "DDL" if re.match(r"create|alter|drop|vacuum", text, re.I) else "DML"


def _task(resource, parameters):
    """The task `athena:startQueryExecution.sync` of Step Functions."""
    statement, work_group = parameters["QueryString"], parameters["WorkGroup"]
    schema = (parameters.get("QueryExecutionContext") or {}).get("Database", "default")
    if work_group not in athena._workgroups:
        raise stepfunctions._ExecutionError("Athena.InvalidRequestException", f"WorkGroup {work_group} is not found.")
    if len(statement.encode()) > MAXIMUM_STATEMENT_BYTES:
        raise stepfunctions._ExecutionError("Athena.InvalidRequestException", "Query string is too long")
    identity.require_of_machine("athena:StartQueryExecution", f"workgroup/{work_group}")
    start = time.time()
    about = {"QueryExecutionId": "box", "Query": statement, "WorkGroup": work_group,
             "StatementType": _statement_type(trino.without_comments(statement))}
    try:
        run(statement, schema)
    except Throttled as error:
        raise stepfunctions._ExecutionError("Athena.TooManyRequestsException", str(error))
    except Exception as error:
        status = {"State": "FAILED", "StateChangeReason": str(error)[:1500]}
        cause = json.dumps({"QueryExecution": about | {"Query": statement[:4000], "Status": status}})
        raise stepfunctions._ExecutionError("States.TaskFailed", cause)
    ms = round(1000 * (time.time() - start))
    statistics = {"DataScannedInBytes": 0, "EngineExecutionTimeInMillis": ms, "TotalExecutionTimeInMillis": ms}
    return {"QueryExecution": about | {"Status": {"State": "SUCCEEDED"}, "Statistics": statistics}}


def _checked(start):
    def start_query_execution(data):
        if len(data.get("QueryString", "").encode()) > MAXIMUM_STATEMENT_BYTES:
            return error_response_json("InvalidRequestException", "Query string is too long", 400)
        return start(data)

    return start_query_execution


async def _execute_query(query_id, query, database, ddl, catalog=None):
    """The API's StartQueryExecution, in a thread: Trino asks this very server for files."""
    execution, start = athena._executions.get(query_id), time.time()
    status = execution["Status"]
    status["State"] = "RUNNING"
    try:
        columns, rows = await asyncio.to_thread(run, query, database)
        execution["_results"] = {"columns": [name for name, _ in columns], "rows": rows}
        execution["_column_types"] = [kind for _, kind in columns]
        status["State"] = "SUCCEEDED"
    except Exception as error:
        status |= {"State": "FAILED", "StateChangeReason": str(error)[:2000]}
        execution["_error"] = str(error)
    status["CompletionDateTime"] = int(time.time())
    ms = round(1000 * (time.time() - start))
    execution["Statistics"] |= {"EngineExecutionTimeInMillis": ms, "TotalExecutionTimeInMillis": ms}
