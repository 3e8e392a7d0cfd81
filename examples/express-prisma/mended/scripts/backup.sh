#!/bin/sh
set -eu
pg_dump --format=custom --file="/backups/workflow-$(date +%F).dump" workflow
