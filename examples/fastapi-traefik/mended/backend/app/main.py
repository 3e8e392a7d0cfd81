"""The application: its middleware and its routes."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from slowapi import _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded

from app import auth, health, search
from app.config import settings
from app.limits import limiter

app = FastAPI(title="Archive search", docs_url=None, redoc_url=None, openapi_url=None)
app.state.limiter = limiter
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)

app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.allowed_origins,
    allow_credentials=True,
    allow_methods=["GET", "POST"],
    allow_headers=["Authorization"],
)

app.include_router(auth.router, prefix="/api/auth")
app.include_router(search.router, prefix="/api/search")
app.include_router(health.router, prefix="/api/health")
