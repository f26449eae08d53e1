extension Report {
    /// (g)
    struct Outage: Codable {
        /// Sagas that wait for the participant.
        var guests: Int
        /// Of the outage, after its begin.
        var seconds: Double
        /// While nothing could be sent.
        var commitsPerSecond: Double
        /// Of one processor, 0 to 1.
        var cpuPart: Double
        /// In the history of one of them, when it was through.
        var recordsPerSaga: Int
        /// From the participant's return until the last was reserved.
        var secondsUntilThrough: Double
    }

    /// (h)
    struct Growth: Codable {
        /// Sagas in the store that have ended.
        var ended: Int
        var clients: Int
        var sagasPerSecond: Double
        /// CPU of the daemon for one saga.
        var daemonMicroseconds: Double
        /// Milliseconds of a list of the newest 50.
        var newest: Double
        /// Milliseconds of a list of those that are stuck, of which there are none.
        var stuck: Double
        /// Until the daemon was ready.
        var readyMilliseconds: Double
    }
}
