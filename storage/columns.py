"""What the columns of all tables are made of; times are aware UTC datetimes.

Ids are made by the database and never used twice (AUTOINCREMENT, sequences): they go on the wire.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Table,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware time into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time zone back that SQLite does not store."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)
BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in an INTEGER key


def table(name: str, *columns: Any) -> Table:
    """Make a table whose id is made by the database."""
    return Table(
        name, metadata, Column("id", BIG, primary_key=True), *columns, sqlite_autoincrement=True
    )


def to(target: str, name: str, **options: Any) -> Column[int]:
    """Make a column that names a row of another table."""
    return Column(name, BIG, ForeignKey(f"{target}.id", ondelete="CASCADE"), **options)


def time(name: str, *, nullable: bool = False) -> Column[datetime]:
    """Make a column of aware times."""
    return Column(name, UtcDateTime, nullable=nullable)
