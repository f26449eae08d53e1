/// The version of the programs, which are built and installed together.
public enum ProgramVersion {
    /// As `--version` prints it and `GET /v1/status` tells it.
    public static let text = "0.1.0"
}
