"""Who may ask the API: operators list, make and revoke tokens, as `gondola token` does."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from api.auth import ADMINISTRATING
from api.given import Given
from api.media import Links
from api.paging import Listed, Page, PagedOperation, listed
from api.wire import Text, Timestamp, timestamp
from storage import tokens
from storage.records import Records
from storage.tokens import IssuedToken

TokenId = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{12}\Z")]
Scope = Literal["read", "recognise", "master_data", "admin"]
Scopes = Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=len(tokens.SCOPES))]
Days = Annotated[int, Meta(ge=1, le=36_500)]


class TokenBody(Struct, frozen=True):
    """What the token is for, what it may be used for, and for how long."""

    name: Text = ""
    scopes: Scopes = tokens.USUAL
    days: Days = 90


class KnownToken(Struct, frozen=True):
    """A token, without what makes it one."""

    id: str
    name: str
    scopes: list[str]
    created_date: Timestamp
    expires_date: Timestamp
    revoked_date: Timestamp | None


class MadeToken(KnownToken, frozen=True, kw_only=True):
    """A new token; `token` is told this once."""

    token: str


@get(
    "/tokens",
    opt=ADMINISTRATING,
    sync_to_thread=True,
    operation_id="listTokens",
    operation_class=PagedOperation,
    summary="List tokens",
    tags=["Tokens"],
)
def list_tokens(
    page: Given[Page], records: Given[Records], links: Given[Links]
) -> Listed[KnownToken]:
    """List every token, the newest first; also those that ended."""
    with records.reading() as tx:
        issued = tokens.issued(tx)
    shown = issued[page.offset : page.offset + page.limit]
    return listed(f"{links.base_url}/tokens/", page, len(issued), [_to_wire(one) for one in shown])


@post(
    "/tokens",
    opt=ADMINISTRATING,
    sync_to_thread=True,
    operation_id="createToken",
    summary="Make a token",
    tags=["Tokens"],
)
def create_token(
    data: JSONBody[TokenBody], records: Given[Records], now: Given[datetime]
) -> MadeToken:
    """Make a token of these scopes; only its hash is stored."""
    life = timedelta(days=data.days)
    with records.transaction() as tx:
        made = tokens.issue(tx, now=now, life=life, scopes=data.scopes, name=data.name)
        known = tokens.get(tx, tokens.id_of(made.token))
    return MadeToken(**msgspec.structs.asdict(_to_wire(known)), token=made.token)


@delete(
    "/tokens/{token_id:str}",
    opt=ADMINISTRATING,
    status_code=200,
    sync_to_thread=True,
    operation_id="revokeToken",
    summary="Revoke a token",
    tags=["Tokens"],
)
def revoke_token(token_id: TokenId, records: Given[Records], now: Given[datetime]) -> KnownToken:
    """End a token, for every process at once; one that was revoked stays so."""
    with records.transaction() as tx:
        return _to_wire(tokens.revoke(tx, token_id, now=now))


def _to_wire(token: IssuedToken) -> KnownToken:
    return KnownToken(
        id=token.id,
        name=token.name,
        scopes=list(token.scopes),
        created_date=timestamp(token.created_at),
        expires_date=timestamp(token.expires_at),
        revoked_date=timestamp(token.revoked_at) if token.revoked_at else None,
    )
