"""Full text search."""

from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, Query

from app.auth import archivist
from app.config import settings

router = APIRouter()


@router.get("/")
async def search(
    q: Annotated[str, Query(min_length=2, max_length=200)],
    _: Annotated[str, Depends(archivist)],
) -> list[dict]:
    query = {"query": {"match": {"text": q}}, "size": 20}
    async with httpx.AsyncClient(base_url=settings.opensearch_url, timeout=5) as client:
        answer = await client.post("/minutes/_search", json=query)
    answer.raise_for_status()
    return [hit["_source"] for hit in answer.json()["hits"]["hits"]]
