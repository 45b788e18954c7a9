"""The demo behind scripts/demo, which installs and builds what this needs."""

import argparse
import concurrent.futures
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time

import lab
from lab import PASSWORD, ROOT, Failed, Watcher, Workplace, free_port, step

FOLDER = ROOT / ".local" / "demo"
SERVER_NAME = "demo.local"
ROOMS = ["Lobby", "Help", "Off-topic", "Events", "Announcements"]
MEMBERS = 30
ROOMS_OF_A_MEMBER = 3
SPAM_PER_ROOM = 3
RAID_LIMIT = 30.0
BEGINNING = time.monotonic()
workplace = Workplace(FOLDER)


def tell(text, since=BEGINNING, mark=" "):
    print(f"{time.monotonic() - since:7.2f} s {mark} {text}", flush=True)


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


def set_up_bot(program, homeserver, moderator):
    """Everything that an operator has to do, by one command: account, rights, rooms, list, configuration, self-test.

    Returns the bot's user ID and its management room.
    """
    made = subprocess.run(
        [program, "setup", "--non-interactive", "--json", "--homeserver", homeserver.url,
         "--manager", moderator.user_id, "--homeserver-config", FOLDER / "homeserver.yaml", "--server-admin",
         "--directory", FOLDER / "draupnir"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
    )
    (FOLDER / "setup.log").write_text(made.stderr)
    if made.returncode != 0:
        raise Failed(f"draupnir setup ended with {made.returncode}:\n{made.stderr.strip()}")
    return json.loads(made.stdout)


def start_bot(program):
    port = free_port()
    folder = FOLDER / "draupnir"
    configuration = folder / "production.yaml"
    text = configuration.read_text()
    if "\nhealth:" in text:
        raise Failed("the configuration that setup wrote has a health section already")
    configuration.write_text(f"""{text}
# Added by the demonstration: where it sees that the bot is ready.
health:
  healthz:
    enabled: true
    address: "127.0.0.1"
    port: {port}
""")
    command = [program, "bot", "--draupnir-config", configuration,
               "--access-token-path", folder / "secrets" / "access-token"]
    workplace.wait_until_healthy("draupnir", workplace.start("draupnir", command), port, "/healthz", 20)


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


def make_admin(moderator, user, room):
    moderator.in_room("POST", room, "invite", {"user_id": user})
    levels = moderator.in_room("GET", room, "state/m.room.power_levels/")
    levels["users"] = levels.get("users", {}) | {user: 100}
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
        homeserver = lab.start_homeserver(workplace, SERVER_NAME)
    tell(f"Synapse runs at {homeserver.url}")

    # Before the bot: that people move in is not what this shows, and goes faster while nobody watches.
    with step("setting up the community"):
        moderator = homeserver.register("moderator")
        rooms = {make_room(moderator, name): name for name in ROOMS}
        move_in(homeserver, list(rooms))
    tell(f"{MEMBERS} people live in {', '.join(ROOMS)}; {moderator.user_id} looks after them")

    with step("setting the bot up"):
        before = time.monotonic()
        made = set_up_bot(program, homeserver, moderator)
    tell(f"draupnir setup made {made['user']}, its management room, the list coc, and tested them, in "
         f"{(time.monotonic() - before) * 1000:.0f} ms")

    with step("starting the bot"):
        before = time.monotonic()
        start_bot(program)
    tell(f"the bot is healthy, {(time.monotonic() - before) * 1000:.0f} ms after its start")

    with step("joining the management room"):
        watcher = Watcher(moderator)
        management = ManagementRoom(moderator, watcher, made["user"], made["management_room"])
        moderator.join(management.room)
    tell(f"{moderator.user_id} is in the bot's management room")

    for room, name in rooms.items():
        with step(f"protecting {name}"):
            make_admin(moderator, made["user"], room)
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

    stopped = workplace.stop_recorded()
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
            workplace.stop_recorded()
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
