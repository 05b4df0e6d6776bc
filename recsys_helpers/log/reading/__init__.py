"""Ways into the log: dataframes, CSV and Parquet files, and the checks they share."""
