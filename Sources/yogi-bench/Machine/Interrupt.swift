import Dispatch
import Glibc

/// Cleans up on ^C, which the programs that were started get too.
final class Interrupt {
    private let source: any DispatchSourceSignal

    init(_ cleanUp: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler {
            cleanUp()
            _exit(130)
        }
        source.resume()
    }

    /// From now on there is nothing to clean up.
    func ignore() {
        source.cancel()
    }
}
