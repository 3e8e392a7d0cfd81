"""Settings, read from the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

ACCESS_TOKEN_EXPIRE_MINUTES = 15


class Settings(BaseSettings):
    database_url: str
    debug: bool = False
    environment: str = "production"
    secret_key: str = Field(min_length=32)
    fernet_keys: str = Field(min_length=44)
    jwt_private_key_path: Path
    jwt_public_key_path: Path


settings = Settings()
