"""Makes a report of CSV files: `spark-submit report.py --input FOLDER --output FOLDER`."""

import argparse

from pyspark.sql import SparkSession, functions


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    spark = SparkSession.builder.appName("Report").getOrCreate()
    rows = spark.read.option("header", True).csv(options.input)
    report = rows.groupBy("day").agg(functions.sum("amount").alias("amount"))
    report.write.parquet(options.output)


if __name__ == "__main__":
    main()
