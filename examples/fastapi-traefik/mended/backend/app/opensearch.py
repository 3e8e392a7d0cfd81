"""The connection to OpenSearch."""

import ssl

import httpx

from app.config import settings

TRUST = ssl.create_default_context(cafile="/run/opensearch/ca.crt")


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=settings.opensearch_url,
        auth=("admin", settings.opensearch_password),
        verify=TRUST,
        timeout=5,
    )
