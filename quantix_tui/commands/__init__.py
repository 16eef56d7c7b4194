"""The subcommands of ``quantix-tui``, each in a module of its own that is imported only when it is called.

Every module has ``run(words, options) -> int``: the words behind the command's name, the options before it.
"""
