#!/bin/sh
set -eu
tar -czf "/backups/workflow-$(date +%F).tar.gz" -C /data .
