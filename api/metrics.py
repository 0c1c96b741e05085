"""GET /metrics: what this process served, and what waits, for Prometheus.

Series are few whatever is asked: paths count under the route they match, unknown ones together.
Names follow the OpenTelemetry conventions for HTTP servers as Prometheus spells them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from outbound.door import DENIED
from storage import durable, endpoints, message_log, not_ready
from storage.errors import StorageError
from storage.records import Records, Transaction
from storage.waiting import waiting

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)


class Metrics:
    """The counters of one process; what waits is read from the records when it is asked for."""

    def __init__(self, records: Records, clock: Callable[[], datetime]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "http_server_request_duration_seconds",
            "Seconds from a request's first byte to the end of its answer.",
            ("http_request_method", "http_route", "http_response_status_code"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refusals = Counter(
            "gondola_refusals",
            "Requests that were refused, by the kind of problem.",
            ("kind",),
            registry=self._registry,
        )
        self._registry.register(_Outbox(records, clock))
        self._registry.register(DENIED)
        self._registry.register(durable.SECONDS)

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request; `route` is the template of its path, None = none matched."""
        known = method if method in _METHODS else "_OTHER"
        self._requests.labels(known, route or "", status).observe(seconds)

    def refuse(self, kind: str) -> None:
        """Count a refusal; `kind` names a class of problems, never what a client sent."""
        self._refusals.labels(kind).inc()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Outbox(Collector):
    """What must still be done, by flow, and what was given up."""

    def __init__(self, records: Records, clock: Callable[[], datetime]) -> None:
        self._records, self._clock = records, clock

    def collect(self) -> Iterator[Metric]:
        """Read the records; without a database these gauges are left out, the others stay."""
        try:
            with self._records.reading() as tx:
                flows = waiting(tx)
                told = [*_webhooks(tx, self._clock()), *_reports(tx, self._clock())]
        except StorageError:
            return
        now = self._clock()
        count = _gauge("gondola_work_open", "Work that is neither done nor given up.")
        oldest = _gauge("gondola_work_oldest_seconds", "How long the oldest of it is due.")
        failed = _gauge("gondola_work_given_up", "Work that was given up.")
        for flow in flows:
            count.add_metric([flow.flow], flow.open)
            due = flow.oldest_due_at
            age = max((now - due).total_seconds(), 0) if due else 0
            oldest.add_metric([flow.flow], age)
            failed.add_metric([flow.flow], flow.failed)
        yield from (count, oldest, failed, *told)


def _webhooks(tx: Transaction, now: datetime) -> list[Metric]:
    """Tell how far behind receivers are, and which were given up."""
    made_at = message_log.oldest_open(tx)
    age = max((now - made_at).total_seconds(), 0) if made_at else 0
    sentence = "How long ago the oldest message was made that is neither delivered nor given up."
    oldest = GaugeMetricFamily("gondola_webhook_oldest_undelivered_seconds", sentence, value=age)
    sentence = "Endpoints that get nothing any more."
    count = endpoints.count_disabled(tx)
    return [oldest, GaugeMetricFamily("gondola_webhook_endpoints_disabled", sentence, value=count)]


def _reports(tx: Transaction, now: datetime) -> list[Metric]:
    """Tell what was accepted, what is waited for, since when, and what would never come."""
    found = not_ready.awaited(tx)
    age = max((now - found.oldest_at).total_seconds(), 0) if found.oldest_at else 0
    oldest = "How long the oldest report is waited for."
    accepted = "Scenes accepted so far; on PostgreSQL also those whose transaction was undone."
    lost = "Reports that are NOT_READY although nothing is left that would make them: must be 0."
    return [
        CounterMetricFamily("gondola_scenes_accepted", accepted, value=not_ready.accepted(tx)),
        GaugeMetricFamily("gondola_reports_awaited", "Reports NOT_READY.", value=found.count),
        GaugeMetricFamily("gondola_reports_oldest_seconds", oldest, value=age),
        GaugeMetricFamily("gondola_reports_lost", lost, value=found.lost),
    ]


def _gauge(name: str, sentence: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, sentence, labels=["flow"])


@get("/metrics", include_in_schema=False, sync_to_thread=True)
def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Tell the metrics of this process."""
    text: bytes = request.app.state.metrics.text()
    return Response(text, media_type=CONTENT_TYPE_LATEST)
