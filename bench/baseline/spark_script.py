"""The same by PySpark on two local cores: read, clean, R, F, M, scores by ntile, K-Means for k = 3..10, write.

python spark_script.py TRANSACTIONS.csv OUTPUT_FOLDER
"""

import sys

from pyspark.ml.clustering import KMeans
from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

source, target = sys.argv[1:3]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "4g")
    .config("spark.sql.shuffle.partitions", "8")
    .getOrCreate()
)

schema = (
    "InvoiceNo string, StockCode string, Description string, Quantity long, InvoiceDate timestamp, "
    "UnitPrice double, CustomerID string, Country string"
)
lines = (
    spark.read.csv(source, header=True, schema=schema, timestampFormat="M/d/yyyy H:mm")
    .dropDuplicates()
    .where("CustomerID is not null and not InvoiceNo like 'C%' and Quantity > 0 and UnitPrice > 0")
    .withColumn("day", F.to_date("InvoiceDate"))
)
snapshot = lines.agg(F.date_add(F.max("day"), 1)).first()[0]
rfm = (
    lines.groupBy("CustomerID")
    .agg(
        F.datediff(F.lit(snapshot), F.max("day")).alias("recency"),
        F.countDistinct("InvoiceNo").alias("frequency"),
        F.sum(F.col("Quantity") * F.col("UnitPrice")).alias("monetary"),
    )
    .cache()
)
for score, column in (("R", F.col("recency").desc()), ("F", F.col("frequency")), ("M", F.col("monetary"))):
    rfm = rfm.withColumn(score, F.ntile(5).over(Window.orderBy(column, "CustomerID")))
for name in ("recency", "frequency", "monetary"):
    rfm = rfm.withColumn(f"log_{name}", F.log1p(name))
assembled = VectorAssembler(inputCols=["log_recency", "log_frequency", "log_monetary"], outputCol="raw").transform(rfm)
scaler = StandardScaler(inputCol="raw", outputCol="features", withMean=True, withStd=True)
scaled = scaler.fit(assembled).transform(assembled).cache()
models = {k: KMeans(k=k, seed=42).fit(scaled) for k in range(3, 11)}
result = models[4].transform(scaled).drop("raw", "features")
result.write.csv(target, header=True, mode="overwrite")
print(scaled.count(), "customers", {k: round(model.summary.trainingCost, 1) for k, model in models.items()})
spark.stop()
