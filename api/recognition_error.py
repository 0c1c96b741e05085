"""A client's word that a SKU was recognised wrongly: it goes to the top of the review list."""

from datetime import datetime
from typing import Annotated

from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.auth import RECOGNISING
from api.errors import FieldWrong
from api.given import Given
from api.idempotency import Once
from api.recognize import MAX_IMAGES
from api.wire import BIGGEST, Id
from storage import feedback, scenes
from storage.errors import NotFound
from storage.records import Transaction
from storage.scenes import Scene

SkuGid = Annotated[int, Meta(ge=-BIGGEST, le=BIGGEST, description="Id of the SKU that is wrong.")]
SceneId = Annotated[str, Meta(max_length=64, description="UUID, with or without dashes.")]
Message = Annotated[str, Meta(max_length=4000)]
Proof = Annotated[list[Id], Meta(max_length=MAX_IMAGES)]


class ErrorBody(Struct, frozen=True):
    """What was recognised wrongly, and where; `images` are uploaded photos that prove it."""

    sku_gid: SkuGid
    scene: SceneId
    message: Message | None = None
    images: Proof | None = None


class ErrorTaken(Struct, frozen=True):
    """The id under which the error is kept."""

    recognition_error_id: int


@post(
    "/recognition_error",
    opt=RECOGNISING,
    sync_to_thread=True,
    operation_id="reportRecognitionError",
    summary="Report a recognition error",
    tags=["Recognition"],
)
def report_error(
    data: JSONBody[ErrorBody], once: Given[Once], now: Given[datetime]
) -> Response[ErrorTaken]:
    """Tell that a SKU was recognised wrongly in a scene; `/review` shows it to people.

    The same report, sent again while it is open, keeps its id.
    """

    def add(tx: Transaction) -> tuple[ErrorTaken, None]:
        error_id = feedback.add_error(
            tx,
            find_scene(tx, data.scene).id,
            sku_gid=data.sku_gid,
            message=data.message or None,
            image_ids=data.images or [],
            now=now,
        )
        return ErrorTaken(error_id), None

    return once.do(data, add)


def find_scene(tx: Transaction, name: str) -> Scene:
    """Find the scene, however its UUID is written."""
    try:
        return scenes.by_scene(tx, name.replace("-", "").lower())
    except NotFound:
        raise FieldWrong("scene", f"There is no scene {name}.") from None
