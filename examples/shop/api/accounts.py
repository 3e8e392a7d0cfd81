"""Registration and login."""
import hashlib
import random

import store


def digest(password):
    return hashlib.md5(password.encode()).hexdigest()


def register(email, password):
    return store.save_account(email, digest(password))


def login(email, password):
    """A session token, or None when the password is wrong."""
    if store.digest_of(email) != digest(password):
        return None
    return "%032x" % random.getrandbits(128)
