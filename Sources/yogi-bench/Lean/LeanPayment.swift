import Basics
import Glibc

/// A payment service on one thread that keeps nothing and answers every call, at once or after a while.
struct LeanPayment {
    let path: String
    /// Milliseconds that an answer takes, each value as often as any other.
    let latency: ClosedRange<Int64>

    /// What a charge of the reference participant answers, in as many bytes.
    static let answer = Array(#"{"paymentId":"pay-1","amount":20000,"cardNo":"************1111"}"#.utf8)
    private static let response =
        Array(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(answer.count)\r\n\r\n".utf8)
        + answer

    /// Listens, says that it is ready, and serves for ever.
    func serve(ready: () -> Void) throws {
        unlink(path)
        let listening = try UnixAddress(path).socket(then: Glibc.bind, "bind")
        guard listen(listening, 4_096) == 0 else { throw BenchFailure("listen: \(String(cString: strerror(errno)))") }
        let poller = Poller()
        poller.add(listening)
        var wires: [Int32: Wire] = [:]
        var late: [(at: Int64, socket: Int32)] = []
        var random = SystemRandomNumberGenerator()
        ready()
        while true {
            let first = late.first.map { max(0, ($0.at - MonotonicTime.nanoseconds) / 1_000_000 + 1) } ?? 60_000
            for socket in poller.wait(milliseconds: Int32(first)) {
                if socket == listening {
                    let accepted = accept(listening, nil, nil)
                    if accepted >= 0 {
                        wires[accepted] = Wire(accepted)
                        poller.add(accepted)
                    }
                    continue
                }
                guard wires[socket]?.fill() == true else {
                    wires[socket] = nil
                    late.removeAll { $0.socket == socket }
                    poller.remove(socket)
                    close(socket)
                    continue
                }
                while try wires[socket]?.next() != nil {
                    let wait = Int64.random(in: latency, using: &random)
                    if wait == 0 { try? wires[socket]?.send(Self.response) } else { later(&late, wait, socket) }
                }
            }
            while let next = late.first, next.at <= MonotonicTime.nanoseconds {
                late.removeFirst()
                try? wires[next.socket]?.send(Self.response)
            }
        }
    }

    /// In the order in which they are due.
    private func later(_ late: inout [(at: Int64, socket: Int32)], _ wait: Int64, _ socket: Int32) {
        let at = MonotonicTime.nanoseconds + wait * 1_000_000
        var (low, high) = (0, late.count)
        while low < high {
            let middle = (low + high) / 2
            if late[middle].at <= at { low = middle + 1 } else { high = middle }
        }
        late.insert((at, socket), at: low)
    }
}
