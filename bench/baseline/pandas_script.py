"""RFM segmentation as an analyst writes it with pandas and scikit-learn: read, clean, R, F, M, scores, K-Means, write.

python pandas_script.py TRANSACTIONS.csv OUTPUT.csv

Columns as in Online Retail: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country.
"""

import sys

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

source, target = sys.argv[1:3]

df = pd.read_csv(source, dtype={"InvoiceNo": str, "StockCode": str, "CustomerID": str})
df["InvoiceDate"] = pd.to_datetime(df["InvoiceDate"])
df = df.drop_duplicates().dropna(subset=["CustomerID"])
df = df[~df["InvoiceNo"].str.startswith("C") & (df["Quantity"] > 0) & (df["UnitPrice"] > 0)]
df["Amount"] = df["Quantity"] * df["UnitPrice"]

snapshot = df["InvoiceDate"].max().normalize() + pd.Timedelta(days=1)
rfm = df.groupby("CustomerID").agg(
    recency=("InvoiceDate", lambda dates: (snapshot - dates.max().normalize()).days),
    frequency=("InvoiceNo", "nunique"),
    monetary=("Amount", "sum"),
)
rfm["R"] = pd.qcut(rfm["recency"].rank(method="first"), 5, labels=[5, 4, 3, 2, 1]).astype(int)
rfm["F"] = pd.qcut(rfm["frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
rfm["M"] = pd.qcut(rfm["monetary"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
rfm["score"] = rfm["R"].astype(str) + rfm["F"].astype(str) + rfm["M"].astype(str)

scaled = StandardScaler().fit_transform(np.log1p(rfm[["recency", "frequency", "monetary"]]))
rfm["cluster"] = KMeans(n_clusters=4, n_init=10, random_state=42).fit_predict(scaled)

rfm.sort_index().to_csv(target)
print(len(rfm), "customers")
