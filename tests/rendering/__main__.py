"""Says what is wrong with documents: ``python -m tests.rendering FILE...``; leaves with 1 if anything is."""

import sys
from pathlib import Path

from tests.rendering.documents import document_faults


def main(names: list[str]) -> int:
    if not names:
        print("usage: python -m tests.rendering FILE...", file=sys.stderr)
        return 2
    faults = document_faults([Path(name) for name in names])
    for path, found in faults.items():
        for fault in found:
            print(f"{path}: {fault}")
    print(f"{len(faults)} documents, {sum(map(len, faults.values()))} faults")
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
