"""A homeserver and the bot on this machine, for the scripts that show and measure them.

Only Python's standard library; the homeserver's own Python is a child process.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYNAPSE = ROOT / ".local" / "synapse" / "bin"
PASSWORD = "draupnir-demo"


class Failed(Exception):
    """A step did not work; the text is for the person at the terminal."""


@contextlib.contextmanager
def step(name):
    """Names what is being done, so that whatever goes wrong is told with it."""
    try:
        yield
    except (Failed, OSError, http.client.HTTPException, subprocess.SubprocessError, KeyError, ValueError) as error:
        raise Failed(f"{name}: {error or type(error).__name__}") from error


def tail(path, lines=15):
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    return ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_time(pid):
    """When a process was started, which tells it from a later one of the same number; None where there is none."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


class Workplace:
    """A folder, and the processes that run in it.

    They are started in sessions of their own, to outlive the script, and recorded, to be ended by the next run.
    """

    def __init__(self, folder):
        self.folder = folder
        self._record = folder / "processes.json"

    def start(self, name, command):
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=self.folder
            )
        recorded = self._recorded()
        recorded.append({"name": name, "pid": process.pid, "started": start_time(process.pid)})
        self._record.write_text(json.dumps(recorded))
        return process

    def stop_recorded(self):
        """Ends what runs have left, the newest first."""
        recorded = self._recorded()
        for entry in reversed(recorded):
            for number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
                if entry["started"] is None or start_time(entry["pid"]) != entry["started"]:
                    break
                os.kill(entry["pid"], number)
                end = time.monotonic() + patience
                while start_time(entry["pid"]) == entry["started"] and time.monotonic() < end:
                    with contextlib.suppress(ChildProcessError):
                        os.waitpid(entry["pid"], os.WNOHANG)
                    time.sleep(0.02)
        self._record.unlink(missing_ok=True)
        return len(recorded)

    def _recorded(self):
        return json.loads(self._record.read_text()) if self._record.exists() else []

    def wait_until_healthy(self, name, process, port, path, patience):
        log = self.folder / f"{name}.log"
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if process.poll() is not None:
                raise Failed(f"it ended with code {process.returncode}; the end of {log}:\n{tail(log)}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", path)
                status = connection.getresponse().status
                connection.close()
                if status == 200:
                    return
            time.sleep(0.01)
        raise Failed(f"not healthy after {patience:.0f} s; the end of {log}:\n{tail(log)}")


# Matrix.


class Refused(Failed):
    """The homeserver answered with an error."""


class Homeserver:
    def __init__(self, port, secret):
        self.port = port
        self.secret = secret
        self.url = f"http://127.0.0.1:{port}"
        self._connections = threading.local()

    def call(self, method, path, body=None, token=None, query=None, timeout=60):
        """One request, over a connection that each thread keeps."""
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = json.dumps(body if body is not None else {}) if method != "GET" else None
        connection = getattr(self._connections, "open", None)
        if connection is None:
            connection = self._connections.open = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        try:
            connection.request(method, target, content, headers)
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        except BaseException:
            connection.close()
            raise
        if response.status != 200:
            raise Refused(f"{method} {path}: {response.status} {answer.get('errcode')} {answer.get('error')}")
        return answer

    def register(self, localpart):
        path = "/_synapse/admin/v1/register"
        nonce = self.call("GET", path)["nonce"]
        signed = "\0".join([nonce, localpart, PASSWORD, "notadmin"]).encode()
        mac = hmac.new(self.secret.encode(), signed, hashlib.sha1).hexdigest()
        answer = self.call("POST", path, {
            "nonce": nonce, "username": localpart, "password": PASSWORD, "admin": False, "mac": mac,
        })
        return Account(self, answer["user_id"], answer["access_token"])

    def log_in(self, localpart):
        answer = self.call("POST", "/_matrix/client/v3/login", {
            "type": "m.login.password", "password": PASSWORD,
            "identifier": {"type": "m.id.user", "user": localpart},
        })
        return Account(self, answer["user_id"], answer["access_token"])


class Account:
    def __init__(self, homeserver, user_id, token):
        self.homeserver = homeserver
        self.user_id = user_id
        self.token = token

    def call(self, method, path, body=None, query=None, timeout=60):
        return self.homeserver.call(method, "/_matrix/client/v3" + path, body, self.token, query, timeout)

    def in_room(self, method, room, path, body=None):
        return self.call(method, f"/rooms/{urllib.parse.quote(room)}/{path}", body)

    def join(self, room):
        self.in_room("POST", room, "join")

    def say(self, room, text):
        path = f"send/m.room.message/{secrets.token_hex(8)}"
        return self.in_room("PUT", room, path, {"msgtype": "m.text", "body": text})["event_id"]


class Watcher:
    """What an account is shown by sync, with the moment at which it was."""

    def __init__(self, account):
        self.account = account
        self.invitations = {}  # room: inviter
        self.events = []  # (moment, room, event)
        self._known = set()
        self._position = None
        self._changed = threading.Condition()
        self._failure = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        try:
            while True:
                query = {"timeout": 30000 if self._position else 0,
                         "filter": json.dumps({"room": {"timeline": {"limit": 500}}})}
                if self._position:
                    query["since"] = self._position
                self._take(self.account.call("GET", "/sync", query=query, timeout=60))
        except Exception as error:  # told by wait(): nothing else can be done about it here
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _take(self, answer):
        now = time.monotonic()
        rooms = answer.get("rooms", {})
        with self._changed:
            self._position = answer["next_batch"]
            for room, part in rooms.get("invite", {}).items():
                for event in part["invite_state"]["events"]:
                    if event["type"] == "m.room.member" and event["state_key"] == self.account.user_id:
                        self.invitations[room] = event["sender"]
            for room, part in rooms.get("join", {}).items():
                self.invitations.pop(room, None)
                for event in part["state"]["events"] + part["timeline"]["events"]:
                    if event["event_id"] not in self._known:
                        self._known.add(event["event_id"])
                        self.events.append((now, room, event))
            self._changed.notify_all()

    def nudge(self):
        """Lets those who wait look again."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, look, patience, awaited):
        """What `look` returns, once it returns something."""
        end = time.monotonic() + patience
        with self._changed:
            while (found := look()) is None:
                if self._failure:
                    raise Failed(f"sync of {self.account.user_id} failed: {self._failure}")
                left = end - time.monotonic()
                if left <= 0:
                    raise Failed(f"{awaited}: not within {patience:.0f} s")
                self._changed.wait(left)
        return found


def homeserver_configuration(folder, server_name, port, secret):
    lifted = "{per_second: 10000, burst_count: 10000}"
    return f"""\
server_name: "{server_name}"
public_baseurl: "http://127.0.0.1:{port}/"
listeners:
  - {{port: {port}, bind_addresses: ["127.0.0.1"], type: http, tls: false, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
log_config: "{folder}/log.yaml"
media_store_path: "{folder}/media"
signing_key_path: "{folder}/signing.key"
registration_shared_secret: "{secret}"
macaroon_secret_key: "{secret}"
form_secret: "{secret}"
bcrypt_rounds: 4
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
presence: {{enabled: false}}
user_directory: {{enabled: false}}
# Many people move in within seconds, all from one address.
rc_message: {lifted}
rc_registration: {lifted}
rc_login: {{address: {lifted}, account: {lifted}}}
rc_joins: {{local: {lifted}}}
rc_joins_per_room: {lifted}
rc_room_creation: {lifted}
rc_invites: {{per_room: {lifted}, per_user: {lifted}, per_issuer: {lifted}}}
"""


LOG_CONFIGURATION = """\
version: 1
formatters: {plain: {format: "%(asctime)s %(levelname)s %(name)s %(message)s"}}
handlers: {console: {class: logging.StreamHandler, formatter: plain}}
root: {level: WARNING, handlers: [console]}
loggers: {synapse.access.http: {level: REQUESTS}}
disable_existing_loggers: false
"""


def start_homeserver(workplace, server_name, secret=None, logs_requests=False):
    """Starts Synapse on the database that is in the folder, or a new one."""
    folder = workplace.folder
    port, secret = free_port(), secret or secrets.token_hex(24)
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    for name, text in {
        "homeserver.yaml": homeserver_configuration(folder, server_name, port, secret),
        "log.yaml": LOG_CONFIGURATION.replace("REQUESTS", "INFO" if logs_requests else "WARNING"),
        "signing.key": f"ed25519 demo {seed}\n",
    }.items():
        # A database that is there was signed with the key that is there.
        if name != "signing.key" or not (folder / name).exists():
            (folder / name).write_text(text)
    command = [SYNAPSE / "python", "-m", "synapse.app.homeserver", "--config-path", folder / "homeserver.yaml"]
    workplace.wait_until_healthy("synapse", workplace.start("synapse", command), port, "/health", 60)
    return Homeserver(port, secret)
