extension Operation {
    /// What else is read.
    static func look(_ route: Route) -> Operation {
        switch route {
        case .root:
            Operation(
                "showRoot", "Where things are.", [.json(200, .of(RootResource.schema), "The routes that are read.")])
        case .openAPI:
            Operation("showOpenAPI", "This document.", [.json(200, .free, "OpenAPI 3.1.")])
        case .health:
            Operation(
                "showHealth", "Whether the loop and the store make progress.",
                [.json(200, .of(HealthResource.schema), "They do.")], [.noProgress])
        case .jobs:
            Operation(
                "listJobs", "Acts on many sagas, the newest first.", [.limit, .place],
                [.json(200, .of(JobList.schema), "A page of jobs.")])
        case .job:
            Operation(
                "showJob", "A job, and what became of its sagas.", [.limit, .place],
                [.json(200, .of(JobSheet.schema), "The job with a page of its sagas.")], [.badJob, .unknownJob])
        case .workflows:
            Operation(
                "listWorkflows", "What is loaded.", [.json(200, .of(WorkflowList.schema), "Every version.")])
        case .workflow:
            Operation(
                "showWorkflow", "The versions of a workflow.",
                [.json(200, .of(WorkflowList.schema), "Every version of it.")], [.unknownWorkflow])
        case .keyedSignal:
            Operation(
                "listKeptSignals", "Signals that wait for the saga of a key to be started.",
                [.json(200, .of(KeptList.schema), "Those that are kept.")], [.unknownWorkflow, .signalRefused, .badKey])
        case .metrics:
            Operation(
                "showMetrics", "What is counted, in Prometheus' text format or OpenMetrics, by 'Accept'.",
                [
                    Response(
                        200, "Metrics.",
                        [
                            Content(type: "text/plain", schema: .text),
                            Content(type: "application/openmetrics-text", schema: .text),
                        ])
                ])
        default:
            Operation(
                "showStatus", "How it is with the daemon.",
                [.json(200, .of(StatusResource.schema), "Its status.")])
        }
    }
}
