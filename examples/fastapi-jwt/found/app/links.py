"""Links to the paper of an order, for whoever is sent one."""

import hashlib
import hmac

from app.config import settings


def sign(number: int) -> str:
    key = settings.secret_key.encode()
    return hmac.new(key, str(number).encode(), hashlib.sha256).hexdigest()


def is_signed(number: int, signature: str) -> bool:
    return hmac.compare_digest(sign(number), signature)
