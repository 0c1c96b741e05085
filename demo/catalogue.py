"""Load the small catalogue the repository carries."""

import csv
from collections.abc import Callable
from pathlib import Path

from demo.client import API, Client

FOLDER = Path(__file__).parents[1] / "tests/data/catalogue"
PAGE = 1000


def load(client: Client, on_sku: Callable[[], None]) -> int:
    """Make every SKU of the catalogue that the server does not have yet, and wait for the gallery.

    A SKU whose forecast is ready is embedded: the next scene knows it.

    Returns:
        How many SKUs the catalogue has.
    """
    known = {sku["cid"] for sku in client.get(f"{API}/sku/?limit={PAGE}")["results"]}
    with (FOLDER / "catalogue.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    made: list[int] = []
    for row in rows:
        if row["cid"] not in known:
            image = client.upload(FOLDER / row["packshot"])
            sku = {"cid": row["cid"], "name": row["name"], "image": image}
            made.append(client.post(f"{API}/sku/", json=sku)["id"])
        on_sku()
    for sku_id in made:
        client.get(f"{API}/sku/{sku_id}/forecast/?wait=5")
    return len(rows)
