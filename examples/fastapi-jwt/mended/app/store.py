"""The database; what customers wrote is kept encrypted."""

import asyncpg
from cryptography.fernet import Fernet, MultiFernet

from app.config import settings

fernet = MultiFernet([Fernet(key) for key in settings.fernet_keys.split(",")])
# Somebody who is not known is asked for a password all the same.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAA"


async def password_hash(name: str) -> str:
    connection = await asyncpg.connect(settings.database_url)
    try:
        kept = await connection.fetchval("SELECT hash FROM people WHERE name = $1", name)
    finally:
        await connection.close()
    return kept or NOBODY


async def orders() -> list[dict]:
    connection = await asyncpg.connect(settings.database_url)
    try:
        rows = await connection.fetch("SELECT number, customer, note FROM orders ORDER BY number")
    finally:
        await connection.close()
    return [{**row, "note": fernet.decrypt(row["note"]).decode()} for row in rows]
