"""`manage.py up`: all of it on this machine as one supervised group. Imports no Django: small and quick.

supervisor.py  the order of starting, watching and stopping
child.py       one program: start, watch, start again, stop
leftovers.py   what a killed supervisor left behind
door.py        the port, held by the supervisor and handed to the web server
prepare.py     whether the database and the static files need work before the start
encoder.py     which encoder, and is it there
watch.py       is it healthy, is the worker deaf
console.py     what the person at the terminal sees, and the log file
"""
