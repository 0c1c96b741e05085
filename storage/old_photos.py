"""Photos that are old enough to go, and those that must stay whatever their age.

A photo stays as long as something needs its pixels: a packshot, a reference (another embedder will
look at it again), an answer that was not learned yet, an unknown product that it shows, a
recognition error that is open (its scene, its proof), a scene that is still to be recognised.
Panoramas, small pictures of facings and facts are objects of their own.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from storage import tables
from storage.history import RECOGNISE_AGAIN
from storage.work import OPEN, RECOGNIZE_SCENE

_images, _photos, _scenes = tables.images, tables.scene_images, tables.scenes


def hold_removable(tx: Connection, sha256s: Sequence[str], *, before: datetime) -> set[str]:
    """As `removable`, and nobody uploads these again until the transaction ends.

    A photo that somebody is uploading at this moment is left out.
    """
    first = _images.c.sha256.in_(sha256s) & ~_images.c.duplicate
    query = select(_images.c.sha256).where(first).order_by(_images.c.id)
    return removable(tx, list(tx.scalars(query.with_for_update(skip_locked=True))), before=before)


def removable(tx: Connection, sha256s: Sequence[str], *, before: datetime) -> set[str]:
    """Say which of these photos nobody uploaded or put into a scene since, and nothing needs.

    What was never uploaded is left out.
    """
    newest = (
        select(
            _images.c.sha256,
            func.max(_images.c.created_at).label("uploaded"),
            func.max(_scenes.c.created_at).label("used"),
        )
        .outerjoin(_photos, _photos.c.image_id == _images.c.id)
        .outerjoin(_scenes, _scenes.c.id == _photos.c.scene_id)
        .where(_images.c.sha256.in_(sha256s))
        .group_by(_images.c.sha256)
        .subquery()
    )
    old = (newest.c.uploaded < before) & or_(newest.c.used.is_(None), newest.c.used < before)
    found = set(tx.scalars(select(newest.c.sha256).where(old)))
    uploads = select(_images.c.id, _images.c.sha256).where(_images.c.sha256.in_(found))
    needed = {sha256 for _, sha256 in tx.execute(uploads.where(_is_needed()))}
    proofs = _proofs(tx)
    return found - needed - {sha256 for id_, sha256 in tx.execute(uploads) if id_ in proofs}


def _is_needed() -> ColumnElement[bool]:
    """Whether something needs the pixels of an upload."""
    references, confirmations = tables.sku_references.c, tables.confirmations.c
    waits = confirmations.sku_id.is_not(None) & confirmations.learned_at.is_(None)
    return or_(
        _images.c.id.in_(select(tables.skus.c.image).where(tables.skus.c.image.is_not(None))),
        _images.c.id.in_(select(references.image_id)),
        _images.c.id.in_(select(confirmations.image_id).where(waits)),
        exists().where(_photos.c.image_id == _images.c.id, _is_needed_scene()),
    )


def _is_needed_scene() -> ColumnElement[bool]:
    """Whether something needs the photos of a scene."""
    work, doubts, errors = tables.work.c, tables.doubts.c, tables.recognition_errors.c
    scene_id, recognised = _photos.c.scene_id, (RECOGNIZE_SCENE, RECOGNISE_AGAIN)
    of_it = work.flow.in_(recognised) & (work.subject_id == scene_id)
    shown = doubts.rank.is_not(None) & doubts.settled_at.is_(None)
    return or_(
        exists().where(of_it, work.state == OPEN),
        exists().where(doubts.scene_id == scene_id, shown),
        exists().where(errors.scene_id == scene_id, errors.closed_at.is_(None)),
    )


def _proofs(tx: Connection) -> set[int]:
    """The uploads that open recognition errors name."""
    errors = tables.recognition_errors.c
    query = select(errors.images).where(errors.closed_at.is_(None))
    return {image_id for proof in tx.scalars(query) for image_id in proof}
