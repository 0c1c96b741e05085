#!/bin/sh
# Writes the secrets of compose.yaml to deploy/secrets, once; what is there stays as it is.
# The files can be read by the containers' users, the folder only by you and root.
set -eu
folder=$(dirname "$0")/secrets
[ ! -e "$folder" ] || { echo "$folder exists; nothing is changed."; exit 0; }

random() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }

umask 077
new=$(mktemp -d "$folder.XXXXXX")
password=$(random 24) key=GK$(random 12) secret=$(random 32)
printf %s "$password" >"$new/postgres_password"
printf %s "postgresql+psycopg://gondola:$password@postgres/gondola" >"$new/records"
printf %s "postgresql+asyncpg://gondola:$password@postgres/prefect" >"$new/prefect_database"
printf %s "s3://$key:$secret@s3:3900/gondola?secure=0" >"$new/objects"
printf %s "$(random 24)" >"$new/master_key"
cat >"$new/garage.env" <<END
GARAGE_DEFAULT_ACCESS_KEY=$key
GARAGE_DEFAULT_SECRET_KEY=$secret
GARAGE_DEFAULT_BUCKET=gondola
GARAGE_RPC_SECRET=$(random 32)
END
chmod 644 "$new"/*
mv "$new" "$folder"
echo "Wrote $folder; the master key is in $folder/master_key. Keep a copy somewhere safe."
