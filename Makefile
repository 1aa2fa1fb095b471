# make demo   everything on this machine, with example data       make test   the tests, about 12 minutes
# make check  lint, format, types, import order                   make test-all  also the slow groups
# make bench  how fast it is, on this machine: about 15 minutes and 6 GB

