"""Reads the segments of a run with pandas and polars, with the right types: ids are text, money is exact, days are dates.

    python read_segments.py results lake        # the folder of --out, and the lake

In a notebook, copy the functions that you need. pandas wants pyarrow to read Parquet.
"""

import sys
from decimal import Decimal
from pathlib import Path

DAYS = ["first_purchase", "last_purchase", "snapshot_date"]


def parquet_files(lake):
    """The Parquet files of the lake's current run, which the list of its published table names."""
    uris = Path(lake, "published/current_segments/symlink.txt").read_text().split()
    return [Path(lake, uri.split("/", 3)[3]) for uri in uris]


def pandas_csv(path):
    import pandas as pd

    # Without dtype an id like 00042 becomes the number 42, and without a converter money becomes a binary fraction.
    types = {"customer_id": "string", "run_id": "string", "model_version": "string"}
    return pd.read_csv(path, dtype=types, converters={"monetary": Decimal}, parse_dates=DAYS, keep_default_na=False)


def pandas_parquet(files):
    import pandas as pd

    # The files have their types: decimals arrive as Decimal, days as dates.
    return pd.concat([pd.read_parquet(file, dtype_backend="pyarrow") for file in files], ignore_index=True)


def polars_csv(path):
    import polars as pl

    types = {"customer_id": pl.String, "monetary": pl.Decimal(18, 4), **{day: pl.Date for day in DAYS}}
    return pl.read_csv(path, schema_overrides=types)


def polars_parquet(files):
    import polars as pl

    # hive_partitioning would read the run out of the path, and guess its type.
    return pl.read_parquet(files, hive_partitioning=False)


def main(results, lake):
    csv, files = f"{results}/segments.csv", parquet_files(lake)
    tables = {
        "pandas CSV": pandas_csv(csv),
        "pandas Parquet": pandas_parquet(files),
        "polars CSV": polars_csv(csv),
        "polars Parquet": polars_parquet(files),
    }
    for name, table in tables.items():
        ids, money = list(table["customer_id"]), list(table["monetary"])
        assert all(isinstance(each, str) for each in ids), name
        assert all(isinstance(each, Decimal) for each in money), name
        print(f"{name}: {len(ids)} customers, {sum(money)} in all, first {ids[0]}, {table['last_purchase'].dtype}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
