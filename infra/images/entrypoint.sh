#!/bin/sh
# Secrets come as files, so that `docker inspect` shows none of them.
set -eu
if [ -r /run/secrets/postgres_password ] && [ -z "${DATABASE_URL:-}" ]; then
  DATABASE_URL="postgres://vestibule:$(cat /run/secrets/postgres_password)@postgres:5432/vestibule"
  export DATABASE_URL
fi
if [ -r /run/secrets/key_passphrase ] && [ -z "${VESTIBULE_PASSPHRASE:-}" ]; then
  VESTIBULE_PASSPHRASE=$(cat /run/secrets/key_passphrase)
  export VESTIBULE_PASSPHRASE
fi
exec node --enable-source-maps "$@"
