"""The table of clocks that do not trust the wall clock."""

from sqlalchemy import Column, String, Table

from storage.columns import metadata, time

slow_clocks = Table(
    "slow_clocks",
    metadata,
    Column("name", String(64), primary_key=True),  # whose clock it is
    time("shows"),
    time("wound_at"),  # by the wall clock
)
