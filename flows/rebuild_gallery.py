"""Embed the references an embedder does not know yet; another embedder's before the switch to it.

It may be killed and run again: what is embedded is not embedded again.
"""

from functools import partial
from threading import Lock
from uuid import UUID

from prefect import flow
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.embed_references import embed_missing
from flows.resources import resources
from storage.work import REBUILD_GALLERY

_running = Lock()  # one of them at a time in this process; the sweep asks as long as any is missing


@flow(name=REBUILD_GALLERY, persist_result=False)
def rebuild_gallery(embedder: str = "") -> None:
    """Bring the gallery up to date.

    Args:
        embedder: a name under inference/models, or a folder; empty = the worker's own.
    """
    if not _running.acquire(blocking=False):
        return
    try:
        tools = resources()
        chosen = tools.embedder(embedder)
        artifact = create_progress_artifact(0.0, "rebuild-gallery", description=chosen.card.key)
        assert isinstance(artifact, UUID)  # noqa: S101  it would be a coroutine in async code
        embed_missing(
            tools.records,
            tools.objects,
            chosen,
            threads=tools.threads,
            tell=partial(_tell, artifact),
        )
    finally:
        _running.release()


def _tell(artifact: UUID, done: int, total: int) -> None:
    update_progress_artifact(artifact, progress=100.0 * done / total if total else 100.0)
