"""Endpoints for webhooks: addresses that are told of every event of some kinds.

Changes need the scope `admin`: they say where data goes. Secrets are told when they are made, and
by `gondola webhooks secret`.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

import msgspec
from litestar import MediaType, Request, Response, delete, get, patch, post
from litestar.params import JSONBody, QueryParameter
from litestar.response import Redirect
from msgspec import UNSET, Meta, Struct, UnsetType
from yarl import URL

from api import pages
from api.auth import ADMINISTRATING
from api.errors import FieldWrong
from api.given import Given
from api.media import Links
from api.pages import wants_page
from api.paging import Listed, Page, PagedOperation, listed
from api.webhook_messages import EndpointId
from api.webhook_url import check_url
from api.webhook_views import (
    DEAD,
    EndpointView,
    MadeEndpoint,
    NewSecret,
    load_page,
    message_view,
    view,
)
from api.wire import PathId, Text
from outbound.door import Door, Refused
from storage import endpoints, message_log, webhook_secrets
from storage.records import Records

ON_PAGE = 50  # dead letters on the page of all endpoints
MOST_HOURS = 7 * 24  # that a former secret may go on

EventName = Literal["report.ready", "report.error", "report.changed", "scene.done"]
ALL: tuple[EventName, ...] = get_args(EventName)
Events = Annotated[tuple[EventName, ...], Meta(min_length=1, max_length=len(ALL))]
Hours = Annotated[
    int, QueryParameter(ge=0, le=MOST_HOURS, description="How long the former secret goes on.")
]


class EndpointBody(Struct, frozen=True):
    """Where to post, and which events."""

    url: str
    events: Events = ALL
    description: Text = ""


class EndpointChanges(Struct, frozen=True):
    """What to change; what is left out stays."""

    url: str | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class Removed(Struct, frozen=True):
    """What was removed."""

    id: int


@get(
    "/webhooks",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="listEndpoints",
    operation_class=PagedOperation,
    summary="List webhook endpoints",
    tags=["Webhooks"],
)
def list_endpoints(
    request: Request[Any, Any, Any], page: Given[Page], records: Given[Records], links: Given[Links]
) -> Response[Listed[EndpointView]]:
    """List endpoints by id; a browser gets a page with dead letters, too."""
    with records.reading() as tx:
        count, found = endpoints.page(tx, limit=page.limit, offset=page.offset)
        counts = message_log.counts(tx)
        dead = message_log.page(tx, DEAD, limit=ON_PAGE, offset=0)[1]
    views = [view(one, counts) for one in found]
    answer = listed(f"{links.base_url}/webhooks/", page, count, views)
    if not wants_page(request):
        return Response(answer)
    return pages.page(
        "webhooks.html", endpoints=answer, counts=counts, dead=[message_view(one) for one in dead]
    )


@post(
    "/webhooks",
    opt=ADMINISTRATING,
    sync_to_thread=True,
    operation_id="createEndpoint",
    summary="Register a webhook endpoint",
    tags=["Webhooks"],
)
def create_endpoint(
    data: JSONBody[EndpointBody], records: Given[Records], door: Given[Door], now: Given[datetime]
) -> MadeEndpoint:
    """Have events posted to an address from now on; `secret` is told this once."""
    url = _reachable(data.url, door)
    with records.transaction() as tx:
        made = endpoints.add(tx, url=url, events=data.events, description=data.description, now=now)
        secret = webhook_secrets.rotate(tx, made.id, now=now)
    told = msgspec.structs.asdict(view(made, {}))
    return MadeEndpoint(**told, secret=webhook_secrets.written(secret))


@get(
    "/webhooks/{endpoint_id:int}",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="getEndpoint",
    summary="Look at a webhook endpoint",
    tags=["Webhooks"],
)
def get_endpoint(
    request: Request[Any, Any, Any], endpoint_id: EndpointId, records: Given[Records]
) -> Response[EndpointView]:
    """Read an endpoint; a browser gets a page with its messages and attempts."""
    with records.reading() as tx:
        if wants_page(request):
            return pages.page("webhook.html", **load_page(tx, endpoint_id))
        return Response(view(endpoints.get(tx, endpoint_id), message_log.counts(tx)))


@patch(
    "/webhooks/{endpoint_id:int}",
    opt=ADMINISTRATING,
    sync_to_thread=True,
    operation_id="changeEndpoint",
    summary="Change a webhook endpoint",
    tags=["Webhooks"],
)
def change_endpoint(
    endpoint_id: PathId,
    data: JSONBody[EndpointChanges],
    records: Given[Records],
    door: Given[Door],
    now: Given[datetime],
) -> EndpointView:
    """Change address, events or description; what waits goes to the new address."""
    given: dict[str, Any] = {
        k: v for k, v in msgspec.structs.asdict(data).items() if v is not UNSET
    }
    enabled = given.pop("enabled", None)
    if "url" in given:
        given["url"] = _reachable(given["url"], door)
    with records.transaction() as tx:
        endpoints.change(tx, endpoint_id, **given)
        if enabled is True:
            endpoints.enable(tx, endpoint_id)
        elif enabled is False:
            endpoints.disable(tx, endpoint_id, because="An operator disabled it.", now=now)
        return view(endpoints.get(tx, endpoint_id), message_log.counts(tx))


@delete(
    "/webhooks/{endpoint_id:int}",
    opt=ADMINISTRATING,
    status_code=200,
    sync_to_thread=True,
    operation_id="removeEndpoint",
    summary="Remove a webhook endpoint",
    tags=["Webhooks"],
)
def remove_endpoint(endpoint_id: PathId, records: Given[Records]) -> Removed:
    """Remove it with its secrets, messages and attempts."""
    with records.transaction() as tx:
        endpoints.remove(tx, endpoint_id)
    return Removed(endpoint_id)


@post(
    "/webhooks/{endpoint_id:int}/rotate",
    opt=ADMINISTRATING,
    status_code=200,
    sync_to_thread=True,
    operation_id="rotateEndpointSecret",
    summary="Make a new secret",
    tags=["Webhooks"],
)
def rotate_secret(
    endpoint_id: PathId, records: Given[Records], now: Given[datetime], hours: Hours = 24
) -> NewSecret:
    """Sign with a new secret, and for some hours with the former one, too; 0 when it leaked."""
    with records.transaction() as tx:
        endpoints.get(tx, endpoint_id)
        secret = webhook_secrets.rotate(tx, endpoint_id, now=now, overlap=timedelta(hours=hours))
    return NewSecret(webhook_secrets.written(secret), hours)


@post(
    "/webhooks/{endpoint_id:int}/enable",
    opt=ADMINISTRATING,
    status_code=200,
    sync_to_thread=True,
    operation_id="enableEndpoint",
    summary="Enable a webhook endpoint",
    tags=["Webhooks"],
)
def enable_endpoint(
    request: Request[Any, Any, Any], endpoint_id: PathId, records: Given[Records]
) -> Response[EndpointView]:
    """Send to it again from now on; what it missed is sent by `redeliver`."""
    with records.transaction() as tx:
        enabled = view(endpoints.enable(tx, endpoint_id), message_log.counts(tx))
    if wants_page(request):
        return Redirect(f"/webhooks/{endpoint_id}/", status_code=303)
    return Response(enabled)


def _reachable(url: str, door: Door) -> str:
    """Take an address that messages may go to.

    Raises:
        FieldWrong: it is none, holds a login, or leads to a network that is not open.
    """
    if check_url("url", url) is None:
        raise FieldWrong("url", "Enter a valid URL, http:// or https:// with a host.")
    if URL(url).user or URL(url).password:
        raise FieldWrong("url", "Leave user and password out: every message is signed instead.")
    try:
        door.check(url)
    except Refused as error:
        raise FieldWrong("url", f"{error.strerror}.") from None
    return url


HANDLERS = [
    list_endpoints,
    create_endpoint,
    get_endpoint,
    change_endpoint,
    remove_endpoint,
    rotate_secret,
    enable_endpoint,
]
