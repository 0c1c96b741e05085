"""Questions about everything seen: answers for programs, in the format they ask for."""

from typing import Annotated, Any, Literal

from litestar import MediaType, Request, Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Struct

from api import analytics_page, pages
from api.given import Given
from api.pages import wants_page
from api.wire import Timestamp, timestamp
from storage.answer_formats import FORMATS
from storage.errors import BadQuestion
from storage.question_parts import DIMENSIONS, listed
from storage.questions import QUESTIONS, answer, ask
from storage.warehouse import Warehouse

MOST_OBJECTS = 100_000  # rows of an answer in JSON, the other formats take less room

QuestionName = Literal[
    "share-of-shelf", "osa", "planogram-compliance", "mhl-compliance", "price-index"
]
FormatName = Literal["json", "csv", "parquet", "arrow"]

By = Annotated[
    str,
    QueryParameter(
        description="What the answer is split by, with commas between: chain,week,brand."
    ),
]
Where = Annotated[
    list[str] | None,
    QueryParameter(
        description="Conditions that all hold of what is counted: chain=Corner, day>=2026-05-01, "
        "brand!= (it is known); with = != >= <= > <."
    ),
]
Format = Annotated[
    FormatName | None,
    QueryParameter(description="Of the answer; without it what Accept asks for, else JSON."),
]


class QuestionView(Struct, frozen=True):
    """A question and what it may be asked by."""

    name: str
    sentence: str
    dimensions: dict[str, str]  # with a sentence each
    measures: list[str]


class Answer(Struct, frozen=True):
    """An answer: rows sorted by their dimensions, unknown ones last."""

    question: str
    columns: list[str]  # dimensions, then measures
    rows: list[dict[str, Any]]
    refreshed_date: Timestamp  # the warehouse is as of then


@get(
    "/analytics",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="listQuestions",
    summary="List the questions there are",
    tags=["Analytics"],
)
def list_questions(
    request: Request[Any, Any, Any],
    warehouse: Given[Warehouse],
    chain: FromQuery[str] = "",
    category: FromQuery[str] = "",
    since: FromQuery[str] = "",
) -> Response[list[QuestionView]]:
    """List them; a browser gets a page of charts, of one chain, category or since a day."""
    if wants_page(request):
        chosen = {"chain": chain, "category": category, "since": since}
        return pages.page("analytics.html", **analytics_page.load(warehouse, chosen))
    return Response(
        [
            QuestionView(
                one.name,
                one.sentence,
                {name: DIMENSIONS[name].sentence for name in one.dimensions},
                list(one.measures),
            )
            for one in QUESTIONS
        ]
    )


@get(
    "/analytics/{question:str}",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="askQuestion",
    summary="Ask a question about everything seen",
    tags=["Analytics"],
)
def ask_question(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    question: FromPath[QuestionName],
    warehouse: Given[Warehouse],
    by: By = "",
    where: Where = None,
    format: Format = None,
) -> Response[Answer]:
    """Answer from the warehouse as of its last refresh; docs/warehouse.md defines the numbers."""
    asked = ask(question, listed(by), where or ())
    found = answer(warehouse, asked)
    wanted = format or _accepted(request)
    if wanted != "json":
        kind = FORMATS[wanted]
        name = {"Content-Disposition": f'attachment; filename="{question}.{wanted}"'}
        return Response(kind.encode(found), media_type=kind.media_type, headers=name)  # type: ignore[return-value]
    if found.height > MOST_OBJECTS:
        raise BadQuestion("format", f"{found.height} rows: as JSON at most {MOST_OBJECTS}; as csv?")
    refreshed = warehouse.refreshed_at()
    return Response(Answer(question, asked.columns, found.to_dicts(), timestamp(refreshed)))


def _accepted(request: Request[Any, Any, Any]) -> str:
    """The format whose media type the client names first; JSON when it names none."""
    kinds = [
        kind.partition(";")[0].strip() for kind in request.headers.get("accept", "").split(",")
    ]
    by_type = {one.media_type: one.name for one in FORMATS.values()}
    return next((by_type[kind] for kind in kinds if kind in by_type), "json")
