#!/bin/sh
# Every night, by cron on the host. The password stays in the environment of the container.
set -eu

cd "$(dirname "$0")/.."
mkdir -p backups
docker compose exec -T db sh -c 'MYSQL_PWD="$MYSQL_ROOT_PASSWORD" exec mysqldump -u root --single-transaction register' \
    | gzip > "backups/$(date +%F).sql.gz"
find backups -name '*.sql.gz' -mtime +30 -delete
