"""Traces, on and off."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry import traces


class Collector:
    """An OTLP receiver that remembers spans."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.paths: set[str] = set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.paths.add(self.path)
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in resource.scope_spans:
                        collector.spans += scope.spans
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "Collector":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def named(self, name: str) -> Any:
        """The one span of this name."""
        (found,) = (span for span in self.spans if span.name == name)
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that gets what this process traces."""
    with Collector() as receiving:
        traces.start(receiving.url, "test")
        yield receiving
        traces.stop()


def test_spans_of_two_processes_are_one_trace(collector: Collector):
    """The second goes on under the name that the first wrote down."""
    with traces.span("request", kind="server"):
        written_down = traces.traceparent()
    with (
        traces.span("flow", under=written_down, kind="consumer", scene="0199"),
        traces.span("step"),
    ):
        pass
    traces.stop()
    request, flow, step = (collector.named(name) for name in ("request", "flow", "step"))

    assert {"/v1/traces"} == collector.paths
    assert request.trace_id == flow.trace_id == step.trace_id
    assert (request.span_id, flow.span_id) == (flow.parent_span_id, step.parent_span_id)
    assert ["scene"] == [one.key for one in flow.attributes]


def test_what_raises_is_an_error(collector: Collector):
    """And goes on raising."""
    with pytest.raises(ValueError, match="No"), traces.span("step"):
        raise ValueError("No")
    traces.stop()

    assert 2 == collector.named("step").status.code


@pytest.mark.parametrize("odd", ["", "x", "00-0-0-01", "ff" * 40])
def test_an_odd_parent_begins_a_trace(collector: Collector, odd: str):
    """Clients send what they like."""
    with traces.span("request", under=odd):
        named = traces.traceparent()
    traces.stop()

    assert b"" == collector.named("request").parent_span_id
    assert named


def test_off_is_nothing():
    """No name, no span, and what is said about one goes nowhere."""
    with traces.span("request", http="x") as span:
        span.set_attribute("a", 1)
        span.update_name("b")

    assert traces.traceparent() is None


def test_off_imports_nothing():
    """The API of who does not trace starts without OpenTelemetry."""
    code = "import api.app, sys; print(any(m.startswith('opentelemetry') for m in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "False" == found.stdout.strip()


def test_wanted_but_not_installed_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    """One sentence with the command."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(traces.TracesMissing, match="make traces"):
        traces.start("http://127.0.0.1:9", "test")
