import CEL
import ControlAPI
import Foundation
import HTTPTypes
import Identity
import NIOHTTP1
import TestPrograms
import Testing

@testable import Gateway

/// The gateway's OpenAPI document. That answers are as it says, each house holds.
struct DocumentTests {
    private static let operations = Gateway.document.operations

    @Test func `each row of the table is in the document, and what is passed on is all of the control API`() {
        for route in Gateway.routes where route.operation != nil {
            let path = route.path
            #expect(route.operations.first?.path == path && route.operations.first?.method == route.method.rawValue)
            let arguments = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            let known = route.operation?.parameters.filter { $0.place == .path }.map(\.name)
            #expect(known == arguments, "\(path)")
        }
        let relayed = Gateway.routes.flatMap(\.relayed).map { "\($0.method) \($0.path)" }
        let control = Operation.control.filter { $0.method != "HEAD" && $0.path != "/" }
            .map { "\($0.method) " + ($0.path == "/metrics" ? "" : "/api") + $0.path }
        #expect(relayed.sorted() == control.sorted())
        let ids = Self.operations.map(\.id)
        #expect(Set(ids).count == ids.count, "\(Dictionary(grouping: ids) { $0 }.filter { $1.count > 1 }.keys)")
    }

    @Test func `who may is who the door lets in`() {
        for route in Gateway.routes {
            guard case .act(let act) = route.access, let operation = route.operation else { continue }
            #expect(operation.roles == (act.roles ?? []).map(\.rawValue), "\(route.path)")
            #expect(operation.proofs.isEmpty == (act.roles == nil && act != .seeOwn), "\(route.path)")
        }
    }

    @Test func `it comes as it is, and the index leads to it`() async throws {
        try await House.open(.known(try Staff())) { house in
            let index = try await house.ask(.GET, "/")
            #expect(index["_links", "service-desc", "href"] == "/openapi.json")
            let answer = try await house.ask(.GET, "/openapi.json")
            #expect(answer.status == 200 && answer.headers.first(name: "content-type") == "application/json")
            #expect(answer.text == JSON.string(Gateway.document.json))
        }
    }

    @Test func `no route takes a parameter that the document has not`() async throws {
        try await House.open { house in
            for operation in Self.operations where operation.method == "GET" && !operation.path.contains("{") {
                let answer = try await house.ask(.GET, operation.path + "?colour=red")
                #expect(answer.status == 400 && answer.problem == "bad-request", "\(operation.path): \(answer.text)")
                #expect(answer.text.contains("colour"), "\(answer.text)")
            }
        }
    }

    @Test func `another method is refused with those that there are`() async throws {
        try await House.open { house in
            let methods = Dictionary(grouping: Self.operations, by: \.path).mapValues { $0.map(\.method).sorted() }
            for (path, known) in methods {
                let asked = path.replacing(#/\{[a-zA-Z]+\}/#, with: "1")
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
                where !known.contains(method) {
                    let answer = try await house.ask(HTTPMethod(rawValue: method), asked)
                    #expect(answer.status == 405, "\(method) \(asked): \(answer.text)")
                    let allow = answer.headers.first(name: "allow")?.split(separator: ", ").map(String.init)
                    #expect(allow?.sorted() == known.sorted(), "\(method) \(asked)")
                }
            }
        }
    }

    @Test func `a body that cannot be read is told with its place`() async throws {
        try await House.open { house in
            let broken = try await house.ask(.POST, "/orders", "{\n\"name\" 1}")
            #expect(broken.status == 400 && broken["line"] == 2 && broken["column"] == 8, "\(broken.text)")
            let unfit = try await house.ask(.POST, "/orders", #"{"name":"A","cardNo":"1","nights":1e999}"#)
            #expect(unfit.status == 422 && unfit.problem == "unfit-number", "\(unfit.text)")
            #expect(unfit["faults", "0", "pointer"] == "/nights")
            let long = try await house.ask(.POST, "/orders", String(repeating: " ", count: 65 << 10))
            #expect(long.status == 413 && long["bodyBytesMax"] == .int(64 << 10), "\(long.text)")
            #expect(try await house.ask(.GET, "/api/metrics").status == 404)
            // What a form carries is no member of JSON.
            let order = try await house.ask(.POST, "/orders", #"{"name":"A","cardNo":"1","csrf":1}"#)
            #expect(order.status == 422 && order["faults", "0", "pointer"] == "/csrf", "\(order.text)")
        }
    }

    @Test func `what the asker got wrong is not laid on a service`() async throws {
        try await House.open { house in
            for list in ["reservations", "cancellations", "paymentHistories"] {
                for after in ["", "x", "-1", "9223372036854775808"] {
                    let answer = try await house.ask(.GET, "/\(list)?after=\(after)")
                    #expect(answer.status == 400 && answer.problem == "bad-request", "\(list) \(after): \(answer.text)")
                }
            }
            #expect(try await house.ask(.GET, "/reservations?after=0").status == 200)
        }
    }

    @Test func `a form's key is read also where nothing is repeated by it`() async throws {
        try await House.open { house in
            let form = [("Content-Type", "application/x-www-form-urlencoded")]
            for key in ["", "%C3%97", "a%20b", String(repeating: "k", count: 129)] {
                let answer = try await house.ask(.POST, "/operations/resume", "idempotency-key=\(key)", form)
                #expect(answer.status == 400 && answer.problem == "bad-request", "\(key): \(answer.text)")
            }
            #expect(try await house.ask(.POST, "/operations/resume", "idempotency-key=k", form).status == 303)
        }
    }
}
