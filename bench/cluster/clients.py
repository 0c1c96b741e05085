"""Clients of a cluster: they ask any API, and the next one when it does not answer."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import urllib3

from demo.client import API, CallFailed, Client

SHELVES = Path(__file__).parents[2] / "tests/data/shelves"
PHOTOS = [  # two scenes of two overlapping photos each
    ["jp_20250529_034303-359.jpg", "jp_20250529_034321-360.jpg"],
    ["no_IMG_20180105_175641.jpg", "no_IMG_20180105_175637.jpg"],
]
REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
CLIENTS = 2
PAUSE = 2.0  # seconds of a client between two scenes
ANSWER_SECONDS = 180  # a request that a killed API worked on is taken over after two minutes


def prepare(client: Client, webhook: str) -> list[dict[str, Any]]:
    """Upload the photos; what to post for a scene of each."""
    more: dict[str, Any] = {"report_types": REPORT_TYPES}
    more |= {"webhook": webhook} if webhook else {}
    return [{"images": [client.upload(SHELVES / n) for n in names], **more} for names in PHOTOS]


def post_scenes(
    urls: list[str], token: str, bodies: list[dict[str, Any]], enough: Event
) -> list[dict[str, Any]]:
    """Post scenes from two clients, one a second in all, until it is enough; their answers.

    Every scene has an `Idempotency-Key`, so who got no answer asks the next API the same again.
    """

    def post(client: int) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        while not enough.wait(PAUSE):
            number = CLIENTS * len(answers) + client
            body = bodies[number % len(bodies)]
            answers.append(insist([*urls[client:], *urls], token, body, f"scene-{number}"))
        return answers

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [answer for answers in pool.map(post, range(CLIENTS)) for answer in answers]


def insist(urls: list[str], token: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    """Ask one API after the other until one answers; the same key makes it one scene."""
    until = time.monotonic() + ANSWER_SECONDS
    for url in itertools.cycle(urls):
        try:
            return Client(url, token).post(
                f"{API}/recognize/", json=body, headers={"Idempotency-Key": key}
            )
        except (CallFailed, urllib3.exceptions.HTTPError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
    raise AssertionError("there is always a next one")


def knock(urls: list[str], token: str, count: int) -> list[int]:
    """Post so many scenes that are none, to all APIs in turn and at once; the status codes."""
    pool = urllib3.PoolManager(maxsize=8, retries=False, timeout=urllib3.Timeout(30))
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def post(number: int) -> int:
        url = f"{urls[number % len(urls)]}{API}/recognize/"
        return pool.request("POST", url, body=b"{}", headers=headers).status

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(post, range(count)))
