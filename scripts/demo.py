"""The demo behind scripts/demo, which installs and builds what this needs.

Only Python's standard library; the homeserver's own Python is a child process.
"""

import argparse
import base64
import concurrent.futures
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".local" / "demo"
PROCESSES = FOLDER / "processes.json"
SYNAPSE = ROOT / ".local" / "synapse" / "bin"
SERVER_NAME = "demo.local"
PASSWORD = "draupnir-demo"
ROOMS = ["Lobby", "Help", "Off-topic", "Events", "Announcements"]
MEMBERS = 30
ROOMS_OF_A_MEMBER = 3
SPAM_PER_ROOM = 3
RAID_LIMIT = 30.0
BEGINNING = time.monotonic()


class Failed(Exception):
    """A step did not work; the text is for the person at the terminal."""


def tell(text, since=BEGINNING, mark=" "):
    print(f"{time.monotonic() - since:7.2f} s {mark} {text}", flush=True)


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


# Processes: started in sessions of their own, to outlive this script, and recorded, to be ended by the next run.


def start_time(pid):
    """When a process was started, which tells it from a later one of the same number; None where there is none."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def start(name, command):
    with open(FOLDER / f"{name}.log", "ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=FOLDER
        )
    recorded = json.loads(PROCESSES.read_text()) if PROCESSES.exists() else []
    recorded.append({"name": name, "pid": process.pid, "started": start_time(process.pid)})
    PROCESSES.write_text(json.dumps(recorded))
    return process


def stop_recorded():
    """Ends what runs of the demo have left, the newest first."""
    recorded = json.loads(PROCESSES.read_text()) if PROCESSES.exists() else []
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
    PROCESSES.unlink(missing_ok=True)
    return len(recorded)


def wait_until_healthy(name, process, port, path, patience):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Failed(f"it ended with code {process.returncode}; the end of {FOLDER / name}.log:\n"
                         + tail(FOLDER / f"{name}.log"))
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            status = connection.getresponse().status
            connection.close()
            if status == 200:
                return
        time.sleep(0.01)
    raise Failed(f"not healthy after {patience:.0f} s; the end of {FOLDER / name}.log:\n"
                 + tail(FOLDER / f"{name}.log"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


class ManagementRoom:
    def __init__(self, moderator, watcher, bot, room):
        self.moderator = moderator
        self.watcher = watcher
        self.bot = bot
        self.room = room

    def command(self, text, patience=30):
        """Sends a command and waits for the bot's mark on it.

        Returns when it was sent and when the mark was seen.
        """
        first = len(self.watcher.events)
        sent_at = time.monotonic()
        event_id = self.moderator.say(self.room, f"!draupnir {text}")

        def mark():
            for moment, _, event in self.watcher.events[first:]:
                relation = event["content"].get("m.relates_to") or {}
                if event["type"] == "m.reaction" and event["sender"] == self.bot and relation["event_id"] == event_id:
                    if relation["key"][:1] in "✅❌⚠":
                        return moment, relation["key"][:1]
            return None

        try:
            moment, key = self.watcher.wait(mark, patience, f"the bot's ✅ on “!draupnir {text}”")
        except Failed as failure:
            raise Failed(f"{failure}{self.said(first)}") from failure
        if key != "✅":
            # The reason comes after the mark.
            with contextlib.suppress(Failed):
                self.watcher.wait(lambda: self.said(first) or None, 2, "the bot's reason")
            raise Failed(f"the bot answered “!draupnir {text}” with {key}{self.said(first)}")
        return sent_at, moment

    def said(self, first):
        lines = [
            event["content"].get("body", "")
            for _, room, event in self.watcher.events[first:]
            if room == self.room and event["sender"] == self.bot and event["type"] == "m.room.message"
        ]
        return "".join("\n  the bot: " + line.replace("\n", "\n           ") for line in lines)


# The steps.


def homeserver_configuration(port, secret):
    lifted = "{per_second: 10000, burst_count: 10000}"
    return f"""\
server_name: "{SERVER_NAME}"
public_baseurl: "http://127.0.0.1:{port}/"
listeners:
  - {{port: {port}, bind_addresses: ["127.0.0.1"], type: http, tls: false, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: "{FOLDER}/homeserver.db"}}}}
log_config: "{FOLDER}/log.yaml"
media_store_path: "{FOLDER}/media"
signing_key_path: "{FOLDER}/signing.key"
registration_shared_secret: "{secret}"
macaroon_secret_key: "{secret}"
form_secret: "{secret}"
bcrypt_rounds: 4
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
presence: {{enabled: false}}
user_directory: {{enabled: false}}
# Thirty people move in within seconds, all from one address.
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
disable_existing_loggers: false
"""


def start_homeserver():
    port, secret = free_port(), secrets.token_hex(24)
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    for name, text in {
        "homeserver.yaml": homeserver_configuration(port, secret),
        "log.yaml": LOG_CONFIGURATION,
        "signing.key": f"ed25519 demo {seed}\n",
    }.items():
        (FOLDER / name).write_text(text)
    command = [SYNAPSE / "python", "-m", "synapse.app.homeserver", "--config-path", FOLDER / "homeserver.yaml"]
    wait_until_healthy("synapse", start("synapse", command), port, "/health", 60)
    return Homeserver(port, secret)


def make_bot_account(homeserver):
    """By the tool that Synapse's administrators use."""
    made = subprocess.run(
        [SYNAPSE / "register_new_matrix_user", "--config", FOLDER / "homeserver.yaml", "--no-admin",
         "--user", "draupnir", "--password", PASSWORD, homeserver.url],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )
    if made.returncode != 0:
        raise Failed((made.stdout + made.stderr).strip())
    return homeserver.log_in("draupnir")


def start_bot(program, homeserver, bot, moderator):
    port = free_port()
    token = FOLDER / "access-token"
    token.touch(mode=0o600)
    token.write_text(bot.token + "\n")
    configuration = FOLDER / "draupnir.yaml"
    configuration.write_text(f"""\
homeserverUrl: "{homeserver.url}"
rawHomeserverUrl: "{homeserver.url}"
# The bot makes its management room and invites:
initialManager: "{moderator.user_id}"
dataPath: "{FOLDER}/draupnir"
health:
  healthz:
    enabled: true
    address: "127.0.0.1"
    port: {port}
""")
    command = [program, "bot", "--draupnir-config", configuration, "--access-token-path", token]
    wait_until_healthy("draupnir", start("draupnir", command), port, "/healthz", 20)


def move_in(homeserver, rooms):
    """Everybody in some of the rooms, and every room with somebody."""

    def member(number):
        account = homeserver.register(f"member{number:02}")
        for offset in range(ROOMS_OF_A_MEMBER):
            account.join(rooms[(number + offset) % len(rooms)])
        account.say(rooms[number % len(rooms)], "Hello!")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(member, range(1, MEMBERS + 1)))


def make_room(moderator, name):
    return moderator.call("POST", "/createRoom", {
        "room_version": "12", "preset": "public_chat", "name": name, "room_alias_name": name.lower(),
    })["room_id"]


def make_admin(moderator, bot, room):
    moderator.in_room("POST", room, "invite", {"user_id": bot.user_id})
    levels = moderator.in_room("GET", room, "state/m.room.power_levels/")
    levels["users"] = levels.get("users", {}) | {bot.user_id: 100}
    moderator.in_room("PUT", room, "state/m.room.power_levels/", levels)


def raid(spammer, rooms):
    """Returns how many messages were posted."""
    for room in rooms:
        spammer.join(room)
    for number in range(SPAM_PER_ROOM):
        for room in rooms:
            spammer.say(room, f"BUY CHEAP COINS http://coins.example/{number}")
    return SPAM_PER_ROOM * len(rooms)


def watch_raid_end(watcher, answer, spammer, rooms, since):
    """Tells of every ban as it is seen, and returns how long after `since` each was."""
    bans, looked = {}, 0

    def look():
        nonlocal looked
        if answer.done() and answer.exception():
            raise answer.exception()
        while looked < len(watcher.events):
            moment, room, event = watcher.events[looked]
            looked += 1
            if moment < since:
                continue
            content = event["content"]
            if event["type"] == "m.room.member" and event["state_key"] == spammer.user_id and room in rooms:
                if content["membership"] == "ban" and room not in bans:
                    bans[room] = moment
                    tell(f"banned in {rooms[room]} ({len(bans)} of {len(rooms)}), "
                         f"{(moment - since) * 1000:.0f} ms after the command", mark="✋")
        return True if len(bans) == len(rooms) else None

    failure = None
    try:
        watcher.wait(look, max(since + RAID_LIMIT - time.monotonic(), 0), "the end of the raid")
    except Failed as error:
        failure = error
    if answer.done() and answer.exception():
        raise answer.exception()
    if len(bans) < len(rooms):
        missing = ", ".join(name for room, name in rooms.items() if room not in bans)
        raise Failed(f"after {RAID_LIMIT:.0f} s the spammer is not banned in {missing} ({failure})")
    return sorted(moment - since for moment in bans.values())


def run(program):
    with step("starting Synapse"):
        homeserver = start_homeserver()
    tell(f"Synapse runs at {homeserver.url}")

    # Before the bot: that people move in is not what this shows, and goes faster while nobody watches.
    with step("setting up the community"):
        moderator = homeserver.register("moderator")
        rooms = {make_room(moderator, name): name for name in ROOMS}
        move_in(homeserver, list(rooms))
    tell(f"{MEMBERS} people live in {', '.join(ROOMS)}; {moderator.user_id} looks after them")

    with step("making the bot's account by register_new_matrix_user"):
        bot = make_bot_account(homeserver)
    tell(f"{bot.user_id} has an account and a token")

    with step("starting the bot"):
        before = time.monotonic()
        start_bot(program, homeserver, bot, moderator)
    tell(f"the bot is healthy, {(time.monotonic() - before) * 1000:.0f} ms after its start")

    with step("joining the management room that the bot makes"):
        watcher = Watcher(moderator)

        def invitation():
            return next((room for room, sender in watcher.invitations.items() if sender == bot.user_id), None)

        management = ManagementRoom(
            moderator, watcher, bot.user_id, watcher.wait(invitation, 20, "the bot's invitation")
        )
        moderator.join(management.room)
    tell(f"{moderator.user_id} is in the bot's management room")

    with step("making a policy list"):
        management.command("list create coc coc")
    tell("!draupnir list create coc coc", mark="✅")
    for room, name in rooms.items():
        with step(f"protecting {name}"):
            make_admin(moderator, bot, room)
            management.command(f"rooms add {room}")
    tell(f"!draupnir rooms add …, for {len(rooms)} rooms", mark="✅")

    with step("raiding the rooms"):
        spammer = homeserver.register("spammer")
        spam = raid(spammer, list(rooms))
    tell(f"{spammer.user_id} has joined every room and posted {spam} messages", mark="⚔")

    with step("banning the spammer"):
        command = f"ban {spammer.user_id} coc spam"
        since = time.monotonic()
        tell(f"!draupnir {command}", mark="▶")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(management.command, command, RAID_LIMIT)
            answer.add_done_callback(lambda _: watcher.nudge())
            bans = watch_raid_end(watcher, answer, spammer, rooms, since)
            _, answered = answer.result()
    tell(f"the bot's ✅ came {(answered - since) * 1000:.0f} ms after the command")
    print(f"\nRaid over: first ban after {bans[0] * 1000:.0f} ms, last of {len(bans)} after {bans[-1] * 1000:.0f} ms.")
    return homeserver


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--stop", action="store_true")
    # Another program in the bot's place, to try this script.
    parser.add_argument("--bot", default=ROOT / ".build" / "release" / "draupnir", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    # An interrupted run cleans up like a failed one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    stopped = stop_recorded()
    if arguments.stop:
        print(f"demo: ended {stopped} processes" if stopped else "demo: nothing was running")
        return 0
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    leave_running = False
    try:
        homeserver = run(arguments.bot)
        leave_running = not arguments.once
    except Failed as failure:
        print(f"\ndemo: failed at {failure}", file=sys.stderr)
        print(f"demo: logs are {FOLDER}/synapse.log and {FOLDER}/draupnir.log", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: interrupted", file=sys.stderr)
        return 130
    finally:
        if not leave_running:
            stop_recorded()
    if leave_running:
        print(f"""
Everything is left running. Log in with any Matrix client:
  homeserver  {homeserver.url}
  user        moderator (or member01 … member{MEMBERS}, spammer)
  password    {PASSWORD}
The management room takes commands: !draupnir help
Logs are in {FOLDER.relative_to(ROOT)}/. To end it all: scripts/demo --stop""")
    return 0


if __name__ == "__main__":
    sys.exit(main())
