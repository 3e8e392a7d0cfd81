"""Whether it is alive, and how its parts are."""

import shutil
import time

from fastapi import APIRouter

from app import opensearch

router = APIRouter()
STARTED = time.monotonic()


@router.get("/live")
def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready")
async def ready() -> dict[str, str]:
    async with opensearch.client() as client:
        (await client.get("/_cluster/health")).raise_for_status()
    return {"status": "ok"}


@router.get("/detailed")
async def detailed() -> dict:
    disk = shutil.disk_usage("/")
    async with opensearch.client() as client:
        cluster = (await client.get("/_cluster/stats")).json()
    return {
        "uptime": time.monotonic() - STARTED,
        "disk": {"total": disk.total, "free": disk.free},
        "opensearch": cluster,
    }
