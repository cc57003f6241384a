"""Tells schemathesis how bodies of JSON lines are written: the schema's text goes as it is."""

import schemathesis


@schemathesis.serializer("application/jsonlines", "application/x-ndjson")
def json_lines(ctx, value):
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else str(value).encode()
