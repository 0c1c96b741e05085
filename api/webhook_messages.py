"""What was sent to an endpoint, how it went, and sending it once more.

In place of an endpoint's id, 0 means the addresses that calls named.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import MediaType, Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from api.auth import ADMINISTRATING
from api.given import Given
from api.media import Links
from api.nudge import Nudge
from api.pages import wants_page
from api.paging import Listed, Page, PagedOperation, listed
from api.webhook_views import AttemptView, MessageView, attempt_view, message_view
from api.wire import BIGGEST, Moment, to_utc
from storage import endpoints, message_log
from storage.message_log import Wanted
from storage.records import Records, Transaction
from storage.work import DELIVER_WEBHOOKS, DONE, FAILED, OPEN

EndpointId = Annotated[
    int, PathParameter(ge=0, le=BIGGEST, description="0: the addresses that calls named.")
]
Status = Annotated[
    Literal["OPEN", "DONE", "FAILED"] | None, QueryParameter(description="Only these.")
]
MessageId = Annotated[
    str | None, QueryParameter(pattern=r"^msg_[0-9a-f]{32}\Z", description="This one alone.")
]
Since = Annotated[Moment | None, QueryParameter(description="Made then or later.")]
Until = Annotated[Moment | None, QueryParameter(description="Made earlier.")]
Delivered = Annotated[bool, QueryParameter(description="Also those that were delivered.")]


class Redelivered(Struct, frozen=True):
    """How many messages are sent again."""

    messages: int


@get(
    "/webhooks/{endpoint_id:int}/messages",
    sync_to_thread=True,
    operation_id="listMessages",
    operation_class=PagedOperation,
    summary="List messages",
    tags=["Webhooks"],
)
def list_messages(
    endpoint_id: EndpointId,
    page: Given[Page],
    records: Given[Records],
    links: Given[Links],
    status: Status = None,
) -> Listed[MessageView]:
    """List its messages, the newest first; FAILED are dead letters."""
    wanted = Wanted(endpoint_id=endpoint_id, states=[status] if status else None)
    with records.reading() as tx:
        _check(tx, endpoint_id)
        count, found = message_log.page(tx, wanted, limit=page.limit, offset=page.offset)
    url = f"{links.base_url}/webhooks/{endpoint_id}/messages/"
    query = {"status": status} if status else {}
    return listed(url, page, count, [message_view(one) for one in found], **query)


@get(
    "/webhooks/{endpoint_id:int}/attempts",
    sync_to_thread=True,
    operation_id="listAttempts",
    operation_class=PagedOperation,
    summary="List attempts to deliver",
    tags=["Webhooks"],
)
def list_attempts(
    endpoint_id: EndpointId, page: Given[Page], records: Given[Records], links: Given[Links]
) -> Listed[AttemptView]:
    """List every try to deliver something to it, the newest first."""
    with records.reading() as tx:
        _check(tx, endpoint_id)
        count, found = message_log.attempts(tx, endpoint_id, limit=page.limit, offset=page.offset)
    url = f"{links.base_url}/webhooks/{endpoint_id}/attempts/"
    return listed(url, page, count, [attempt_view(one) for one in found])


@post(
    "/webhooks/{endpoint_id:int}/redeliver",
    opt=ADMINISTRATING,
    status_code=202,
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="redeliver",
    summary="Send messages again",
    tags=["Webhooks"],
)
def redeliver(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    endpoint_id: EndpointId,
    records: Given[Records],
    nudge: Given[Nudge],
    now: Given[datetime],
    message: MessageId = None,
    since: Since = None,
    until: Until = None,
    delivered: Delivered = False,
) -> Response[Redelivered]:
    """Send one message again, or all dead letters of a time; each keeps its `webhook-id`.

    A new round of ten attempts begins at once. 409 while the endpoint is disabled.
    """
    dead = [FAILED, DONE] if delivered else [FAILED]
    wanted = Wanted(
        uids=[message] if message else None,
        endpoint_id=endpoint_id,
        states=[OPEN, DONE, FAILED] if message else dead,
        since=to_utc("since", since) if since else None,
        until=to_utc("until", until) if until else None,
    )
    with records.reading() as tx:
        _check(tx, endpoint_id)
    count = message_log.redeliver(records, wanted, now=now)
    key = f"{DELIVER_WEBHOOKS}-again-{endpoint_id}-{now.timestamp():.6f}"
    start = BackgroundTask(nudge.send, DELIVER_WEBHOOKS, parameters={}, key=key)
    if wants_page(request):
        return Redirect(f"/webhooks/{endpoint_id}/", status_code=303, background=start)
    return Response(Redelivered(count), background=start)


def _check(tx: Transaction, endpoint_id: int) -> None:
    """Raise NotFound unless there is such an endpoint."""
    if endpoint_id:
        endpoints.get(tx, endpoint_id)


HANDLERS = [list_messages, list_attempts, redeliver]
