"""Sign-in of the archivists."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

from app.config import settings

router = APIRouter()
bearer = OAuth2PasswordBearer(tokenUrl="/api/auth/login")
hasher = PasswordHasher()


@router.post("/login")
def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    try:
        hasher.verify(settings.admin_password_hash, form.password)
    except VerifyMismatchError:
        raise HTTPException(status_code=401, detail="Wrong name or password") from None
    until = datetime.now(UTC) + timedelta(minutes=settings.access_token_minutes)
    claims = {"sub": form.username, "exp": until}
    token = jwt.encode(claims, settings.jwt_secret, algorithm="HS256")
    return {"access_token": token, "token_type": "bearer"}


def archivist(token: Annotated[str, Depends(bearer)]) -> str:
    """The name of whoever has signed in."""
    try:
        claims = jwt.decode(token, settings.jwt_secret, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(status_code=401, detail="Sign in again") from None
    return claims["sub"]
