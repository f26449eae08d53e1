import CEL
import Testing

@testable import Participants

/// Forms as card processors, PHP and Rails read them.
struct FormBodyTests {
    private func form(_ json: String, max: Int = 1 << 20) throws -> String {
        String(decoding: try FormBody.bytes(of: JSON.parse(Array(json.utf8)), bytesMax: max), as: UTF8.self)
    }

    private func fault(_ json: String, max: Int = 1 << 20) -> String? {
        do {
            _ = try form(json, max: max)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (#"{"amount":1200,"currency":"eur","ok":true,"f":1.5}"#, "amount=1200&currency=eur&ok=true&f=1.5"),
        (#"{"card":{"number":"4242 42","exp":{"year":2030}}}"#, "card[number]=4242%2042&card[exp][year]=2030"),
        (
            #"{"items":[{"sku":"a"},{"sku":"b","n":2}],"tags":["x","y"]}"#,
            "items[0][sku]=a&items[1][sku]=b&items[1][n]=2&tags[0]=x&tags[1]=y"
        ),
        (#"{"a":null,"b":"","c":[],"d":{},"e":[null,1]}"#, "b=&e[1]=1"), (#"{}"#, ""),
        (#"{"a&b=c":"d&e=f+g%\r\n","ü":"€😀"}"#, "a%26b%3Dc=d%26e%3Df%2Bg%25%0D%0A&%C3%BC=%E2%82%AC%F0%9F%98%80"),
    ])
    func `values nest by brackets, in UTF-8`(json: String, form: String) throws {
        #expect(try self.form(json) == form)
    }

    @Test func `what would be read as something else is not sent`() {
        #expect(fault("[1]") == "the body is a form, and what it is made of is a list, no map")
        #expect(fault("null") == "the body is a form, and what it is made of is null, no map")
        let name = "the body is a form, and the name of a member in it is empty or holds a bracket"
        for json in [#"{"a[b]":1}"#, #"{"m":{"x][amount":1}}"#, #"{"m":{"":1}}"#, #"{"":1}"#, #"{"m":[{"]":1}]}"#] {
            #expect(fault(json) == name)
        }
    }

    @Test func `depth and length are bounded`() {
        let deep = String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17)
        #expect(fault(deep) == "the body is a form, and nests deeper than 16 levels")
        let allowed = String(repeating: #"{"a":"#, count: 16) + "1" + String(repeating: "}", count: 16)
        #expect(fault(allowed) == nil)
        #expect(fault(#"{"a":"123"}"#, max: 5) == nil)
        #expect(fault(#"{"a":"1234"}"#, max: 5) == "the body is a form of more than 5 bytes, which is the most")
        // A long name before many small values is as long as what it makes.
        let name = String(repeating: "n", count: 10_000)
        let many = #"{"\#(name)":[\#(Array(repeating: "1", count: 1_000).joined(separator: ","))]}"#
        #expect(fault(many) == "the body is a form of more than 1048576 bytes, which is the most")
    }
}
