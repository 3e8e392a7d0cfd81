"""The application: its middleware and its routes."""

import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app import auth, health, search

app = FastAPI(title="Archive search", docs_url=None, redoc_url=None, openapi_url=None)

app.add_middleware(
    CORSMiddleware,
    allow_origins=os.getenv("ARCHIVE_ALLOWED_ORIGINS", "*").split(","),
    allow_credentials=True,
    allow_methods=["GET", "POST"],
    allow_headers=["Authorization"],
)

app.include_router(auth.router, prefix="/api/auth")
app.include_router(search.router, prefix="/api/search")
app.include_router(health.router, prefix="/api/health")
