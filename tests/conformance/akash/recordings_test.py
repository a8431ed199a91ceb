#!/usr/bin/env python3
"""Replays the command lines of the recordings on the sandbox and compares the answers.

Usage: recordings_test.py BINARY_FOLDER [--only NAME]

`scenario.txt` brings the sandbox's model into the state of each recording by performing the recorded
sequence; a line is a recording or, after `!`, a move that prepares the next one. `not_yet.txt` names
the recordings of commands that the sandbox does not have. Every recording of `index.txt` has to stand
in exactly one of the two.

Compared are the exit code, the JSON paths with their types, codespace, code and raw_log, and the
error text, after normalising heights, hashes, addresses, amounts of gas and times.
"""
import datetime
import hashlib
import http.server
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
RECORDINGS = HERE.parent / "recordings"
MNEMONIC = "abandon " * 23 + "art"
RECORDED_PROVIDERS = {
    "akash1dqxa5506apwmsup0hsktx8jfltp6a4cpuuqehr": "alder",
    "akash1a9y8s4lfackpdujzy4su44jhngnfq3mh984jxz": "birch",
}
RECORDED_ACCOUNTS = {
    "akash1f6pz3rhaps9xzud0tvkpfpkxjylxck6y6vatr9": "tenant2",
    "akash15z8sa4mkfmn2zua2d8zusfn8p2hy65tn6vfq6q": "aktonly",
    "akash1v74xvsyk726mhy3qjpdk7xh7wyyaa06fqueeh7": "granter",
}
GENESIS = {
    "tenant": "100000000000uakt+2000000000uact",
    "tenant2": "100000000uakt+100000000uact",
    "poor": "89387uakt+1000000uact",
    "aktonly": "100000000uakt",
    "granter": "100000000uakt+100000000uact",
}
# What the nodes behind these ports of the recordings answered to everything.
BROKEN_NODES = {
    "27701": (502, "<html>Bad Gateway</html>"),
    "27702": (429, "Too Many Requests"),
    "27703": (503, '{"error": "unavailable"}'),
    "27704": (200, "<html>hello</html>"),
    "27705": (200, ""),
    "27706": None,  # Never answers.
}
ANSWER_PROGRAM = """#!/usr/bin/env python3
import os, socket
host, port = os.environ["BERTH_RELAY_ADDRESS"].split(":")
service = os.environ["HOSTNAME"].split("-")[0]
for number in range(1, 6):
    print(f"line {number} of {service}", flush=True)
listener = socket.create_server((host, int(port)))
while True:
    listener.accept()[0].close()
"""


PROVIDER_FILE = """host: https://127.0.0.1:28444
attributes:
  - key: region
    value: eu-west
info:
  email: ops@example.com
  website: example.com
"""


class BrokenNode(http.server.ThreadingHTTPServer):
    """A node behind a proxy that is out of order."""

    daemon_threads = True

    def __init__(self, answer):
        self.answer = answer
        super().__init__(("127.0.0.1", 0), BrokenNodeHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class BrokenNodeHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        if self.server.answer is None:
            time.sleep(60)
            return
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Network:
    """A sandbox in a temporary folder, and the recorded names mapped onto it."""

    def __init__(self, binaries):
        self.binaries = pathlib.Path(binaries)
        self.run = pathlib.Path(tempfile.mkdtemp(prefix="berth-recordings-"))
        os.chmod(self.run, 0o711)
        shutil.copytree(RECORDINGS / "sdl", self.run / "sdl")
        for folder in ("tenant", "keysdemo", "nokeys", "multi"):
            (self.run / "state" / folder).mkdir(parents=True)
        self.addresses = {}
        self.learned = {}  # Recorded hashes and page keys, with what stands for them here.
        self.sequences = {}
        self.broken = {port: BrokenNode(answer) for port, answer in BROKEN_NODES.items()}
        for name in GENESIS:
            recover = ["--recover"] if name == "tenant" else ["--no-backup"]
            shown = self.akash(["keys", "add", name, *recover, *self.keyring()], MNEMONIC)
            self.addresses[name] = json.loads(shown.stdout)["address"]
        keys = self.run / "state/provider/keyring-test"
        keys.mkdir(parents=True)
        secret = hashlib.sha256(b"berth sandbox provider birch").hexdigest()
        (keys / "provider2.key").write_text(secret)
        (self.run / "state/provider2.yaml").write_text(PROVIDER_FILE)
        (self.run / "answer").write_text(ANSWER_PROGRAM)
        os.chmod(self.run / "answer", 0o700)
        self.start()
        self.wait_until(lambda: self.height() > 1)
        shown = json.loads(self.ctl("show"))
        self.providers = {one["name"]: one["address"] for one in shown["result"]["providers"]} \
            if "result" in shown else {one["name"]: one["address"] for one in shown["providers"]}

    def start(self, *settings):
        genesis = ",".join(f"{self.addresses[name]}={coins}" for name, coins in GENESIS.items())
        ready = self.run / "ready.json"
        ready.unlink(missing_ok=True)
        self.daemon = subprocess.Popen(
            [self.binaries / "berth-akash-sandbox", f"--data_dir={self.run}/data",
             f"--ready_file={ready}", "--chain_id=localakash", "--block_time=100ms",
             f"--genesis={genesis}", f"--images=nginx:1.27={self.run}/answer",
             f"--postgres_dir={self.run}/postgres", *settings],
            stderr=open(self.run / "daemon.log", "a"))
        self.wait_until(ready.exists)
        self.node = json.loads(ready.read_text())["node"]

    def close(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(20)
        shutil.rmtree(self.run)

    def keyring(self):
        return ["--home", str(self.run / "state/tenant"), "--keyring-backend", "test"]

    def akash(self, argv, stdin="", limit=30):
        return subprocess.run([self.binaries / "akash", *argv], input=stdin, text=True,
                              capture_output=True, timeout=limit, check=False)

    def ctl(self, *words):
        return subprocess.run([self.binaries / "berth-akash-sandbox", "ctl", self.node, *words],
                              text=True, capture_output=True, check=True).stdout

    def query(self, *argv):
        done = self.akash(["query", *argv, "--node", self.node, "-o", "json"])
        return json.loads(done.stdout) if done.returncode == 0 else None

    def height(self):
        status = self.akash(["status", "--node", self.node])
        return int(json.loads(status.stdout)["sync_info"]["latest_block_height"])

    @staticmethod
    def wait_until(condition, limit=20):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the network did not get there")
            time.sleep(0.05)

    def here(self, text):
        """A recorded text with this network's paths, names and node."""
        text = text.replace("$RUN", str(self.run)).replace("http://127.0.0.1:26657", self.node)
        for address, name in RECORDED_PROVIDERS.items():
            text = text.replace(address, self.providers[name])
        for address, name in RECORDED_ACCOUNTS.items():
            text = text.replace(address, self.addresses[name])
        for port, node in self.broken.items():
            text = text.replace(f":{port}", f":{node.server_port}")
        text = text.replace("https://127.0.0.1:28443", "https://provider.alder.akash.test:8443")
        for recorded, own in self.learned.items():
            text = text.replace(recorded, own)
        return text

    def learn(self, recorded_out, out):
        """Notes what stands here for a hash or page key of the recording."""
        for one, other in zip(documents(recorded_out) or [], documents(out) or []):
            if not isinstance(one, dict) or not isinstance(other, dict):
                continue
            for find in (lambda doc: doc.get("txhash"),
                         lambda doc: (doc.get("pagination") or {}).get("next_key")):
                if find(one) and find(other):
                    self.learned[find(one)] = find(other)


class Moves:
    """What prepares a recording: `!move argument...` in the scenario."""

    def __init__(self, network):
        self.network = network
        self.started = {}
        self.kept_keys = {}

    def wait_bids(self, dseq, count="2"):
        def enough():
            answer = self.network.query("market", "bid", "list", "--owner",
                                        self.network.addresses["tenant"], "--dseq", dseq,
                                        "--gseq", "0", "--oseq", "0", "--state", "open")
            return answer and len(answer["bids"]) >= int(count)
        self.network.wait_until(enough)

    def ctl(self, *words):
        self.network.ctl(*words)

    def fund_bidder(self):
        """Gives the provider that bids by hand what its fees cost."""
        self.network.ctl("faucet", f"address={self.network.providers['birch']}",
                         "coin=10000000uakt")

    def begin(self, name):
        """Starts a recording that waits for what the scenario does next; `!end` compares it."""
        network = self.network
        height, before = network.height(), self.pending()
        worker = threading.Thread(target=lambda: self.started.update(
            {name: run_recording(network, name)}))
        worker.start()
        network.wait_until(lambda: self.pending() > before or network.height() > height)
        self.started[f"{name} thread"] = worker

    def end(self, name):
        self.started.pop(f"{name} thread").join()
        return [f"{name}: {fault}" for fault in self.started.pop(name)]

    def pending(self):
        shown = json.loads(self.network.ctl("show"))
        return shown.get("result", shown)["pending"]

    def sequences(self, *recorded):
        """Lets recorded `--sequence` flags stand for the next ones of the account."""
        _, current = self.sequence()
        self.network.sequences = {one: str(current + at) for at, one in enumerate(recorded)}

    def wait_closed(self, dseq):
        def closed():
            answer = self.network.query("deployment", "get", "--owner",
                                        self.network.addresses["tenant"], "--dseq", dseq)
            return answer["deployment"]["state"] == "closed"
        self.network.wait_until(closed)

    @staticmethod
    def hold(seconds):
        """Lets time pass while nothing happens: the real limit of a node is what is recorded."""
        time.sleep(float(seconds))

    def wait_blocks(self, count):
        height = self.network.height()
        self.network.wait_until(lambda: self.network.height() >= height + int(count))

    def send(self, path):
        """Broadcasts a signed transaction that has to succeed."""
        network = self.network
        done = network.akash(["tx", "broadcast", str(network.run / "state/multi" / path), "-b",
                              "block", "--node", network.node])
        if done.returncode != 0 or json.loads(done.stdout)["code"] != 0:
            raise AssertionError(f"send {path}: {done.stdout}{done.stderr}")

    def wait_height(self, height):
        self.network.wait_until(lambda: self.network.height() >= int(height))

    def next_block(self):
        height = self.network.height()
        self.network.wait_until(lambda: self.network.height() > height)

    def restart(self, *settings):
        """Kills the node and starts it again at the same port."""
        network = self.network
        network.daemon.kill()
        network.daemon.wait(20)
        network.start(f"--address={network.node.removeprefix('http://')}", *settings)

    def newcomer(self, name):
        """Lets `name` be, in the provider's keyring, an account that is no provider yet."""
        network = self.network
        home = ["--home", str(network.run / "state/provider"), "--keyring-backend", "test"]
        key = network.run / f"state/provider/keyring-test/{name}.key"
        self.kept_keys[name] = key.read_text()
        key.unlink()
        added = network.akash(["keys", "add", name, "--no-backup", *home])
        network.ctl("faucet", f"address={json.loads(added.stdout)['address']}",
                    "coin=10000000uakt")
        self.next_block()

    def oldtimer(self, name):
        """Undoes `newcomer`."""
        key = self.network.run / f"state/provider/keyring-test/{name}.key"
        key.write_text(self.kept_keys.pop(name))

    def batch(self, path, *parts):
        """Writes transactions one a line."""
        folder = self.network.run / "state/multi"
        lines = [json.dumps(json.loads((folder / part).read_text())) for part in parts]
        (folder / path).write_text("\n".join(lines) + "\n")

    def wait_ready(self, dseq):
        network = self.network

        def ready():
            done = subprocess.run(
                [network.binaries / "provider-services", "lease-status", "--dseq", dseq, "--provider",
                 network.providers["alder"], "--from", "tenant", *network.keyring(), "--node",
                 network.node], text=True, capture_output=True, check=False)
            return '"available": 1' in done.stdout
        network.wait_until(ready)

    def tx(self, *argv):
        """Runs an `akash tx` line that has to succeed."""
        network = self.network
        done = network.akash(["tx", *map(network.here, argv), "--from", "tenant", *network.keyring(),
                              "--chain-id", "localakash", "--node", network.node, "-y", "-o", "json",
                              "--gas", "auto", "--gas-adjustment", "1.5", "--gas-prices",
                              "0.025uakt"])
        if done.returncode != 0:
            raise AssertionError(f"tx {argv}: {done.stderr}")

    def sequence(self):
        account = self.network.query("auth", "account", self.network.addresses["tenant"])["account"]
        return int(account["account_number"]), int(account["sequence"])

    def body(self, path, *messages, unordered="", gas=300000):
        """Writes an unsigned transaction."""
        created = [self.message(one) for one in messages]
        timeout = None
        if unordered:
            at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(
                seconds=float(unordered))
            timeout = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        fee = [{"denom": "uakt", "amount": str(-(-gas * len(created) // 40))}]
        tx = {"body": {"messages": created, "memo": "", "timeout_height": "0",
                       "unordered": bool(unordered), "timeout_timestamp": timeout,
                       "extension_options": [], "non_critical_extension_options": []},
              "auth_info": {"signer_infos": [],
                            "fee": {"amount": fee, "gas_limit": str(gas * len(created)),
                                    "payer": "", "granter": ""}, "tip": None},
              "signatures": []}
        (self.network.run / "state/multi" / path).write_text(json.dumps(tx))

    def message(self, words):
        kind, dseq = words.split("=")
        owner = self.network.addresses["tenant"]
        argv = {"create": ["deployment", "create", f"{self.network.run}/sdl/deploy.yaml", "--deposit",
                           "600000uact", "--dseq", dseq],
                "close": ["deployment", "close", "--dseq", dseq],
                "lease": ["market", "lease", "create", "--dseq", dseq, "--gseq", "1", "--oseq", "1",
                          "--provider", self.network.providers["alder"]]}[kind]
        done = self.network.akash(["tx", *argv, "--owner", owner, "--from", "tenant",
                                   *self.network.keyring(), "--generate-only", "--gas", "1", "--node",
                                   self.network.node])
        return json.loads(done.stdout)["body"]["messages"][0]

    def make(self, path, *words):
        options = dict(word.split(":") for word in words if ":" in word)
        self.body(path, *[word for word in words if ":" not in word],
                  unordered=options.get("unordered", ""))

    def sign(self, path, signed, offset="0", sequence=""):
        number, current = self.sequence()
        used = sequence or str(current + int(offset))
        folder = self.network.run / "state/multi"
        done = self.network.akash(["tx", "sign", str(folder / path), "--from", "tenant",
                                   *self.network.keyring(), "--chain-id", "localakash", "--offline",
                                   "--account-number", str(number), "--sequence", used,
                                   "--output-document", str(folder / signed)])
        if done.returncode != 0:
            raise AssertionError(done.stderr)


def normal(text):
    """A text without what differs from run to run."""
    text = re.sub(r"\[[^\]]*\.go:\d+\] ", "", text)
    text = re.sub(r"(gas used: |gasUsed: |gasWanted: )'?\d+'?", r"\1N", text)
    text = re.sub(r"in location: \w+", "in location: L", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.]+( \+0000 UTC|Z)", "TIME", text)
    text = re.sub(r"akash1[a-z0-9]{38}", "ADDRESS", text)
    text = re.sub(r"\b[0-9A-F]{64}\b", "HASH", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "HOST", text)
    text = re.sub(r"/tmp/berth-recordings-\w+|\$RUN", "RUN", text)
    text = re.sub(r"Protocol HTTP/1\.\d", "Protocol HTTP", text)
    text = re.sub(r"lookup (\S+) on \S+:53", r"lookup \1", text)
    text = re.sub(r"lookup (\S+?):", r"lookup \1:", text)
    text = re.sub(r"(account number |expected |got |balance |smaller than |required: |got: )\(?\d+", r"\1N", text)
    return text.strip()


def documents(text):
    """The JSON documents of an output after lines that are not part of it."""
    text = re.sub(r"^WARNING:.*\n", "", text)
    decoder = json.JSONDecoder()
    found, at = [], 0
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            at += len(text[at:]) - len(text[at:].lstrip())
    except ValueError:
        return None
    return found


def shape(value, path="$"):
    """Every path of a JSON value with its type; list elements share one path."""
    if isinstance(value, dict):
        found = {f"{path}:object"}
        for key, member in value.items():
            name = "*" if path.endswith((".services", ".forwarded_ports")) else key
            found |= shape(member, f"{path}.{name}")
        return found
    if isinstance(value, list):
        found = {f"{path}:list"}
        for element in value:
            found |= shape(element, path + "[]")
        return found
    kind = "null" if value is None else type(value).__name__
    return {f"{path}:{kind}"}


def compare(name, recorded, done):
    """What differs, as a list of lines."""
    faults = []
    want_exit, want_out, want_err = recorded
    if want_exit != done.returncode:
        faults.append(f"exit {done.returncode}, recorded {want_exit}")
    if normal(want_err) != normal(done.stderr):
        faults.append(f"stderr {normal(done.stderr)!r}, recorded {normal(want_err)!r}")
    wanted, got = documents(want_out), documents(done.stdout)
    if wanted is None or got is None:
        if not same_text(name, want_exit, normal(want_out), normal(done.stdout)):
            faults.append(f"stdout {done.stdout[:300]!r}, recorded {want_out[:300]!r}")
        return faults
    if name in REPEATED_BY_NATURE:
        wanted, got = without_repeats(wanted), without_repeats(got)
    if len(wanted) != len(got):
        return faults + [f"{len(got)} documents, recorded {len(wanted)}"]
    for one, other in zip(wanted, got):
        missing, extra = shape(one) - shape(other), shape(other) - shape(one)
        faults += [f"lacks {path}" for path in sorted(missing)]
        faults += [f"has also {path}" for path in sorted(extra)]
        if isinstance(one, dict):
            for key in ("codespace", "code", "raw_log"):
                if normal(str(one.get(key))) != normal(str(other.get(key))):
                    faults.append(f"{key} {other.get(key)!r}, recorded {one.get(key)!r}")
    return faults


def same_text(name, want_exit, wanted, got):
    if name in TEXT_BY_NATURE:
        return True
    if name in ORDER_BY_NATURE:
        return sorted(wanted.split("\n")) == sorted(got.split("\n"))
    if want_exit == ENDED_BY_RECORDER:  # A stream that was cut by the clock.
        both = list(zip(wanted.split("\n"), got.split("\n")))
        return len(both) > STREAM_LINES and all(one == other for one, other in both)
    return wanted == got


def without_repeats(values):
    return [value for at, value in enumerate(values) if value not in values[:at]]


ENDED_BY_RECORDER = -15
STREAM_LINES = 5  # That a stream has to show before it is ended, after the warning.
ENDLESS_LIMIT = 2  # Seconds until a command that does not end is ended here.

# Outputs that are words of chance.
TEXT_BY_NATURE = {"01-keys/12-mnemonic", "02-bank/12-unknown-command", "12-unordered/20-encode-offline"}


# The containers' lines come in the order of chance.
ORDER_BY_NATURE = {"15-shapes/12-lease-logs-service-filter"}
# One event of each pod, however often it is told.
REPEATED_BY_NATURE = {"06-provider/15-lease-events"}


def read_recording(name):
    folder = RECORDINGS / name
    text = lambda part: (folder / part).read_text(errors="replace") if (folder / part).exists() else ""
    return {"argv": shlex.split(text("cmd")), "stdin": text("stdin"),
            "answer": (int(text("exit").split()[0]), text("stdout"), text("stderr"))}


def run_recording(network, name):
    recording = read_recording(name)
    argv = [network.here(word) for word in recording["argv"]]
    environment = dict(os.environ)
    while "=" in argv[0]:
        key, value = argv.pop(0).split("=", 1)
        environment[key] = value
    argv[0] = str(network.binaries / argv[0])
    if "--sequence" in argv:
        at = argv.index("--sequence") + 1
        argv[at] = network.sequences.get(argv[at], argv[at])
    endless = recording["answer"][0] == ENDED_BY_RECORDER
    try:
        done = subprocess.run(argv, input=network.here(recording["stdin"]), text=True,
                              timeout=ENDLESS_LIMIT if endless else 30, capture_output=True,
                              env=environment, check=False)
    except subprocess.TimeoutExpired as ended:
        if not endless:
            return ["did not end"]
        text = lambda part: (part or b"").decode() if not isinstance(part, str) else part
        done = subprocess.CompletedProcess(argv, ENDED_BY_RECORDER, text(ended.stdout),
                                           text(ended.stderr))
    network.learn(recording["answer"][1], done.stdout)
    return compare(name, recording["answer"], done)


def check_lists(scenario):
    index = set((HERE / "index.txt").read_text().split())
    done = {line.removeprefix("!begin ") for line in scenario
            if not line.startswith("!") or line.startswith("!begin ")}
    later = {line.split(maxsplit=1)[0] for line in (HERE / "not_yet.txt").read_text().splitlines()
             if line and not line.startswith("#")}
    faults = [f"{name}: in both lists" for name in sorted(done & later)]
    faults += [f"{name}: in no list" for name in sorted(index - done - later)]
    faults += [f"{name}: no such recording" for name in sorted((done | later) - index)]
    return faults


def main():
    scenario = [line.strip() for line in (HERE / "scenario.txt").read_text().splitlines()
                if line.strip() and not line.startswith("#")]
    faults = check_lists(scenario)
    network = Network(sys.argv[1])
    moves = Moves(network)
    count = 0
    try:
        for line in scenario:
            if line.startswith("!"):
                words = shlex.split(line[1:])
                if words[0] == "end":
                    count += 1
                try:
                    faults += getattr(moves, words[0])(*words[1:]) or []
                except TimeoutError as late:
                    faults += [f"{line}: {late}"]
                    break
                continue
            count += 1
            faults += [f"{line}: {fault}" for fault in run_recording(network, line)]
    finally:
        network.close()
    for fault in faults:
        print(fault)
    failed = len({fault.split(":")[0] for fault in faults})
    print(f"{count} recordings compared, {failed} differ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
