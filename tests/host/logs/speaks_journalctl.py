"""Stands in the place of journalctl where a machine has none: its options and its JSON, on a file of entries.

``journal.json`` below ``--root`` has an entry a line; its cursors are numbers. What the real program does is the
business of ``test_journal``, where there is one.
"""

import json
import os
import re
import sys
import time
from pathlib import Path


def main() -> int:
    options, matches = {}, []
    for word in sys.argv[1:]:
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            options[name] = value
        else:
            matches.append(word)
    if "grep" in options and os.environ.get("WITHOUT_PATTERNS"):
        sys.stderr.write("Compiled without pattern matching support\n")
        return 1
    file = Path(options["root"], "journal.json")
    after = int(options.get("after-cursor", "-1"))
    shown = 0
    while True:
        entries = [json.loads(line) for line in file.read_text().splitlines()]
        seen = [entry for entry in entries if _is_wanted(entry, options, matches)]
        if "reverse" in options:
            seen = [entry for entry in reversed(seen) if after < 0 or int(entry["__CURSOR"]) < after]
        else:
            seen = [entry for entry in seen if int(entry["__CURSOR"]) > after]
        for entry in seen:
            sys.stdout.write(json.dumps(entry) + "\n")
            shown += 1
            if "follow" not in options and shown == int(options.get("lines", "-1")):
                return 0
        sys.stdout.flush()
        if "follow" not in options:
            return 0
        after = max([after, *(int(entry["__CURSOR"]) for entry in seen)])
        time.sleep(0.01)


def _is_wanted(entry: dict[str, str], options: dict[str, str], matches: list[str]) -> bool:
    if int(entry["PRIORITY"]) > int(options.get("priority", "7")):
        return False
    if "grep" in options and not re.search(options["grep"], entry["MESSAGE"], re.IGNORECASE):
        return False
    terms = [match.split("=", 1) for match in matches if match != "+"]
    return not terms or any(entry.get(name) == value for name, value in terms)


if __name__ == "__main__":
    sys.exit(main())
