"""The measurements behind scripts/bench, which builds what this needs.

Every wave of the bot stands beside a bare loop: the same bans of another member, asked for directly with the bot's
token. Both are timed by what a moderator's client sees, which follows all rooms by sync meanwhile.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import sys
import tempfile
import time
import urllib.parse

import lab
from lab import ROOT, Account, Failed, Watcher, Workplace, free_port, step

FOLDER = ROOT / ".local" / "bench"
SERVER_NAME = "bench.local"
ROOMS = [20, 100]
MEMBERS = 22
BIG_LISTS = 5
RULES_OF_A_LIST = 1000
WIDTHS = [1, 2, 4, 8, 16]
ROUNDS = 5
RULES_AT_ONCE = 6
# Raised with what is made, so that communities of an earlier release of this script are made anew.
TEMPLATE_VERSION = 1
BEGINNING = time.monotonic()


def tell(text):
    print(f"{time.monotonic() - BEGINNING:7.1f} s   {text}", flush=True)


def side_by_side(width, items, work):
    with concurrent.futures.ThreadPoolExecutor(width) as pool:
        return list(pool.map(work, items))


# Communities: made once, and copied for every measurement.


def template():
    """The folder of the community that all measurements copy; made where it is not there."""
    folder = FOLDER / f"community-{TEMPLATE_VERSION}"
    if not (folder / "community.json").exists():
        tell(f"making a community of {max(ROOMS)} rooms and {BIG_LISTS} long lists, once: some minutes")
        shutil.rmtree(folder, ignore_errors=True)
        # In memory where that can be: thousands of small commits wait for nothing there.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else FOLDER
        with tempfile.TemporaryDirectory(dir=memory, prefix="draupnir-bench-") as place:
            workplace = Workplace(pathlib.Path(place))
            try:
                with step("making the community"):
                    made = make_community(lab.start_homeserver(workplace, SERVER_NAME))
            finally:
                workplace.stop_recorded()
            (workplace.folder / "community.json").write_text(json.dumps(made))
            shutil.copytree(workplace.folder, folder)
    return folder


def make_community(homeserver):
    bot, moderator = homeserver.register("draupnir"), homeserver.register("moderator")
    members = side_by_side(4, range(MEMBERS), lambda number: homeserver.register(f"member{number:02}"))

    def make_room(name, **more):
        return moderator.call("POST", "/createRoom", {
            "room_version": "12", "preset": "public_chat", "name": name,
            "power_level_content_override": {"users": {bot.user_id: 100}}, **more,
        })["room_id"]

    rooms = side_by_side(4, range(max(ROOMS)), lambda number: make_room(f"Room {number}"))
    watched, management = make_room("List"), make_room("Management", preset="private_chat", invite=[bot.user_id])
    big_lists = side_by_side(BIG_LISTS, range(BIG_LISTS), lambda number: make_big_list(moderator, make_room, number))
    tell("the lists are there")
    for room in [watched, management]:
        bot.join(room)

    # One room after the other for each account: joins of one room queue up.
    def move_in(account):
        for room in rooms:
            account.join(room)

    side_by_side(8, [bot, *members], move_in)
    tell("the members are in their rooms")
    watch(bot, [watched])
    return {
        "bot": [bot.user_id, bot.token], "moderator": [moderator.user_id, moderator.token],
        "members": [member.user_id for member in members], "rooms": rooms, "list": watched,
        "big_lists": big_lists, "management": management, "secret": homeserver.secret,
    }


def make_big_list(moderator, make_room, number):
    """Rules about people who are not there, one in twenty a glob."""
    room = make_room(f"List {number}")
    for place in range(RULES_OF_A_LIST):
        entity = f"@spam{number}-{place}:server{place % 300}.example"
        if place % 20 == 0:
            entity = f"*raid-{number}-{place}-*"
        moderator.in_room("PUT", room, f"state/m.policy.rule.user/rule{place}", {
            "entity": entity, "recommendation": "m.ban", "reason": "spam",
        })
    return room


def set_account_data(account, kind, content):
    account.call("PUT", f"/user/{urllib.parse.quote(account.user_id)}/account_data/{kind}", content)


def watch(bot, lists):
    set_account_data(bot, "org.matrix.mjolnir.watched_lists", {"references": [
        f"https://matrix.to/#/{urllib.parse.quote(room)}?via={SERVER_NAME}" for room in lists
    ]})


class Community:
    """A copy of the template on a Synapse of its own, its first rooms protected, followed by its moderator."""

    def __init__(self, rooms):
        self.workplace = Workplace(FOLDER / "run")
        self.workplace.stop_recorded()
        shutil.rmtree(self.workplace.folder, ignore_errors=True)
        shutil.copytree(template(), self.workplace.folder)
        made = json.loads((self.workplace.folder / "community.json").read_text())
        self.homeserver = lab.start_homeserver(self.workplace, SERVER_NAME, made["secret"], logs_requests=True)
        self.bot_account = Account(self.homeserver, *made["bot"])
        self.moderator = Account(self.homeserver, *made["moderator"])
        self.rooms, self.list, self.management = made["rooms"][:rooms], made["list"], made["management"]
        set_account_data(self.bot_account, "org.matrix.mjolnir.protected_rooms", {"rooms": self.rooms})
        self.big_lists = made["big_lists"]
        self._members = iter(made["members"])
        self.watcher = Watcher(self.moderator)
        self.watcher.wait(lambda: self.watcher.events or None, 60, "the moderator's first sync")

    def member(self):
        """One who was not banned yet."""
        return next(self._members)

    def make_rule(self, user):
        self.moderator.in_room("PUT", self.list, f"state/m.policy.rule.user/{urllib.parse.quote('rule:' + user)}", {
            "entity": user, "recommendation": "m.ban", "reason": "spam",
        })

    def bans(self, users, first, patience=300):
        """When the moderator's client saw each ban of these users; waits until they are banned everywhere."""
        wanted = {(room, user) for room in self.rooms for user in users}
        seen, looked = {}, first

        def look():
            nonlocal looked
            while looked < len(self.watcher.events):
                moment, room, event = self.watcher.events[looked]
                looked += 1
                place = (room, event.get("state_key"))
                if event["type"] == "m.room.member" and event["content"].get("membership") == "ban" and place in wanted:
                    seen.setdefault(place, moment)
            return seen if len(seen) == len(wanted) else None

        return sorted(self.watcher.wait(look, patience, f"bans of {', '.join(users)}").values())

    def requests(self, since=0):
        """What Synapse logged of its requests behind a place in its log."""
        with open(self.workplace.folder / "synapse.log", errors="replace") as log:
            log.seek(since)
            return [line for line in log if "Processed request" in line]

    @property
    def log_size(self):
        return os.path.getsize(self.workplace.folder / "synapse.log")

    def stop(self):
        self.workplace.stop_recorded()


class Bot:
    def __init__(self, community, program):
        self.community = community
        self.program = program
        folder = community.workplace.folder
        self.port = free_port()
        (folder / "access-token").write_text(community.bot_account.token)
        (folder / "access-token").chmod(0o600)
        (folder / "draupnir.yaml").write_text(f"""\
homeserverUrl: "{community.homeserver.url}"
rawHomeserverUrl: "{community.homeserver.url}"
managementRoom: "{community.management}"
dataPath: "{folder}/draupnir"
health: {{healthz: {{enabled: true, address: "127.0.0.1", port: {self.port}}}}}
""")
        self.process = None

    def start(self):
        """Returns when it was started, and after how long it answered, and answered that it is ready."""
        folder = self.community.workplace.folder
        command = [self.program, "bot", "--draupnir-config", folder / "draupnir.yaml",
                   "--access-token-path", folder / "access-token"]
        start = time.monotonic()
        self.process = self.community.workplace.start("draupnir", command)
        answered = None
        while time.monotonic() < start + 120:
            if self.process.poll() is not None:
                raise Failed("the bot ended: " + lab.tail(folder / "draupnir.log"))
            status = self.health()
            if status is not None and answered is None:
                answered = time.monotonic() - start
            if status == 200:
                return start, answered, time.monotonic() - start
            time.sleep(0.001)
        raise Failed("the bot is not ready after two minutes: " + lab.tail(folder / "draupnir.log"))

    def health(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def pause(self):
        """Neither it nor its sync takes a part in what follows."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.process.pid, signal.SIGCONT)
        time.sleep(1.0)

    @property
    def processor_time(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1000


# What is measured.


def bot_wave(community, bot, users):
    first, cpu = len(community.watcher.events), bot.processor_time
    start = time.monotonic()
    side_by_side(len(users), users, community.make_rule)
    written = time.monotonic() - start
    seen = community.bans(users, first)
    return {
        "rule written": written, "first": seen[0] - start, "last": seen[-1] - start, "cpu": bot.processor_time - cpu,
    }


def bare_wave(community, users, width):
    first = len(community.watcher.events)
    start = time.monotonic()
    side_by_side(width, [(room, user) for user in users for room in community.rooms], lambda place: (
        community.bot_account.in_room("POST", place[0], "ban", {"user_id": place[1], "reason": "spam"})
    ))
    answered = time.monotonic() - start
    seen = community.bans(users, first)
    return {"first": seen[0] - start, "last": seen[-1] - start, "answered": answered, "width": width}


def measure_start(community, bot, name):
    """A start with a rule waiting: to the answers, to ready, and to the last ban."""
    user, first, log = community.member(), len(community.watcher.events), community.log_size
    community.make_rule(user)
    start, answered, ready = bot.start()
    seen = community.bans([user], first)
    time.sleep(0.5)
    asked = [line for line in community.requests(log) if re.search(r"GET /_matrix/client/v3/rooms/[^/]+/state[? ]", line)]
    result = {
        "answers": answered, "ready": ready, "first ban": seen[0] - start, "last ban": seen[-1] - start,
        "state requests": len(asked), "memory": bot.memory,
    }
    tell(f"{name}: {show(result)}")
    return result


def measure_waves(community, bot):
    bot.pause()
    search = {width: bare_wave(community, [community.member()], width) for width in WIDTHS}
    best = min(search, key=lambda width: search[width]["last"])
    bot.resume()
    tell("bare loop, by how many at once: " + ", ".join(f"{width}: {search[width]['last']:.2f} s" for width in WIDTHS))
    bot_runs, bare_runs = [], []
    for _ in range(ROUNDS):
        bot_runs.append(bot_wave(community, bot, [community.member()]))
        time.sleep(1.0)
        bot.pause()
        bare_runs.append(bare_wave(community, [community.member()], best))
        bot.resume()
        tell(f"one rule: {show(bot_runs[-1])} | bare loop, {best} at once: {show(bare_runs[-1])}")
    return {"search": search, "bot": bot_runs, "bare": bare_runs, "best width": best}


def measure_rules_at_once(community, bot, width):
    bot_run = bot_wave(community, bot, [community.member() for _ in range(RULES_AT_ONCE)])
    time.sleep(1.0)
    bot.pause()
    bare_run = bare_wave(community, [community.member() for _ in range(RULES_AT_ONCE)], width)
    bot.resume()
    tell(f"{RULES_AT_ONCE} rules: {show(bot_run)} | bare loop: {show(bare_run)}")
    return {"bot": bot_run, "bare": bare_run}


def measure_many_rules(community, bot):
    log = community.log_size
    watch(community.bot_account, [community.list, *community.big_lists])
    end = time.monotonic() + 60
    while sum("/state" in line and "GET" in line for line in community.requests(log)) < BIG_LISTS:
        if time.monotonic() > end:
            raise Failed("the big lists were not loaded within 60 s")
        time.sleep(0.2)
    time.sleep(2.0)
    live = bot.memory
    wave = bot_wave(community, bot, [community.member()])
    bot.stop()
    restart = measure_start(community, bot, f"restart with {BIG_LISTS * RULES_OF_A_LIST} rules")
    second = bot_wave(community, bot, [community.member()])
    result = {"memory when watched": live, "wave": wave, "restart": restart, "wave after restart": second,
              "memory at the end": bot.memory}
    tell(f"{BIG_LISTS * RULES_OF_A_LIST} rules: {show(result)}")
    return result


def measure(rooms, program):
    results = {}
    community = Community(rooms)
    try:
        bot = Bot(community, program)
        results["first start"] = measure_start(community, bot, "first start")
        bot.stop()
        results["restart"] = measure_start(community, bot, "restart")
        results["waves"] = measure_waves(community, bot)
    finally:
        community.stop()
    community = Community(rooms)
    try:
        bot = Bot(community, program)
        bot.start()
        time.sleep(1.0)
        results["rules at once"] = measure_rules_at_once(community, bot, results["waves"]["best width"])
        results["many rules"] = measure_many_rules(community, bot)
    finally:
        community.stop()
    return results


# What is shown.


def show(result):
    return ", ".join(
        f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in result.items() if not isinstance(value, dict)
    )


def table(all_results):
    rows = [("what", "bot", "bare loop", "ratio")]
    for rooms, results in all_results.items():
        waves, at_once, many = results["waves"], results["rules at once"], results["many rules"]

        def middle(runs, name):
            return statistics.median(run[name] for run in runs)

        def start(name, key):
            run = results[name] if name in results else many[name]
            rows.append((f"{rooms} rooms, {key}: exec to answers / ready", f"{run['answers']:.3f} / {run['ready']:.3f} s", "", ""))
            rows.append(("  rule waiting: first / last ban after exec", f"{run['first ban']:.2f} / {run['last ban']:.2f} s", "", ""))
            rows.append(("  requests of /state", str(run["state requests"]), "", ""))
            rows.append(("  resident memory", f"{run['memory']:.1f} MB", "", ""))

        start("first start", "first start")
        start("restart", "restart")
        rows.append((f"{rooms} rooms, one new rule: first ban", f"{middle(waves['bot'], 'first'):.3f} s",
                     f"{middle(waves['bare'], 'first'):.3f} s", ""))
        pairs = [("  banned in every room", middle(waves["bot"], "last"), middle(waves["bare"], "last")),
                 (f"  {RULES_AT_ONCE} new rules at once: all bans", at_once["bot"]["last"], at_once["bare"]["last"])]
        for name, ours, bare in pairs:
            rows.append((name, f"{ours:.2f} s", f"{bare:.2f} s", f"{ours / bare:.2f}"))
        rows.append(("  the bot's processor time for those", f"{at_once['bot']['cpu']:.2f} s", "", ""))
        run = many["restart"]
        rows.append((f"{rooms} rooms, {BIG_LISTS * RULES_OF_A_LIST} rules more: exec to answers / ready",
                     f"{run['answers']:.3f} / {run['ready']:.3f} s", "", ""))
        rows.append(("  rule waiting: last ban after exec", f"{run['last ban']:.2f} s", "", ""))
        rows.append(("  requests of /state", str(run["state requests"]), "", ""))
        rows.append(("  one new rule: first / last ban",
                     f"{many['wave after restart']['first']:.3f} / {many['wave after restart']['last']:.2f} s", "", ""))
        rows.append(("  resident memory, watched live / restarted",
                     f"{many['memory when watched']:.1f} / {many['memory at the end']:.1f} MB", "", ""))
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, [62, 20, 12, 6])).rstrip() for row in rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--raw", type=pathlib.Path)
    parser.add_argument("--bot", default=ROOT / ".build" / "release" / "draupnir", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        results = {}
        for rooms in ROOMS[:1] if arguments.quick else ROOMS:
            with step(f"measuring {rooms} rooms"):
                results[rooms] = measure(rooms, arguments.bot)
            if arguments.raw:
                arguments.raw.write_text(json.dumps(results, indent=1))
    except Failed as failure:
        print(f"bench: failed at {failure}", file=sys.stderr)
        return 1
    print("\n" + table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
