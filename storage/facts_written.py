"""What the facts of a day must be, as the records know it."""

from datetime import date

from sqlalchemy import Connection, select

from storage.merge_facts import Hashes
from storage.tables import scenes


def hashes(tx: Connection, day: date) -> Hashes:
    """The SHA-256 of each table of the current facts of the scenes that were accepted that day.

    Older versions wrote none down; such facts are not in it.
    """
    own = scenes.c
    query = select(own.scene, own.facts_revision, own.recognised_with).where(own.facts_day == day)
    return {
        (scene, revision): (recognised_with or {}).get("facts", {})
        for scene, revision, recognised_with in tx.execute(query)
    }
