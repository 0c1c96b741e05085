"""Work in lanes: little of one lane is done at a time, so that what hangs holds up itself alone.

A lane is the receiver of a webhook. Thousands of messages may wait for one of them, so the next
ones are looked up lane by lane: nothing here reads all that is due.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, func, select, union_all

from storage import tables
from storage.work import IS_OPEN, is_free

_work = tables.work


def next_due(tx: Connection, *, now: datetime, limit: int, per_lane: int) -> list[int]:
    """List up to `limit` free pieces of work, the longest due first, at most `per_lane` of a lane.

    What others hold of a lane counts.

    Returns:
        Ids of work, for `work.claim_these`.
    """
    room = _room(_lanes(), now, per_lane)
    heads = union_all(*[_waiting(room, place, now) for place in range(per_lane)]).subquery()
    query = select(_work.c.id).join(heads, heads.c.id == _work.c.id)
    return list(tx.scalars(query.order_by(_work.c.due_at, _work.c.id).limit(limit)))


def _lanes() -> CTE:
    """List the lanes with open work, each by one look into the index; the last one is null.

    Source: PostgreSQL wiki, "Loose indexscan".
    """
    first = select(_first_lane(_work.c.lane.is_not(None)).scalar_subquery().label("lane"))
    lanes = first.cte("lanes", recursive=True)
    after = _first_lane(_work.c.lane > lanes.c.lane).correlate(lanes).scalar_subquery()
    return lanes.union_all(select(after).where(lanes.c.lane.is_not(None)))


def _first_lane(which: ColumnElement[bool]) -> Select[Any]:
    return select(_work.c.lane).where(IS_OPEN, which).order_by(_work.c.lane).limit(1)


def _room(lanes: CTE, now: datetime, per_lane: int) -> CTE:
    """Count for each lane how much more of it may be held."""
    held = select(func.count()).where(IS_OPEN, _work.c.lane == lanes.c.lane)
    held = held.where(_work.c.lease_until > now).correlate(lanes).scalar_subquery()
    counted = select(lanes.c.lane, (per_lane - held).label("room"))
    return counted.where(lanes.c.lane.is_not(None)).cte("room")


def _waiting(room: CTE, place: int, now: datetime) -> Select[Any]:
    """Take from each lane that has room for so many the one at this place, from 0, of its queue."""
    queue = select(_work.c.id).where(is_free(now), _work.c.lane == room.c.lane)
    queue = queue.order_by(_work.c.due_at, _work.c.id)
    one = queue.limit(1).offset(place).correlate(room).scalar_subquery()
    return select(one.label("id")).where(room.c.room > place)
