"""Pixels in, arrays out: what stands on a shelf photo. Knows no SQL, no HTTP, no Prefect."""
