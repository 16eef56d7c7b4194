"""A machine's files: changes of them, as values (:mod:`.changes`), and their doing, all or nothing (:mod:`.tree`)."""
