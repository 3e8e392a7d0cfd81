"""Sign-in of the people at the desk."""

from typing import Annotated

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

from app import store, tokens

router = APIRouter()
bearer = OAuth2PasswordBearer(tokenUrl="/api/auth/login")
hasher = PasswordHasher()


@router.post("/login")
async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    kept = await store.password_hash(form.username)
    try:
        hasher.verify(kept, form.password)
    except VerifyMismatchError:
        raise HTTPException(status_code=401, detail="Wrong name or password") from None
    return {"access_token": tokens.issue(form.username), "token_type": "bearer"}


def signed_in(token: Annotated[str, Depends(bearer)]) -> str:
    """The name of whoever has signed in."""
    try:
        return tokens.name_of(token)
    except jwt.InvalidTokenError:
        raise HTTPException(status_code=401, detail="Sign in again") from None
