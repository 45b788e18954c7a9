import CommandGrammar
import MatrixCore
import Testing

@Suite struct ArgumentParserTests {
    @Test(arguments: [
        "@a:b --dry-run --room !r:s spam reason",
        "--dry-run --room=!r:s @a:b spam reason",
        "@a:b spam reason --dry-run --room !r:s",
        "@a:b spam --dry-run --room !r:s reason",
        "@a:b -dry-run :room !r:s spam reason",  // Draupnir's other spellings of options
        "@a:b \u{2014}dry-run \u{2013}-room !r:s spam reason",  // what phones make of two dashes
        "@a:b --Dry-Run=true --ROOM=\"!r:s\" spam reason",
    ])
    func `options stand anywhere`(_ text: String) throws {
        let arguments = try Kick.description.parse(text)
        #expect(arguments[Kick.user] == .user(try UserID(parsing: "@a:b")))
        #expect(arguments[Kick.dryRun])
        #expect(!arguments[Kick.glob])
        #expect(arguments[Kick.room] == RoomReference(try RoomID(parsing: "!r:s")))
        #expect(arguments[Kick.reason] == "spam reason")
    }

    @Test func `what is not given is absent`() throws {
        let arguments = try Kick.description.parse("@a:b")
        #expect(!arguments[Kick.dryRun])
        #expect(arguments[Kick.room] == nil)
        #expect(arguments[Kick.reason] == "")
        #expect(!arguments.isGiven(Kick.room))
    }

    @Test(arguments: [
        ("--glob spam", true, "spam"),  // Draupnir lost the word behind a flag
        ("--glob=true spam", true, "spam"),
        ("--glob=false spam", false, "spam"),
        ("spam --glob", true, "spam"),
        ("--glob false", true, "false"),
    ])
    func `a flag swallows no word`(_ text: String, isGlob: Bool, reason: String) throws {
        let arguments = try Kick.description.parse("@a:b \(text)")
        #expect(arguments[Kick.glob] == isGlob)
        #expect(arguments[Kick.reason] == reason)
    }

    @Test(arguments: [
        "007", "two  blanks", "a\nb", ":)", "- x", "yes :( :emoji: -1", "see #room:server or !id:server",
        "isfalse", "99999999999999999999", "say \"that\" again", "it -- ends", "the --unknown option",
        "see -dry-run", "\u{201C}x\u{201D} y",
    ])
    func `a reason comes out as it was typed`(_ reason: String) throws {
        let arguments = try Kick.description.parse("@a:b \(reason)")
        #expect(arguments[Kick.reason] == reason)
        #expect(!arguments[Kick.dryRun])
    }

    @Test func `one quoted text is a reason without its quotes`() throws {
        #expect(try Kick.description.parse(#"@a:b "two  \" words""#)[Kick.reason] == #"two  " words"#)
        #expect(try Ban.description.parse(#"@a:b coc """#)[Ban.reason] == "")
    }

    @Test func `two dashes end the options`() throws {
        let arguments = try Kick.description.parse("@a:b -- --dry-run")
        #expect(!arguments[Kick.dryRun])
        #expect(arguments[Kick.reason] == "--dry-run")
    }

    @Test func `a quoted word is no option`() throws {
        let arguments = try Kick.description.parse(#"@a:b "--dry-run""#)
        #expect(!arguments[Kick.dryRun])
        #expect(arguments[Kick.reason] == "--dry-run")
    }

    @Test(
        arguments: [
            ("", ArgumentError(.missing(parameter: "user", .userOrGlob), at: 0)),
            ("--dry-run", ArgumentError(.missing(parameter: "user", .userOrGlob), at: 1)),
            ("@a", ArgumentError(.unreadable(parameter: "user", .userOrGlob, .userWithoutServer), at: 0)),
            ("@a:b --room", ArgumentError(.missingValue(option: "room", .room), at: 1)),
            ("@a:b --room --dry-run", ArgumentError(.missingValue(option: "room", .room), at: 1)),
            ("@a:b --room x", ArgumentError(.unreadableValue(option: "room", .room, .otherKind), at: 2)),
            ("@a:b --room=x", ArgumentError(.unreadableValue(option: "room", .room, .otherKind), at: 1)),
            ("@a:b --room !r:s --room !q:s", ArgumentError(.repeated(option: "room"), at: 3)),
            ("@a:b --dry-run=maybe", ArgumentError(.flagWithValue(option: "dry-run"), at: 1)),
            ("@a:b --dryrun", ArgumentError(.unknownOption("--dryrun"), at: 1, suggestions: ["--dry-run"])),
            ("@a:b --zzz x", ArgumentError(.unknownOption("--zzz"), at: 1)),
        ]
    )
    func `says what is wrong and where`(_ text: String, error: ArgumentError) {
        #expect(throws: error) { try Kick.description.parse(text) }
    }

    @Test func `a word too many is an error`() {
        #expect(throws: ArgumentError(.unexpected, at: 0)) { try Bare.status.parse("x") }
        #expect(throws: ArgumentError(.unexpected, at: 0, suggestions: [])) { try Bare.status.parse("-x") }
    }

    @Test func `what may be asked for is told apart from what is wrong`() {
        #expect(throws: ArgumentError(.missing(parameter: "list", .list), at: 1)) { try Ban.description.parse("@a:b") }
        #expect(throws: ArgumentError(.missing(parameter: "reason", .text), at: 2)) {
            try Ban.description.parse("@a:b coc")
        }
        #expect(throws: ArgumentError(.missing(parameter: "entity", .entity), at: 0)) {
            try Unban.description.parse("")
        }
        #expect(throws: ArgumentError(.unreadable(parameter: "entity", .entity, .implausibleServer), at: 0)) {
            try Ban.description.parse("notaserver coc spam")
        }
        #expect(throws: ArgumentError(.unreadable(parameter: "room", .room, .otherKind), at: 0)) {
            try Bare.add.parse("@a:b")
        }
    }

    @Test(arguments: [("@a:b", "list"), ("@a:b coc", "reason"), ("", nil), ("@a", nil)] as [(String, String?)])
    func `only what is declared so is asked for`(_ text: String, asked: String?) throws {
        let error = #expect(throws: ArgumentError.self) { try Ban.description.parse(text) }
        #expect(Ban.description.promptedParameter(after: try #require(error)) == asked)
    }

    @Test func `an optional word may be left out`() throws {
        #expect(try Unban.description.parse("@a:b")[Unban.legacy] == nil)
        #expect(try Unban.description.parse("@a:b true --no-confirm")[Unban.legacy] == true)
        #expect(throws: ArgumentError(.unreadable(parameter: "true", .boolean, .otherKind), at: 1)) {
            try Unban.description.parse("@a:b x")
        }
    }

    @Test func `an optional word that does not fit belongs to the rest`() throws {
        let list = OptionalParameter("room", .room, "Where")
        let reason = RestOfText("reason", "Why")
        let command = CommandDescription("redact", "Redacts", arguments: [list, reason])
        #expect(try command.parse("!r:s spam")[reason] == "spam")
        let arguments = try command.parse("rude spam")
        #expect(arguments[list] == nil)
        #expect(arguments[reason] == "rude spam")
    }

    @Test func `a rest of words has each word read`() throws {
        let arguments = try Powerlevel.description.parse("@a:b -5 !r:s #x:y")
        #expect(arguments[Powerlevel.level] == -5)
        #expect(arguments[Powerlevel.rooms].map(\.text) == ["!r:s", "#x:y"])
        #expect(throws: ArgumentError(.unreadable(parameter: "rooms", .room, .otherKind), at: 2)) {
            try Powerlevel.description.parse("@a:b 5 nowhere")
        }
        #expect(
            throws: ArgumentError(
                .unreadable(parameter: "level", .integer(-100...100), .outOfRange(-100...100)),
                at: 1
            )
        ) {
            try Powerlevel.description.parse("@a:b 101")
        }
    }

    @Test func `what was typed can be typed again`() throws {
        let text = #"@a:b --room "!r:s" two  "quoted words""#
        let arguments = try Kick.description.parse(text)
        #expect(arguments.items == ["@a:b", "--room", #""!r:s""#, "two", #""quoted words""#])
        let again = try Kick.description.parse(arguments.items.joined(separator: " ") + " --dry-run")
        #expect(again[Kick.room] == arguments[Kick.room])
        #expect(again[Kick.reason] == #"two "quoted words""#)
        #expect(again[Kick.dryRun])
    }
}
