"""Photos that are old enough to go, and those that must stay whatever their age.

A photo stays as long as something needs its pixels: a packshot, a reference (another embedder will
look at it again), an answer that was not learned yet, an unknown product that it shows, a
recognition error that is open, a scene that is still to be recognised. Panoramas, small pictures of
facings and facts are objects of their own.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, Connection, func, or_, select

from storage import tables
from storage.history import RECOGNISE_AGAIN
from storage.work import OPEN, RECOGNIZE_SCENE

_images, _photos, _scenes = tables.images, tables.scene_images, tables.scenes


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
    needed = select(_images.c.sha256).where(_images.c.sha256.in_(found), _is_needed())
    return found - set(tx.scalars(needed))


def _is_needed() -> ColumnElement[bool]:
    """Whether something needs the pixels of an upload."""
    references, confirmations = tables.sku_references.c, tables.confirmations.c
    waits = confirmations.sku_id.is_not(None) & confirmations.learned_at.is_(None)
    of_scenes = select(_photos.c.image_id).where(_photos.c.scene_id.in_(_needed_scenes()))
    return or_(
        _images.c.id.in_(select(tables.skus.c.image).where(tables.skus.c.image.is_not(None))),
        _images.c.id.in_(select(references.image_id)),
        _images.c.id.in_(select(confirmations.image_id).where(waits)),
        _images.c.id.in_(of_scenes),
    )


def _needed_scenes() -> CompoundSelect[int]:
    work, doubts, errors = tables.work.c, tables.doubts.c, tables.recognition_errors.c
    recognised = (RECOGNIZE_SCENE, RECOGNISE_AGAIN)
    to_come = select(work.subject_id).where(work.flow.in_(recognised), work.state == OPEN)
    shown = select(doubts.scene_id).where(doubts.rank.is_not(None), doubts.settled_at.is_(None))
    wrong = select(errors.scene_id).where(errors.closed_at.is_(None))
    return to_come.union(shown, wrong)
