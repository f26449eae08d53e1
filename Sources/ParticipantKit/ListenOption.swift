public import Listener

/// The option `--listen` of a participant.
public enum ListenOption {
    /// Reads `unix:/path`, `/path` or `host:port`.
    ///
    /// - Throws: ``OptionError``.
    public static func parse(_ text: String) throws(OptionError) -> ListenAddress {
        guard let address = ListenAddress(parsing: text) else {
            throw OptionError("'\(text)' is no address: write unix:/PATH or HOST:PORT, as in 127.0.0.1:8082")
        }
        return address
    }

    /// What to listen on: the one socket that was inherited, else what the option says.
    ///
    /// - Throws: ``OptionError`` when more than one socket was inherited: which would be served?
    public static func choose(inherited: [Int32], option: ListenAddress) throws(OptionError) -> ListenAddress {
        guard inherited.count <= 1 else {
            throw OptionError(
                "\(inherited.count) sockets were inherited: the .socket unit needs exactly one ListenStream=")
        }
        return inherited.first.map(ListenAddress.descriptor) ?? option
    }
}
