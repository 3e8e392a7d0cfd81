"""Settings, read from the environment."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ARCHIVE_")

    environment: str = "development"
    allowed_origins: str = "*"
    jwt_secret: str = "archive-dev-secret"
    access_token_minutes: int = 30
    admin_password_hash: str
    database_url: str
    opensearch_url: str = "http://opensearch:9200"


settings = Settings()
