"""Requests no client would send, as bytes: broken bodies, framings, headers, methods and paths.

All come from one seed.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SEED = 1
API = "/api/v1.5"
_ODD_BYTES = (b"\x00", b"\xff", b"\xfe\xff", b"\xc3", b"\xed\xa0\x80", b"\r\n", b"\x1b", b"%00")
_BODY = b'{"images":[1,2],"display":1,"report_types":["FACING_COUNT"],"metadata":{"agent_id":"7"}}'
_FORM = b"images=1&images=2&report_types=[%22FACING_COUNT%22]&webhook=http://a.example/"
_PATHS = ("recognize", "uploads", "sku", "brands", "displays", "reports/force_update", "mhl")
_PATHS += ("uploads/uploads_by_url", "recognition_error", "planogram_records", "visits")
_CHARSETS = ("klingon", "utf-16", "utf-32", "utf-7", "idna", "rot13", "zlib", "\xff", '"', "")
_NUMBERS = ("9" * 400, "-" + "9" * 400, "1e999", "-0", "NaN", "Infinity", "0x10", "1_0", "1.5")

Family = Callable[[random.Random], "Raw"]


@dataclass(frozen=True)
class Raw:
    """A request as bytes.

    Attributes:
        ends: whether its bytes are all that its head announces; else the server waits for more.
    """

    data: bytes
    ends: bool = True


def requests(
    amount: int, token: str, families: Sequence[Family], seed: int = SEED
) -> Iterator[Raw]:
    """Make the requests; families take turns."""
    choose = random.Random(seed)  # noqa: S311  the same every time
    for number in range(amount):
        raw = families[number % len(families)](choose)
        yield Raw(raw.data.replace(b"TOKEN", token.encode()), raw.ends)


def message(method: str, path: str, body: bytes, kind: str | bytes = b"", more: bytes = b"") -> Raw:
    """Write a whole request that frames its body well."""
    kind = kind.encode("latin-1") if isinstance(kind, str) else kind
    head = f"{method} {path} HTTP/1.1\r\nHost: door\r\nContent-Length: {len(body)}\r\n".encode()
    kind = b"Content-Type: " + kind + b"\r\n" if kind else b""
    authorization = b"" if b"uthorization:" in more else b"Authorization: Token TOKEN\r\n"
    return Raw(b"".join([head, kind, authorization, more, b"\r\n", body]))


def _path(r: random.Random) -> str:
    return f"{API}/{r.choice(_PATHS)}{r.choice(('', '/'))}"


def _json(r: random.Random, body: bytes) -> Raw:
    if r.random() < 0.8:  # noqa: PLR2004
        return message("POST", _path(r), body, "application/json")
    path = f"{API}/{r.choice(('sku', 'displays', 'visits'))}/1/"
    return message(r.choice(("PUT", "PATCH")), path, body, "application/json")


def broken(r: random.Random, data: bytes) -> bytes:
    """Flip, cut, repeat and insert bytes in some places."""
    out = bytearray(data)
    for _ in range(r.randint(1, 8)):
        at = r.randrange(len(out) + 1)
        turn = r.randrange(5)
        if turn == 0 and at < len(out):
            out[at] = r.randrange(256)
        elif turn == 1:
            out[at:at] = r.choice(_ODD_BYTES)
        elif turn == 2:  # noqa: PLR2004
            del out[at : at + r.randint(1, 20)]
        elif turn == 3:  # noqa: PLR2004
            out[at:at] = out[at : at + r.randint(1, 40)]
        else:
            del out[at:]
    return bytes(out)


def broken_json(r: random.Random) -> Raw:
    """Bytes flipped in a good body."""
    return _json(r, broken(r, _BODY))


def deep(r: random.Random) -> Raw:
    """Brackets in brackets, closed or not."""
    depth = r.choice((1, 31, 33, 500, 1000, 5000, 100_000, 400_000))
    left, right = r.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    closed = r.random() < 0.5 and depth * len(left + right) < 1_000_000  # noqa: PLR2004
    text = '{"metadata":' + left * min(depth, 1_000_000 // len(left))
    return _json(r, (text + ("1" + right * depth + "}" if closed else "")).encode())


def large(r: random.Random) -> Raw:
    """A megabyte of key, text, digits, items or nothing; some above what is taken."""
    size = r.choice((1000, 60_000, 1_000_000, 1_048_000, 1_100_000))
    text = r.choice(('{"%s":1}', '{"images":["%s"]}', '{"images":[%s]}', "%s")) % ("1" * size)
    return _json(r, text.encode())


def odd_values(r: random.Random) -> Raw:
    """Keys twice, numbers that are none, texts with NUL, surrogates or wrong UTF-8."""
    name = r.choice(("images", "display", "visit", "datetime", "webhook", "metadata", "name", "id"))
    number = r.choice(_NUMBERS)
    texts = (
        f'{{"{name}":[1],"{name}":{number},"images":[1]}}'.encode(),
        f'{{"images":[{number}],"{name}":{number}}}'.encode(),
        f'{{"images":"{number}","{name}":"{number}"}}'.encode(),
        b'{"%s":"a\\u0000b"}' % name.encode(),
        b'{"%s":"\\ud800","images":[1]}' % name.encode(),
        b'{"%s":"%s"}' % (name.encode(), r.choice(_ODD_BYTES)),
        b"\xef\xbb\xbf" + _BODY,
        _BODY.decode().encode(r.choice(("utf-16", "utf-32", "utf-16-le", "utf-7"))),
    )
    return _json(r, r.choice(texts))


def odd_kinds(r: random.Random) -> Raw:
    """Content types and charsets nobody has, bodies sent as another kind than they are."""
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    kind = f"{r.choice(kinds)}; charset={r.choice(_CHARSETS)}; boundary={r.choice(_CHARSETS)}"
    odd = (kind.encode("latin-1"), broken(r, kind.encode("latin-1")).translate(None, b"\r\n\0"))
    return message("POST", _path(r), r.choice((_BODY, _FORM, b"")), r.choice(odd))


def broken_forms(r: random.Random) -> Raw:
    """Form bodies with bytes flipped, or with thousands of fields."""
    many = b"&".join(b"images=%d" % n for n in range(r.choice((10, 2000, 50_000))))
    body = r.choice((broken(r, _FORM), many, b"=" * 5000, b"&" * 5000, b"images=[" + b"[" * 9000))
    return message("POST", _path(r), body, "application/x-www-form-urlencoded")


def broken_multipart(r: random.Random) -> Raw:
    """Parts without a name, with NUL and traversals in names, odd charsets, too many, cut off."""
    names = ("images", "datafile", "", "a\0b", "../../etc/passwd", "x" * 5000, "%s%n", 'a"b')
    kinds = ("text/plain", "image/jpeg", f"text/plain; charset={r.choice(_CHARSETS)}")
    part = (
        f'--x\r\nContent-Disposition: form-data; name="{r.choice(names)}"'
        f"{r.choice(('', f'; filename={chr(34)}{r.choice(names)}{chr(34)}'))}\r\n"
        f"Content-Type: {r.choice(kinds)}\r\n\r\n"
    ).encode("latin-1")
    body = (part + r.choice(_ODD_BYTES) + b"\r\n") * r.choice((1, 2, 20, 500)) + b"--x--\r\n"
    body = broken(r, body) if r.random() < 0.5 else body  # noqa: PLR2004
    path = f"{API}/{r.choice(('uploads', 'sku/1/images', 'recognize', 'sku'))}"
    return message("POST", path, body, "multipart/form-data; boundary=x")


def bad_framing(r: random.Random) -> Raw:
    """Lengths that are none, two of them, too long or too short; broken chunks."""
    head = f"POST {_path(r)} HTTP/1.1\r\nHost: door\r\nAuthorization: Token TOKEN\r\n".encode()
    lengths = (b"-1", b"x", b"1e3", b"99999999999999999999", b"5, 6", b"", b"0x10", b"300", b"3")
    chunks = (b"zz\r\n", b"-1\r\n", b"5\r\nab", b"ffffffffffffffff\r\n", b"3\r\nabc\r\n0\r\n\r\n")
    framing = r.choice(
        (
            b"Content-Length: " + r.choice(lengths) + b"\r\n\r\n" + _BODY,
            b"Content-Length: 3\r\nContent-Length: 88\r\n\r\n" + _BODY,
            b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + r.choice(chunks),
            b"Transfer-Encoding: chunked\r\n\r\n" + r.choice(chunks),
            b"Transfer-Encoding: gzip, chunked\r\n\r\n" + r.choice(chunks),
            b"Expect: 100-continue\r\nContent-Length: 88\r\n\r\n",
        )
    )
    return Raw(head + b"Content-Type: application/json\r\n" + framing, ends=False)


def bad_authorization(r: random.Random) -> Raw:
    """Headers that name no token: other schemes, no ASCII, too long, broken Basic."""
    values = (
        b"",
        b"Token",
        b"Token  ",
        b"Token a b",
        b"Bearer TOKEN",
        b"Token \xff\xfe",
        "Token täst".encode(),
        b"Token " + b"x" * r.choice((1, 43, 8000)),
        b"Basic " + bytes(r.randrange(33, 127) for _ in range(r.randint(0, 60))),
        b"Basic /w==",
        bytes(r.randrange(128, 256) for _ in range(20)),
        b"Token " + bytes(r.randrange(33, 256) for _ in range(43)),
        b"Digest username=x, TOKEN",
        b"tOkEn TOKEN",
    )
    paths = (_path(r), "/", "/metrics", "/api/auth/v1.0/get_token/", "/skus/1/", "/media/x.jpg")
    header = b"Authorization: " + r.choice(values) + b"\r\n"
    return message(r.choice(("GET", "POST")), r.choice(paths), b"", more=header)


def odd_methods_and_paths(r: random.Random) -> Raw:
    """Methods and paths that exist nowhere; traversals, NUL, wrong UTF-8, ids that are none."""
    methods = ("TRACE", "CONNECT", "FOO", "get", "PROPFIND", "HEAD", "OPTIONS", "GET", "DELETE")
    ids = ("9" * 400, "-1", "1.5", "0x1", "%00", "%ff", "..%2f..%2f", "%2e%2e", "1;a", "ü", "")
    paths = (
        f"{API}/{r.choice(('uploads', 'reports', 'sku', 'visits', 'mhl'))}/{r.choice(ids)}/",
        f"{API}/reports/?{r.choice(('page', 'limit', 'visit', 'x'))}={r.choice(ids)}",
        f"/scenes/{r.choice(ids)}/{r.choice(('', 'facings', 'events'))}",
        f"/static/{r.choice(('../', '..%2f', '%2e%2e/', '....//', '%00', 'a' * 5000))}settings.py",
        f"/media/{r.choice(ids)}?expires={r.choice(ids)}&signature={r.choice(ids)}",
        "/" + "a" * r.choice((10, 5000)),
        "//" + API,
    )
    return message(r.choice(methods), r.choice(paths).encode("utf-8").decode("latin-1"), b"")


def odd_headers(r: random.Random) -> Raw:
    """Headers we read, with what does not belong in them; many of them, twice."""
    names = ("Idempotency-Key", "X-Request-ID", "Accept", "If-None-Match", "traceparent", "Origin")
    names += ("Host", "Cookie", "Range", "X-Forwarded-For", "Last-Event-ID", "Content-Encoding")
    value = r.choice((b"", b"\xff\xfe", b"x" * 300, b'"', b"*/*;q=z", b"00-0-0-0", b"a,b;c=\x7f"))
    line = r.choice(names).encode() + b": " + value + b"\r\n"
    return message("POST", _path(r), _BODY, "application/json", line * r.choice((1, 2, 60)))


FAMILIES: tuple[Family, ...] = (
    broken_json,
    deep,
    large,
    odd_values,
    odd_kinds,
    broken_forms,
    broken_multipart,
    bad_framing,
    bad_authorization,
    odd_methods_and_paths,
    odd_headers,
)
