import Glibc

/// Turns away whoever waits on a listening socket, for a service that its socket has started and that cannot run.
public enum Refusal {
    /// As many as may wait (``HTTPListenerConfiguration/backlog``); who comes meanwhile is the next start's.
    private static let countMax = 4_096

    /// Answers each with 503 and a problem (RFC 9457), whatever it has asked, and waits for nobody.
    public static func answerAll(on descriptor: Int32, with problem: [UInt8]) {
        let head =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
            + "Content-Length: \(problem.count)\r\nConnection: close\r\n\r\n"
        let answer = Array(head.utf8) + problem
        for _ in 0..<countMax {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 0) == 1 else { return }
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { return }
            refuse(client, answer)
            close(client)
        }
    }

    private static func refuse(_ client: Int32, _ answer: [UInt8]) {
        // Closed with something unread, a Unix socket is reset, and the answer may be lost with it.
        var asked = [UInt8](repeating: 0, count: 64 << 10)
        while recv(client, &asked, asked.count, Int32(MSG_DONTWAIT)) > 0 {}
        _ = send(client, answer, answer.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        shutdown(client, Int32(SHUT_WR))
    }
}
