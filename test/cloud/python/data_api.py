"""The Data API on a real PostgreSQL, with what Aurora's is documented or reported to refuse."""

import asyncio
import contextvars
import decimal
import json
import os
import time

import control
import identity
from ministack import app
from ministack.services import rds_data

_PORT = int(os.environ["BOX_POSTGRES_PORT"])
MAXIMUM_RESULT_BYTES = 1_048_576
MAXIMUM_SECONDS = 45
#: pg_type.oid of result types that the Data API cannot return.
REFUSED_TYPES = {2278: "void", 18: '"char"', 2205: "regclass", 2206: "regtype", 1186: "interval", 1266: "timetz",
                 600: "point", 790: "money"}
_resume = {"generation": None, "at": 0.0}


def install() -> None:
    rds_data._resolve_target = _over_postgres(rds_data._resolve_target)
    rds_data._execute_statement = _execute
    rds_data._begin_transaction = _when_awake(rds_data._begin_transaction)
    rds_data._column_metadata = _column_metadata
    handle = rds_data.handle_request

    async def handle_in_thread(method, path, headers, body, query_params):
        """Not on the event loop: an import asks this very server for the object."""
        context = contextvars.copy_context()
        call = lambda: context.run(lambda: asyncio.run(handle(method, path, headers, body, query_params)))  # noqa: E731
        return await asyncio.to_thread(call)

    rds_data.handle_request = handle_in_thread
    app.SERVICE_HANDLERS["rds-data"] = handle_in_thread


def _over_postgres(resolve):
    def resolve_target(arn):
        instance, engine, cluster = resolve(arn)
        if cluster is None:
            return instance, engine, cluster
        place = {"Address": "127.0.0.1", "Port": _PORT}
        return {"Endpoint": place, "Engine": engine, "MasterUsername": "postgres", "_docker_container_id": "box",
                "_internal_address": "127.0.0.1", "_internal_port": _PORT}, engine, cluster

    return resolve_target


def _resuming():
    """DatabaseResumingException for the seconds that a database needs from zero, once after each order."""
    orders = control.settings()
    seconds = orders.get("resumeSeconds", 0)
    if _resume["generation"] != orders.get("generation"):
        _resume.update(generation=orders.get("generation"), at=time.time() + seconds)
    if time.time() < _resume["at"]:
        return rds_data._error(
            "DatabaseResumingException",
            "The Aurora DB instance db-BOX is resuming after being auto-paused. Please wait a few seconds and try again.")
    return None


def _when_awake(begin):
    return lambda data: _resuming() or begin(data)


def _column_metadata(description, engine):
    return [{"name": column.name, "label": column.name, "type": column.type_code} for column in description or []]


_execute_statement = rds_data._execute_statement


def _execute(data):
    asleep = _resuming()
    if asleep:
        return asleep
    sql, start = data.get("sql", ""), time.time()
    identity.act_as_importer(data.get("resourceArn"))
    if sql.startswith("create extension if not exists aws_s3"):
        data = {**data, "sql": "select 1 as installed"}
    status, headers, body = _execute_statement({**data, "includeResultMetadata": True})
    if status == 200:
        answer = json.loads(body)
        problem = _refusal(answer, time.time() - start)
        if problem:
            status, headers, body = rds_data._error(*problem)
        elif data.get("formatRecordsAs") == "JSON":
            body = json.dumps(_formatted(answer)).encode()
    control.record({"kind": "data-api", "name": " ".join(sql.split())[:80], "status": status,
                    **({} if status == 200 else {"error": body.decode()[:600] if isinstance(body, bytes) else str(body)})})
    return status, headers, body


def _refusal(answer, seconds):
    kinds = [REFUSED_TYPES.get(column["type"]) for column in answer.get("columnMetadata", [])]
    refused = next((kind for kind in kinds if kind), None)
    if refused:
        return "UnsupportedResultException", f"The result contains the unsupported data type {refused}."
    if len(json.dumps(answer.get("records", []))) > MAXIMUM_RESULT_BYTES:
        return "BadRequestException", "Database returned more than the allowed response size limit"
    if seconds > MAXIMUM_SECONDS:
        return "StatementTimeoutException", "Request timed out"
    return None


def _formatted(answer):
    """formatRecordsAs=JSON: rows by column name; decimals are numbers."""
    columns = answer.get("columnMetadata", [])
    rows = [{column["name"]: _plain(field, column["type"]) for column, field in zip(columns, record)}
            for record in answer.get("records", [])]
    formatted = {"formattedRecords": json.dumps(rows)} if columns else {}
    return {"numberOfRecordsUpdated": answer.get("numberOfRecordsUpdated", 0), "generatedFields": [], **formatted}


_NUMERIC = 1700


def _plain(field, kind):
    if field.get("isNull"):
        return None
    value = next(iter(field.values()))
    return float(decimal.Decimal(value)) if kind == _NUMERIC else value
