"""What a client names as new references: uploads, a box in one, or a facing of a scene."""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from api.errors import FieldWrong, Malformed
from api.facing_view import Revision, check_revision
from api.wire import Id
from storage import facings, images, references, scenes
from storage.confirmations import SaidFacing
from storage.errors import NotFound, UnknownImages
from storage.objects import ObjectStore
from storage.records import Records
from storage.references import FACING, PICTURE, WHOLE

MOST = 100  # pictures of one request

Side = Annotated[float, Meta(ge=0, le=1e6)]  # pixels
T = TypeVar("T")


class NewReferences(Struct, frozen=True):
    """One of three: `images`, `image` with `box`, or `scene` with `facing`.

    With `facts_revision` beside a facing nothing is learned when the scene was recognised again.
    """

    images: Annotated[list[Id], Meta(min_length=1, max_length=MOST)] | None = None
    image: Id | None = None
    box: tuple[Side, Side, Side, Side] | None = None
    scene: Annotated[str, Meta(pattern="^[0-9a-f]{32}$", max_length=32)] | None = None
    facing: Annotated[int, Meta(ge=0)] | None = None
    facts_revision: Revision = None


class NewReference(Struct, frozen=True):
    """A picture, or a box in one."""

    image: int
    crop: str = WHOLE
    source: str = PICTURE
    said: SaidFacing | None = None  # of a facing, what recognition said of it


def convert(body: Any, kind: type[T]) -> T:
    """Read a body as a struct, as leniently as every other body.

    Raises:
        Malformed: it is no object.
        FieldWrong: names the field.
    """
    if not isinstance(body, dict):
        raise Malformed("The body is missing or no object; send a JSON object.")
    if isinstance(body.get("images"), str | int):  # a form's only value
        body = body | {"images": [body["images"]]}
    try:
        return msgspec.convert(body, kind, strict=False)
    except msgspec.ValidationError as error:
        raise FieldWrong.of(error) from None


def resolve(body: NewReferences, records: Records, objects: ObjectStore) -> list[NewReference]:
    """Find what the client names.

    Raises:
        FieldWrong: names the field that is missing, too much or wrong.
        UnknownImages: an image was never uploaded.
    """
    given = {name for name in body.__struct_fields__ if getattr(body, name) is not None}
    if body.images is not None and given == {"images"}:
        return [NewReference(image_id) for image_id in dict.fromkeys(body.images)]
    if body.image is not None and body.box is not None and given == {"image", "box"}:
        return [NewReference(body.image, _crop(records, body.image, body.box))]
    of_facing = given - {"facts_revision"} == {"scene", "facing"}
    if body.scene is not None and body.facing is not None and of_facing:
        return [_facing(records, objects, body.scene, body.facing, body.facts_revision)]
    raise FieldWrong(
        "images", "Send `images` (upload ids), or `image` and `box`, or `scene` and `facing`."
    )


def _crop(records: Records, image_id: int, box: tuple[float, float, float, float]) -> str:
    with records.reading() as tx:
        try:
            image = images.get(tx, image_id)
        except NotFound:
            raise FieldWrong("image", str(UnknownImages([image_id]))) from None
    x1, y1, x2, y2 = (round(side) for side in box)
    if not (0 <= x1 < x2 <= image.width and 0 <= y1 < y2 <= image.height):
        size = f"{image.width} x {image.height}"
        raise FieldWrong("box", f"Send x1, y1, x2, y2 in pixels inside the photo of {size}.")
    return references.crop_of((x1, y1, x2, y2))


def _facing(
    records: Records, objects: ObjectStore, scene: str, facing_id: int, seen: int | None
) -> NewReference:
    try:
        with records.reading() as tx:
            ref = facings.refer(scenes.by_scene(tx, scene), facing_id)
    except NotFound as error:
        raise FieldWrong("scene", str(error)) from None
    check_revision(ref, seen)
    row = facings.read(objects, [ref]).get((ref.scene_id, facing_id))
    if row is None:
        raise FieldWrong("facing", f"The scene has no facing {facing_id}.")
    said = facings.said(ref, row)
    return NewReference(said.image_id, said.crop, FACING, said)
