"""Settings, read from the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings

ACCESS_TOKEN_EXPIRE_HOURS = 8


class Settings(BaseSettings):
    database_url: str
    debug: bool = False
    environment: str = "production"
    secret_key: str
    fernet_keys: str
    jwt_private_key_path: Path
    jwt_public_key_path: Path


settings = Settings()
