"""PSA files for tests: only the cells that are read."""


def cells(kind: str, **at: object) -> str:
    """One row; cells by their number, as `_3="Oats"`."""
    numbered = {int(name[1:]): str(value) for name, value in at.items()}
    width = max(numbered, default=0) + 1
    return ",".join([kind, *(numbered.get(n, "") for n in range(1, width))])


def psa(*rows: str, codepage: str = "1252") -> bytes:
    """A file of rows."""
    head = ["PROSPACE SCHEMATIC FILE", "; Version 2018.1.0", f"; Codepage={codepage}"]
    return "\r\n".join([*head, cells("Project", _1="P"), *rows, ""]).encode(f"cp{codepage}")


def product(upc: str, name: str, **more: object) -> str:
    """A product of 4 x 7 x 2."""
    return cells("Product", _1=upc, _2=f"id-{upc}", _3=name, _5=4, _6=7.5, _7=2, **more)


def segment(x: float) -> str:
    """A rack of 48."""
    return cells("Segment", _4=48, _10=x)


def fixture(x: float, y: float) -> str:
    """A shelf of 48."""
    return cells("Fixture", _1=0, _4=x, _5=48, _6=y)


def position(upc: str, x: float, wide: object = 1, high: object = "") -> str:
    """A block of facings."""
    return cells("Position", _1=upc, _4=x, _5=4, _14=wide, _15=high)
