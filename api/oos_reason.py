"""Why a SKU is out of stock, said by whoever stands before the shelf."""

from datetime import datetime
from typing import Annotated

from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.auth import RECOGNISING
from api.given import Given
from api.idempotency import Once
from api.recognition_error import Message, Proof, SceneId, find_scene
from api.wire import BIGGEST
from storage import oos_reasons
from storage.records import Transaction

SkuGid = Annotated[int, Meta(ge=-BIGGEST, le=BIGGEST, description="Id of the SKU that is missing.")]
Reason = Annotated[str, Meta(min_length=1, max_length=4000, description="Any text.")]


class ReasonBody(Struct, frozen=True):
    """Which SKU is missing in which scene, and why; `images` are uploaded photos that prove it."""

    sku_gid: SkuGid
    scene: SceneId
    reason: Reason
    message: Message | None = None
    images: Proof | None = None


class ReasonTaken(Struct, frozen=True):
    """The id under which the reason is kept."""

    oos_reason_id: int


@post(
    "/oos_reason",
    opt=RECOGNISING,
    status_code=200,  # as the original answers
    sync_to_thread=True,
    operation_id="giveOosReason",
    summary="Say why a SKU is out of stock",
    tags=["Recognition"],
)
def give_reason(
    data: JSONBody[ReasonBody], once: Given[Once], now: Given[datetime]
) -> Response[ReasonTaken]:
    """Tell why a SKU is not there; the scene shows it, and its visit is new again.

    The same words again keep their id.
    """

    def add(tx: Transaction) -> tuple[ReasonTaken, None]:
        reason_id = oos_reasons.add(
            tx,
            find_scene(tx, data.scene).id,
            sku_gid=data.sku_gid,
            reason=data.reason,
            message=data.message or None,
            image_ids=data.images or [],
            now=now,
        )
        return ReasonTaken(reason_id), None

    return once.do(data, add)
