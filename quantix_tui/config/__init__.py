"""The configuration file and the secrets beside it: read, edited in place, replaced atomically."""
