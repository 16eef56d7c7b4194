"""The support bundle: what somebody far away needs to know of a machine, without its secrets, in one archive."""
