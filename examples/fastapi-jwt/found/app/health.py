"""Whether it is alive, and its figures."""

import os
import shutil

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

router = APIRouter()


@router.get("/live")
def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/api/health/detailed")
def detailed() -> dict:
    disk = shutil.disk_usage("/")
    return {"load": os.getloadavg(), "disk": {"total": disk.total, "free": disk.free}}


@router.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
