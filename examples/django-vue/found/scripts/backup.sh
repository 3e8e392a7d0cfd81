#!/bin/sh
# Every night, by cron on the host.
set -eu

cd "$(dirname "$0")/.."
mkdir -p backups
docker compose exec -T db pg_dump -U toolshed toolshed > "backups/$(date +%F).sql"
find backups -name '*.sql' -mtime +30 -delete
