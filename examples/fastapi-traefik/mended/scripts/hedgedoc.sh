#!/bin/sh
# Run by the image of PostgreSQL when its folder is empty.
set -eu
psql --username "$POSTGRES_USER" --set password="$HEDGEDOC_DB_PASSWORD" <<'SQL'
CREATE USER hedgedoc WITH PASSWORD :'password';
CREATE DATABASE hedgedoc OWNER hedgedoc;
SQL
