"""Settings, read from the environment."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ARCHIVE_")

    environment: str = "development"
    allowed_origins: list[str]
    jwt_secret: str = Field(min_length=32)
    access_token_minutes: int = 30
    admin_password_hash: str
    database_url: str
    opensearch_url: str = "https://opensearch:9200"
    opensearch_password: str


settings = Settings()
