import ArgumentParser

/// Where the store is and what opens it: for the daemon, and for what is done to its store without it.
struct PlaceOptions: ParsableArguments {
    @Option(help: "Configuration file (default: \(DaemonConfiguration.fileDefault), where there is one).")
    var config: String?

    @Option(help: "Folder of the store (YOGIYOGI_STATE_DIR).")
    var stateDir: String?

    @Option(help: "Folder of credentials (YOGIYOGI_CREDENTIALS_DIR; a unit's own otherwise).")
    var credentialsDir: String?
}
