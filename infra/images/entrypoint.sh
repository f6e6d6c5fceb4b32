#!/bin/sh
# Secrets come as files, so that `docker inspect` shows none of them. A program finds those that are mounted for it.
set -eu
if [ -r /run/secrets/postgres_password ] && [ -z "${DATABASE_URL:-}" ]; then
  DATABASE_URL="postgres://vestibule:$(cat /run/secrets/postgres_password)@postgres:5432/vestibule"
  export DATABASE_URL
fi
for pair in \
  VESTIBULE_PASSPHRASE=key_passphrase \
  VESTIBULE_SFU_SECRET=sfu_secret \
  VESTIBULE_TURN_SECRET=turn_secret; do
  name=${pair%%=*}
  file=/run/secrets/${pair#*=}
  if [ -r "$file" ] && [ -z "$(printenv "$name" || true)" ]; then
    value=$(cat "$file")
    export "$name=$value"
  fi
done
exec node --enable-source-maps "$@"
