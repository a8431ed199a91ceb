#!/usr/bin/env python3
"""Reconciles random sets between our negentropy and the Rust crate of that name, both ways round.

Usage: negentropy_test.py OUR_PEER BUILD_FOLDER

Each pair of sets differs in some per cent; the side that begins has to find exactly these, and no
message may be longer than the frame. The seed is fixed and printed.
"""
import hashlib
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SEED = 7
COUNTS = [0, 1, 31, 32, 40, 300, 3_000, 30_000]
SPANS = [1, 30, 10**9]  # Seconds over which the items lie: bounds by id, mixed, by time.
FRAMES = [4_096, 60_000]
MOST_STEPS = 10_000


class Peer:
    def __init__(self, program, frame, items):
        self.process = subprocess.Popen(
            [program, str(frame)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        lines = "".join(f"{time} {name}\n" for time, name in items)
        self.process.stdin.write(lines + "end\n")
        self.frame = frame

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if line != "report" and len(answer) > 2 * self.frame:
            raise AssertionError(f"a message of {len(answer) // 2} bytes")
        return answer

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise AssertionError("a peer failed")


def sets(chance, count, span):
    ours, theirs, only_ours, only_theirs = [], [], [], []
    for _ in range(count):
        name = hashlib.sha256(chance.randbytes(16)).hexdigest()
        item, fate = (chance.randrange(span), name), chance.random()
        if fate > 0.05:
            ours.append(item)
        if fate < 0.9:
            theirs.append(item)
        if fate <= 0.05:
            only_theirs.append(name)
        if fate >= 0.9:
            only_ours.append(name)
    return ours, theirs, sorted(only_ours), sorted(only_theirs)


def reconcile(first, second):
    message = first.ask("begin")
    for _ in range(MOST_STEPS):
        message = first.ask("continue " + second.ask("answer " + message))
        if message == "done":
            break
    have, need = first.ask("report").split("|")
    return [list(filter(None, names.split(","))) for names in (have, need)]


def main():
    ours, build = sys.argv[1:]
    target = pathlib.Path(build) / "negentropy-peer"
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--target-dir", target],
                   cwd=HERE, check=True)
    theirs = target / "release/negentropy-peer"
    chance = random.Random(SEED)
    runs = 0
    for count in COUNTS:
        for span in SPANS:
            for frame in FRAMES:
                for first, second in ((ours, theirs), (theirs, ours)):
                    left, right, have, need = sets(chance, count, span)
                    peers = [Peer(first, frame, left), Peer(second, frame, right)]
                    found = reconcile(*peers)
                    for peer in peers:
                        peer.close()
                    assert found == [have, need], (SEED, count, span, frame, first)
                    runs += 1
    print(f"seed {SEED}: {runs} reconciliations")


main()
