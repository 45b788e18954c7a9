/// Everything outside that steps work with.
package struct SetupTools: Sendable {
    package let homeservers: any Homeservers
    package let person: any Operator
    package let files: any Files
    package let configuration: any ConfigurationFile
    package let commands: any CommandRunning
    package let clock: any SetupClock

    package init(
        homeservers: any Homeservers,
        person: any Operator,
        files: any Files,
        configuration: any ConfigurationFile,
        commands: any CommandRunning,
        clock: any SetupClock
    ) {
        self.homeservers = homeservers
        self.person = person
        self.files = files
        self.configuration = configuration
        self.commands = commands
        self.clock = clock
    }

    /// Whether the command of the server's authentication service is here, by its usual name.
    func findsServiceCommand(_ server: ServerFacts?) -> Bool {
        server?.isDelegated == true && ServiceCommands.standard.program.allSatisfy(commands.isInstalled)
    }
}
