"""What real machines say of themselves, cut to the lines that matter."""

TWO_SOCKETS = "\n".join(
    f"""processor\t: {thread}
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz
cpu MHz\t\t: {3200.0 if thread == 0 else 2000.0}
physical id\t: {socket}
siblings\t: 4
core id\t\t: {core}
cpu cores\t: 2
flags\t\t: fpu vme de vmx ept sse4_2 avx512f
power management:
"""
    for thread, (socket, core) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1), (0, 0), (1, 0), (0, 1), (1, 1)])
)

RASPBERRY_PI = """processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41

processor\t: 1
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41

Hardware\t: BCM2835
Revision\t: d03114
Model\t\t: Raspberry Pi 4 Model B Rev 1.4
"""

MEMINFO = """MemTotal:       24684096 kB
MemFree:        24059472 kB
MemAvailable:   24199100 kB
HugePages_Total:       8
"""

QUANTIX_OS = """NAME="Quantix-OS"
ID=quantix
VERSION_ID=2.4.1
PRETTY_NAME="Quantix-OS \\"Heron\\" 2.4.1"
HOME_URL='https://quantix.example/'
# a comment = not a value
EMPTY=
"""
