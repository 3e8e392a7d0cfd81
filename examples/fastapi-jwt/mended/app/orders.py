"""Orders."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException

from app import links, store
from app.auth import signed_in

router = APIRouter()


@router.get("/")
async def orders(_: Annotated[str, Depends(signed_in)]) -> list[dict]:
    return [{**one, "link": links.sign(one["number"])} for one in await store.orders()]


@router.get("/{number}/{signature}")
async def order(number: int, signature: str) -> dict:
    if not links.is_signed(number, signature):
        raise HTTPException(status_code=404, detail="No such order")
    return next(one for one in await store.orders() if one["number"] == number)
