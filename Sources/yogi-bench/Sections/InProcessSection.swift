import SagaEngine

/// (b) The engine without socket and processes: decide, write, commit, answer.
struct InProcessSection {
    let place: BenchFolder
    let load: Load

    func measure() async throws -> [Report.Run] {
        let (load, loaded) = (load, try BenchWorkflow.loaded())
        return try await InProcessEngine.with(store: place.file("engine.db"), workflows: [loaded]) { engine in
            let meter = Meter(processes: [("engine", 0)]) {
                let status = try await engine.status()
                return (status.inputs, status.commits)
            }
            var runs: [Report.Run] = []
            for clients in load.clients {
                let outcome = try await load.run("in process", clients: clients, meter: meter) { _ in
                    EngineGuest(engine: engine)
                }
                runs.append(Report.Run(.inProcess, "in process", clients: clients, requests: 3, outcome))
            }
            return runs
        }
    }
}
