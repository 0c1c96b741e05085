"""The only room that speaks SQL, S3 or Parquet."""
