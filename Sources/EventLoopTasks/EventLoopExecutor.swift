public import NIOCore
import NIOPosix

/// Runs tasks on an event loop's thread.
///
/// Between reading from a connection and writing to it, a task would otherwise leave the loop's thread for one of Swift's pool and
/// come back: two wake-ups of sleeping threads for each request, which cost more than most requests do. What runs here must not
/// block, or the connections of the loop wait.
public final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    /// An executor for `loop`; keep it, as tasks do not.
    public init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// One for each loop of NIO's shared group.
    private static let shared: [ObjectIdentifier: EventLoopExecutor] = {
        var executors: [ObjectIdentifier: EventLoopExecutor] = [:]
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            executors[ObjectIdentifier(loop)] = EventLoopExecutor(loop)
        }
        return executors
    }()

    /// The executor of a loop of NIO's shared group; `nil` for a loop of another.
    public static func shared(for loop: any EventLoop) -> EventLoopExecutor? {
        shared[ObjectIdentifier(loop)]
    }

    /// Called by Swift's runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
