"""OpenTelemetry traces: one of each request, through its flow to its webhooks.

Off unless `start` is called, and then nothing of OpenTelemetry is imported. A span's `traceparent`
travels with the work in the records, so that another process goes on with the same trace.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

Value = str | int | float | bool


class TracesMissing(Exception):
    """Traces are wanted, but OpenTelemetry is not installed: `make traces` does it."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Span(Protocol):
    """What may be said about a piece of work while it is done."""

    def set_attribute(self, key: str, value: Value) -> object:
        """Say more."""

    def update_name(self, name: str) -> object:
        """Call it otherwise, now that more is known."""


class _Nothing:
    def set_attribute(self, key: str, value: Value) -> None: ...

    def update_name(self, name: str) -> None: ...


_NOTHING = _Nothing()
_provider: Any = None


def start(collector: str, service: str) -> None:
    """Send the spans of this process to a collector, in the background.

    Args:
        collector: base URL of an OTLP/HTTP receiver, `http://host:4318`.
        service: what this process is called in the traces.

    Raises:
        TracesMissing: when the packages are not installed.
    """
    global _provider  # noqa: PLW0603  one per process, as the library wants it
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise TracesMissing from None
    exporter = OTLPSpanExporter(f"{collector.rstrip('/')}/v1/traces", timeout=5)
    _provider = TracerProvider(resource=Resource.create({"service.name": service}))
    _provider.add_span_processor(BatchSpanProcessor(exporter))


def stop() -> None:
    """Send what was not sent yet, and trace no more."""
    global _provider  # noqa: PLW0603
    if _provider is not None:
        _provider.shutdown()
        _provider = None


@contextmanager
def span(
    name: str, *, under: str | None = None, kind: str = "internal", **attributes: Value | None
) -> Generator[Span]:
    """Trace what is done inside; one that raises is an error.

    Args:
        under: `traceparent` of the span it belongs to; else the one around it in this thread.
        kind: `server` for a request that came in, `consumer` for work taken from the records,
            `client` for a request that goes out.
        attributes: what is known from the start; None is left out.
    """
    if _provider is None:
        yield _NOTHING
        return
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    known = {key: value for key, value in attributes.items() if value is not None}
    tracer = _provider.get_tracer("gondola")
    with tracer.start_as_current_span(
        name, context=_context(under), kind=SpanKind[kind.upper()], attributes=known
    ) as one:
        yield one


def traceparent() -> str | None:
    """Name the span around us, for whoever goes on with its work; None when nothing is traced.

    Source: W3C Trace Context, section 3.2.
    """
    if _provider is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
        TraceContextTextMapPropagator,
    )

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _context(under: str | None) -> Any:
    """What a span begins in: the named one, or (None) what is around it."""
    if under is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
        TraceContextTextMapPropagator,
    )

    return TraceContextTextMapPropagator().extract({"traceparent": under})
