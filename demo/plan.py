"""What a scene is compared with: its own first look as the planogram, changed in two known ways."""

from dataclasses import dataclass
from typing import Any

from demo.client import API, Client


@dataclass(frozen=True)
class Plan:
    """A display with a planogram and a must-have list.

    Args:
        changes: sentences, what the planogram says that the shelf does not show.
    """

    display: int
    changes: list[str]


def make(client: Client, scene: str, names: dict[int, str]) -> Plan:
    """Make the scene the planogram of a new display, then plan one face more and another SKU.

    Args:
        names: of the SKUs, by id.
    """
    display = client.post(f"{API}/displays/", json={"name": "Demo shelf"})["id"]
    drawn = client.post(
        f"/scenes/{scene}/planogram/", json={"name": f"Demo shelf {display}", "display": display}
    )
    records = drawn["records"]
    planned = {record["sku"] for record in records}
    foreign = next(sku for sku in names if sku not in planned)
    among = _among_others(records) or records
    more, other = among[0], among[-1]
    _change(client, more["id"], facing_x=more["facing_x"] + 1)
    _change(client, other["id"], sku=foreign)
    _require(client, display, [more["sku"], foreign])
    return Plan(
        display,
        [
            f"{names[more['sku']]} with {more['facing_x'] + 1} facings side by side, not "
            f"{more['facing_x']}",
            f"{names[foreign]} where {names[other['sku']]} stands",
        ],
    )


def _among_others(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records between two of other SKUs on their shelf: what is wrong there is in the photos."""
    return [
        one
        for left, one, right in zip(records, records[1:], records[2:], strict=False)
        if left["shelf_index"] == one["shelf_index"] == right["shelf_index"]
        if one["sku"] not in (left["sku"], right["sku"])
    ]


def _change(client: Client, record: int, **fields: int) -> None:
    client.patch(f"{API}/planogram_records/{record}/", json=fields)


def _require(client: Client, display: int, skus: list[int]) -> None:
    """Give the display a must-have list of these SKUs."""
    must_have = client.post(f"{API}/mhl/", json={"name": "Demo"})["id"]
    for sku in skus:
        client.post(f"{API}/mhl_record/", json={"musthavelist": must_have, "sku": sku})
    client.patch(f"{API}/displays/{display}/", json={"musthavelist": must_have})
