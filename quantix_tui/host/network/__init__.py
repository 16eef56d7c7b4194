"""The network of this machine tested: what each interface, gateway, name server and time server does.

Nothing is changed by it. Packets are ours (no ping, no dig): they work where no tool is installed.
"""
