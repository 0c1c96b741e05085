"""The API process: everything it needs is made here, and handed to handlers by name."""

import asyncio
import gc
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp

from api import allow, openapi, problems
from api.body import WireRequest
from api.ending import when_told_to_end
from api.event_feed import Feed
from api.idempotency import provide_once
from api.limits import Limiter
from api.media import Links
from api.metrics import Metrics
from api.nudge import Nudge, PrefectNudge
from api.paging import provide_page
from api.routes import make_routes
from api.threads import Threads, Turnstile
from api.traffic import Traffic
from api.uploads import Limits
from api.waiting import Waiting
from flows import reports as report_types
from outbound.door import Door
from settings import Settings, load
from storage import migrate
from storage import secrets as stored_secrets
from storage import tokens as stored_tokens
from storage.objects import ObjectStore, open_objects
from storage.records import Records
from storage.warehouse import Warehouse
from telemetry import json_log, traces

MAX_BODY = 1024 * 1024  # bytes of a request without a photo

Clock = Callable[[], datetime]


def from_environment() -> Litestar:
    """Make the application of one API process, as granian starts it."""
    settings = load()
    json_log.start()
    if settings.traces:
        traces.start(settings.traces, "gondola-api")
    app = create_app(settings)
    gc.collect()
    gc.freeze()  # what is here now stays: looking through it again and again costs a tenth
    return app


def create_app(
    settings: Settings,
    *,
    nudge: Nudge | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Litestar:
    """Bring the stores up to date, open them, and put the handlers together.

    Args:
        nudge: starts flow runs; Prefect's unless a test gives another.
        clock: tells the time of a request, aware.
    """
    report_types.use(settings.own_reports, suffixed=settings.suffixed)
    records, objects = _open_stores(settings)
    nudge = PrefectNudge(settings.prefect_api_url) if nudge is None else nudge
    ensure_master_key(records, settings.master_key)
    counted, feed = Metrics(records, clock), Feed(records)
    app = Litestar(
        route_handlers=make_routes(settings.max_upload_mb * 1_000_000),
        dependencies=_given(settings, records, objects, nudge, feed, clock),
        state=State(
            {
                "records": records,
                "clock": clock,
                "limiter": Limiter(records, settings.rate_limit),
                "metrics": counted,
            }
        ),
        on_startup=[_use_threads, lambda: when_told_to_end(feed.end)],
        on_shutdown=[feed.close, nudge.close, objects.close, records.close, traces.stop],
        exception_handlers={Exception: problems.answer},
        before_send=[allow.name_methods],
        request_class=WireRequest,
        request_max_body_size=MAX_BODY,
        openapi_config=openapi.CONFIG,
        logging_config=None,
    )
    _provide_in_turn(app)
    within = Turnstile(app.asgi_handler, lambda: app.state.threads.waiting)
    app.asgi_handler = _told_by_proxies(Traffic(within, counted), settings.proxies)
    return app


def _provide_in_turn(app: Litestar) -> None:
    """Give handlers what they name one after the other.

    Litestar starts a task for each of several that do not need each other; that costs a request a
    third of a millisecond, and ours have nothing to wait for.
    """
    models = (
        model
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for _, model in route.route_handler_map.values()
    )
    for model in models:
        model.dependency_batches = [{one} for batch in model.dependency_batches for one in batch]


def _told_by_proxies(app: ASGIApp, proxies: list[str]) -> ASGIApp:
    """Take a client's address from the proxies that are trusted, before anything looks at it."""
    return cast(ASGIApp, wrap_asgi_with_proxy_headers(app, proxies)) if proxies else app


def _use_threads(app: Litestar) -> None:
    """Give this run of the application threads; its loop ends them."""
    app.state.threads = Threads()
    asyncio.get_running_loop().set_default_executor(app.state.threads)


def ensure_master_key(records: Records, chosen: str) -> None:
    """Take the configured master key, or make one at the first start and print it once."""
    with records.transaction() as tx:
        if chosen:
            stored_tokens.set_master_key(tx, chosen)
        elif not stored_tokens.has_master_key(tx):
            key = secrets.token_urlsafe(32)
            if stored_tokens.make_master_key(tx, key):
                sys.stdout.write(f"Master key, shown only now: {key}\n")
                sys.stdout.flush()


def _open_stores(settings: Settings) -> tuple[Records, ObjectStore]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(settings.records_url)
    return Records(settings.records_url), open_objects(settings.objects_url)


def _given(  # noqa: PLR0913, PLR0917
    settings: Settings,
    records: Records,
    objects: ObjectStore,
    nudge: Nudge,
    feed: Feed,
    clock: Clock,
) -> dict[str, Provide]:
    """What handlers may name as `Given` parameters."""
    with records.transaction() as tx:
        links = Links(stored_secrets.get_or_create(tx, "media-links"), settings.api_url)
    values: dict[str, object] = {
        "records": records,
        "objects": objects,
        "nudge": nudge,
        "feed": feed,
        "waiting": Waiting(records, objects, feed),
        "links": links,
        "warehouse": Warehouse(settings.data_dir),
        "door": Door(settings.outbound_networks),
        "limits": Limits(
            max_bytes=settings.max_upload_mb * 1_000_000,
            max_pixels=settings.max_upload_mp * 1_000_000,
            min_free_bytes=settings.min_free_mb * 1_000_000,
            max_open_scenes=settings.max_open_scenes,
        ),
        "prefect_ui": settings.prefect_ui_url,
    }
    fixed = {name: Provide(_return(value), sync_to_thread=False) for name, value in values.items()}
    now = Provide(clock, sync_to_thread=False)
    return {**fixed, "now": now, "page": Provide(provide_page), "once": Provide(provide_once)}


def _return(value: object) -> Callable[[], Any]:
    def provide() -> Any:
        return value

    return provide
