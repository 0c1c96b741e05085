"""`make bench-door`: what the door was tried with, and what came of it.

Everything runs against processes as shipped, started here with stores of their own. The figures go
to `bench/results/api.json`; `bench.door accept` and so on measures only these and leaves the rest.
"""

import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.table import Table

from api import jpeg
from bench.door import (
    accept,
    addresses,
    canaries,
    decoder,
    limiting,
    malformed,
    overload,
    photos,
    raw,
    server,
    slow,
    suites,
    uploading,
)
from bench.platform import console, machine
from outbound.door import Door

RESULTS = Path(__file__).parents[1] / "results/api.json"
RAW, HEADERS = 10_000, 10_000
MUTANTS_SENT, MUTANTS_DECODED = 2000, 20_000
EVASIONS, BAD_TOKENS, PRIVATE, PATTERNS = 500, 100_000, 200, 10_000
OVERLOAD_SECONDS = 30.0
SLOW_SECONDS = 60.0
_LIMITS = {"max_bytes": 20_000_000, "max_pixels": 50_000_000}
_FREE = {"rate_limit": 0, "max_open_scenes": 0}

Figures = dict[str, Any]


def main() -> None:
    """Measure the parts named on the command line, or all, and add them to the results."""
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - PARTS.keys():
        sys.exit(f"There is no part {sorted(unknown)[0]}; there are {', '.join(PARTS)}.")
    for name in wanted:
        began = time.monotonic()
        new = PARTS[name]()
        before: Figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        RESULTS.write_text(json.dumps(before | new, indent=2) + "\n")
        _show(f"{name}, {time.monotonic() - began:.0f} s", new)
    console.print(f"{machine()}, load average {os.getloadavg()[0]:.1f} at the end")


def _show(title: str, figures: Figures) -> None:
    table = Table("figure", "value", title=title)
    for name, value in figures.items():
        table.add_row(name, str(value))
    console.print(table)


def measure_raw() -> Figures:
    """Requests as bytes."""
    with server.running(**_FREE) as one:
        before = one.serving()
        bodies = raw.attack(one, RAW)
        headers = raw.attack(one, HEADERS, [malformed.bad_authorization])
        return {
            "raw_bodies": bodies.sent,
            "raw_bodies_5xx": bodies.server_errors,
            "raw_bodies_without_answer_in_5_s": bodies.statuses[-1],
            "raw_bodies_slowest_s": round(bodies.slowest, 2),
            "bad_authorization_headers": headers.sent,
            "bad_authorization_5xx": headers.server_errors,
            "restarts": int(before != one.serving()),
        }


def measure_photos() -> Figures:
    """Photos that hurt, over HTTP and in the worker's decoder."""
    with server.running(**_FREE) as one:
        private, leaking = uploading.leaks(one, PRIVATE)
        polyglots, left = uploading.polyglots_left(one)
        turned_wrong = uploading.turned_wrong(one)
        sent = uploading.statuses(one, photos.mutants(MUTANTS_SENT))
    decoded = decoder.decode_all(list(photos.mutants(MUTANTS_DECODED)))
    bombs, others = photos.bombs(), photos.other_files()
    refused = {name: _refusal(data) for name, data in {**bombs, **others}.items()}
    return {
        "mutants_sent": sent.total(),
        "mutants_taken": sent[201],
        "mutants_neither_201_nor_400": sent.total() - sent[201] - sent[400],
        "mutants_decoded": MUTANTS_DECODED,
        "decoder_crashes": len(decoded.crashes),
        "decoder_hangs": len(decoded.hangs),
        "decoder_unclassified": decoded.unclassified,
        "decoder_slowest_s": round(decoded.slowest, 2),
        "heaviest_photo_cpu_s": round(decoder.cpu_seconds(photos.heaviest()), 2),
        "bombs_and_other_files": len(refused),
        "bombs_and_other_files_taken": sum(took is None for took in refused.values()),
        "bomb_slowest_ms": round(max(refused[name] or 0.0 for name in bombs), 2),
        "private_photos": private,
        "private_photos_leaking": leaking,
        "polyglots": polyglots,
        "polyglots_left": left,
        "turns_shown_wrong_of_8": turned_wrong,
    }


def _refusal(data: bytes) -> float | None:
    """Milliseconds until the gate refuses the file, the best of five; None = it takes it."""
    took: list[float] = []
    for _ in range(5):
        began = time.perf_counter()
        try:
            jpeg.gate(data, **_LIMITS)
        except jpeg.Refused:
            took.append((time.perf_counter() - began) * 1000)
        else:
            return None
    return min(took)


def measure_limits() -> Figures:
    """The limiter and its evasion, over two processes."""
    with server.running(2, max_open_scenes=0) as two:
        accepted, seconds = limiting.accepted_of_many(two)
        if seconds > 55:  # noqa: PLR2004  then the first minute's places are free again
            raise RuntimeError("The machine is too busy: 4,000 requests took a minute.")
        tried, through = limiting.evaded(two, EVASIONS)
    return {
        "arrival_patterns": PATTERNS,
        "windows_with_too_many": limiting.overfull_windows(PATTERNS),
        "limiter_accepted_of_4000": accepted,
        "limiter_evasions": tried,
        "limiter_evasions_through": through,
    }


def measure_guesses() -> Figures:
    """Tokens that are none, from a thousand addresses."""
    with server.running(2, max_open_scenes=0) as two:
        found = limiting.flood(two, BAD_TOKENS)
    return {
        "bad_tokens": found.sent,
        "bad_tokens_looked_up": found.looked_up,
        "bad_tokens_refused": found.refused,
        "bad_tokens_growth_mb": round(found.grown / 1e6, 1),
    }


def measure_addresses() -> Figures:
    """Where outgoing connections lead, and where they would without the gate."""
    urls, connections = addresses.connections(Door())
    here, arrived = addresses.arrivals_without_gate()
    return {
        "ssrf_urls": urls,
        "ssrf_connections": connections,
        "ssrf_urls_with_the_gate_open": here,
        "ssrf_connections_with_the_gate_open": arrived,
    }


def measure_canaries() -> Figures:
    """Secrets that show where they should not."""
    secrets, found = canaries.hits()
    return {"canaries": secrets, "canary_hits": sum(found.values()), "canary_places": found}


def measure_overload() -> Figures:
    """Three times what can be accepted."""
    with server.running(rate_limit=0, max_open_scenes=overload.BOUND) as one:
        found = dataclasses.asdict(overload.measure(one, OVERLOAD_SECONDS))
    rounded = {k: round(v, 1) if isinstance(v, float) else v for k, v in found.items()}
    setting = {"bound": overload.BOUND, "seconds": OVERLOAD_SECONDS}
    return {"overload": {**rounded, **setting, "load_average": round(os.getloadavg()[0], 1)}}


def measure_slow() -> Figures:
    """Connections that never end, next to good requests."""
    with server.running(rate_limit=0, max_open_scenes=0) as one:
        found = slow.measure(one, SLOW_SECONDS)
        guesses = 2000
        before = one.cpu_seconds()
        limiting.flood(one, guesses)
        each = (one.cpu_seconds() - before) / (guesses + 20 * limiting.GUESSES)
    return {
        "slow_connections": slow.SOCKETS,
        "slow_connections_held": found.held,
        "slow_seconds": SLOW_SECONDS,
        "slow_good_requests": found.asked,
        "slow_good_requests_failed": found.failed,
        "slow_p99_ms": round(found.p99),
        "slow_growth_mb": round(found.grown / 1e6, 1),
        "request_without_token_cpu_ms": round(each * 1000, 2),
    }


def measure_accept() -> Figures:
    """Good requests a second, next to bare handlers."""
    uploads, scenes = accept.measure()
    figures: Figures = {}
    for name, one in (("upload", uploads), ("recognize", scenes)):
        figures |= {
            f"{name}_ratio_to_bare": round(one.ratio, 2),
            f"{name}s_per_s": round(one.rate),
            f"{name}_bare_per_s": round(one.bare_rate),
            f"{name}_p99_ms": round(one.p99),
            f"{name}_bare_p99_ms": round(one.bare_p99),
            f"{name}_cpu_ms": round(one.cpu, 1),
            f"{name}_bare_cpu_ms": round(one.bare_cpu, 1),
        }
    return {**figures, "accept_load_average": round(os.getloadavg()[0], 1)}


PARTS: dict[str, Callable[[], Figures]] = {
    "raw": measure_raw,
    "photos": measure_photos,
    "limits": measure_limits,
    "guesses": measure_guesses,
    "addresses": measure_addresses,
    "canaries": measure_canaries,
    "overload": measure_overload,
    "slow": measure_slow,
    "accept": measure_accept,
    "document": suites.document,
    "traces": suites.traces,
    "histories": suites.histories,
    "keys": suites.keys,
    "parsers": suites.parsers,
}

if __name__ == "__main__":
    main()
