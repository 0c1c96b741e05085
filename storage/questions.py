"""The questions the warehouse answers: share of shelf, OSA, compliance, price index.

docs/warehouse.md defines each; an answer is a frame, sorted by its dimensions, unknown ones last.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import polars as pl

from storage.errors import BadQuestion
from storage.question_parts import (
    DIMENSIONS,
    JOINS,
    SHELF,
    Condition,
    Dimension,
    parse_by,
    parse_where,
)
from storage.warehouse import Warehouse

MOST_ROWS = 1_000_000  # of an answer

_OF_SCENE = tuple(name for name, one in DIMENSIONS.items() if one.of == SHELF)
_ALL = tuple(DIMENSIONS)


class Question(msgspec.Struct, frozen=True):
    """A question and what it may be asked by.

    Attributes:
        counted: SQL: the rows that are counted, as `r`.
        measures: SQL of each column of the answer; `{whole}` = the window over all products.
        dimensions: what it may be asked by.
        at_least: the dimension it is asked by when no product is named; empty = none is needed.
    """

    name: str
    sentence: str
    counted: str
    measures: dict[str, str]
    dimensions: tuple[str, ...]
    at_least: str = ""


def _compliance(name: str, report_type: str, sentence: str) -> Question:
    measures = {
        "reports": "count(*)",
        "met": "sum(r.met)::BIGINT",
        "counted": "sum(r.counted)::BIGINT",
        "compliance": "sum(r.met) / nullif(sum(r.counted), 0)",
    }
    counted = f"(FROM reports WHERE report_type = '{report_type}') r"
    return Question(name, sentence, counted, measures, _OF_SCENE)


QUESTIONS: tuple[Question, ...] = (
    Question(
        "share-of-shelf",
        "Each brand's share of the facings and of the space; or each SKU's, category's, maker's.",
        "scene_skus r",
        {
            "facings": "sum(r.facings)::BIGINT",
            "share_of_facings": "sum(r.facings) / sum(sum(r.facings)) OVER ({whole})",
            "share_of_space": "sum(r.space) / sum(sum(r.space)) OVER ({whole})",
        },
        _ALL,
        at_least="brand",
    ),
    Question(
        "osa",
        "On-shelf availability: what was there of what was expected.",
        "expected_skus r",
        {
            "expected": "count(*)",
            "present": "count(*) FILTER (r.present)",
            "osa": "count(*) FILTER (r.present) / nullif(count(*), 0)",
        },
        _ALL,
    ),
    _compliance(
        "planogram-compliance",
        "PLANOGRAM_COMPLIANCE",
        "Faces that stand right, of the planned faces that the photos show.",
    ),
    _compliance(
        "mhl-compliance", "MHL_COMPLIANCE", "Records of must-have lists that are met, of all."
    ),
    Question(
        "price-index",
        "Prices against the median price of the same SKU everywhere, 100 = the same.",
        """(SELECT scene_id, sku_id, price / nullif(reference, 0) AS relative, price
            FROM (SELECT *, median(price) OVER (PARTITION BY sku_id, currency) AS reference
                  FROM scene_skus WHERE price IS NOT NULL)) r""",
        {
            "prices": "count(*)",
            "skus": "count(DISTINCT r.sku_id)",
            "price_index": "100 * avg(r.relative)",
        },
        _ALL,
    ),
)
BY_NAME = {question.name: question for question in QUESTIONS}


class Asked(msgspec.Struct, frozen=True):
    """A question with all that belongs to it, checked."""

    question: Question
    by: list[Dimension]
    where: list[Condition]

    @property
    def columns(self) -> list[str]:
        """The columns of the answer: dimensions, then measures."""
        return [*(one.name for one in self.by), *self.question.measures]


def ask(name: str, by: Sequence[str], where: Sequence[str] = ()) -> Asked:
    """Check a question.

    Args:
        name: of one of QUESTIONS.
        by: names of dimensions; none = one row over everything.
        where: conditions such as `chain=Corner` that all hold of what is counted.

    Raises:
        BadQuestion: says which part is wrong, and what it may be.
    """
    if name not in BY_NAME:
        raise BadQuestion("question", f"{name!r} is none of {', '.join(BY_NAME)}.")
    question = BY_NAME[name]
    dimensions = parse_by(by, question.dimensions)
    if question.at_least and all(one.of == SHELF for one in dimensions):
        dimensions.append(DIMENSIONS[question.at_least])
    return Asked(question, dimensions, [parse_where(one, question.dimensions) for one in where])


def answer(warehouse: Warehouse, asked: Asked) -> pl.DataFrame:
    """Ask the warehouse.

    Raises:
        NoWarehouse: there is none.
        BadQuestion: the answer would have more than MOST_ROWS rows.
    """
    sql, parameters = to_sql(asked)
    found = warehouse.query(sql, parameters)
    if found.height > MOST_ROWS:
        raise BadQuestion("by", f"More than {MOST_ROWS} rows: ask by less, or restrict it.")
    return found


def to_sql(asked: Asked) -> tuple[str, dict[str, Any]]:
    """Write the question as one SELECT and its parameters."""
    question, groups = asked.question, [one.column for one in asked.by]
    shelves = [one.column for one in asked.by if one.of == SHELF]
    whole = f"PARTITION BY {', '.join(shelves)}" if shelves else ""
    names = [f"{one.column} AS {one.name}" for one in asked.by]
    measures = [f"{sql.format(whole=whole)} AS {name}" for name, sql in question.measures.items()]
    used = {one.needs for one in (*asked.by, *(condition.dimension for condition in asked.where))}
    joins = [JOINS[alias] for alias in JOINS if alias in used]
    filled = {f"v{number}": one for number, one in enumerate(asked.where)}
    conditions = [one.sql(name) for name, one in filled.items()] or ["true"]
    sql = " ".join(
        (
            f"SELECT {', '.join([*names, *measures])} FROM {question.counted}",  # noqa: S608  our own
            "JOIN scenes s ON s.scene_id = r.scene_id",
            *joins,
            f"WHERE {' AND '.join(conditions)}",
            f"GROUP BY {', '.join(groups)}" if groups else "",
            f"ORDER BY {', '.join(f'{one} NULLS LAST' for one in groups)}" if groups else "",
            f"LIMIT {MOST_ROWS + 1}",
        )
    )
    return sql, {name: one.value for name, one in filled.items() if one.value is not None}
