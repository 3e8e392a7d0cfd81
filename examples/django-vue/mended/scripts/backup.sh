#!/bin/sh
# Every night, by cron on the host. Only whoever has the key of BACKUP_RECIPIENT reads what is kept.
set -eu

cd "$(dirname "$0")/.."
mkdir -p backups
docker compose exec -T db pg_dump -U toolshed toolshed \
    | age --recipient "$BACKUP_RECIPIENT" > "backups/$(date +%F).sql.age"
find backups -name '*.sql.age' -mtime +30 -delete
