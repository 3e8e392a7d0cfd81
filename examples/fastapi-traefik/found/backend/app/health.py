"""Whether it is alive, and how its parts are."""

import shutil
import time

import httpx
from fastapi import APIRouter

from app.config import settings

router = APIRouter()
STARTED = time.monotonic()


@router.get("/live")
def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready")
async def ready() -> dict[str, str]:
    async with httpx.AsyncClient(base_url=settings.opensearch_url, timeout=2) as client:
        (await client.get("/_cluster/health")).raise_for_status()
    return {"status": "ok"}


@router.get("/detailed")
async def detailed() -> dict:
    disk = shutil.disk_usage("/")
    async with httpx.AsyncClient(base_url=settings.opensearch_url, timeout=2) as client:
        cluster = (await client.get("/_cluster/stats")).json()
    return {
        "uptime": time.monotonic() - STARTED,
        "disk": {"total": disk.total, "free": disk.free},
        "opensearch": cluster,
    }
