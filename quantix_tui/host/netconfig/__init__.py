"""The management network's configuration, for whatever configures the network of this machine."""
