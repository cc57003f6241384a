"""The analyst's script with polars: read, clean, R, F, M, scores, K-Means for k = 3..10 by scikit-learn, write.

python polars_script.py TRANSACTIONS.csv OUTPUT.csv
"""

import sys

import polars as pl
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

source, target = sys.argv[1:3]

text = {"InvoiceNo": pl.String, "StockCode": pl.String, "CustomerID": pl.String}
lines = (
    pl.scan_csv(source, schema_overrides=text)
    .unique()
    .filter(
        pl.col("CustomerID").is_not_null()
        & ~pl.col("InvoiceNo").str.starts_with("C")
        & (pl.col("Quantity") > 0)
        & (pl.col("UnitPrice") > 0)
    )
    .with_columns(pl.col("InvoiceDate").str.to_datetime("%m/%d/%Y %H:%M").dt.date().alias("day"))
)
rfm = (
    lines.group_by("CustomerID")
    .agg(
        pl.col("day").max().alias("last"),
        pl.col("InvoiceNo").n_unique().alias("frequency"),
        (pl.col("Quantity") * pl.col("UnitPrice")).sum().alias("monetary"),
    )
    .collect()
)
snapshot = rfm["last"].max()
rfm = rfm.with_columns(((pl.lit(snapshot) - pl.col("last")).dt.total_days() + 1).alias("recency"))


def fifths(column: str, descending: bool = False) -> pl.Expr:
    rank = pl.col(column).rank("ordinal", descending=descending)
    return ((rank - 1) * 5 // pl.len() + 1).cast(pl.Int8)


rfm = rfm.with_columns(fifths("recency", True).alias("R"), fifths("frequency").alias("F"), fifths("monetary").alias("M"))
scaled = StandardScaler().fit_transform(rfm.select(pl.col("recency", "frequency", "monetary").log1p()).to_numpy())
fits = {k: KMeans(n_clusters=k, n_init=10, random_state=42).fit(scaled) for k in range(3, 11)}
rfm = rfm.with_columns(pl.Series("cluster", fits[4].labels_)).sort("CustomerID")
rfm.write_csv(target)
print(len(rfm), "customers", {k: round(fit.inertia_, 1) for k, fit in fits.items()})
