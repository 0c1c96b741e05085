"""Tests of the benchmarks."""

import inference.runtime  # noqa: F401 first of all: it keeps OpenVINO's telemetry out of reach
