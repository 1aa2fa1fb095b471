"""Our own PostgreSQL, started when DATABASE_URL is empty: no install, no account, no open port.

place.py     where its folders, socket and log are
binaries.py  which `postgres` and `initdb`
disguise.py  how root runs a server that refuses root
cluster.py   make, start, stop and survive it
borrow.py    the server for the length of one command
secret.py    the key file of the first run
"""
