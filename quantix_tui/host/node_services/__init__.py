"""The services that matter on a node: which there are, how they are, and restarting, starting and stopping one."""
