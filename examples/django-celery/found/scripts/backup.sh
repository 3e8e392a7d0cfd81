#!/bin/sh
# Every night, by cron on the host.
set -eu

cd "$(dirname "$0")/.."
. ./.env
mkdir -p backups
docker compose exec -T db mysqldump -u root -p${DB_ROOT_PASSWORD} --single-transaction register \
    | gzip > "backups/$(date +%F).sql.gz"
find backups -name '*.sql.gz' -mtime +30 -delete
