import CEL
import ControlAPI

/// Reads `identity:`, and notes every fault.
struct IdentityReader {
    private(set) var faults: [IdentityConfiguration.Fault] = []

    mutating func configuration(
        _ value: Value, _ listening: [IdentityConfiguration.Listening]
    ) -> IdentityConfiguration {
        var read = IdentityConfiguration()
        let path = ["identity"]
        let keys = ["open", "origins", "key", "tokens", "jwt", "proxy", "forwarders", "limits"]
        for (key, value) in members(value, path, keys) {
            let path = path + [key]
            switch key {
            case "open": flag(value, path).map { read.isOpen = $0 }
            case "origins": read.origins = Set(items(value).enumerated().compactMap { origin($1, path, $0) })
            case "key": credential(value, path).map { read.key = $0 }
            case "tokens": read.tokens = credential(value, path)
            case "jwt": read.jwt = webTokens(value, path)
            case "proxy": read.proxy = proxy(value, path)
            case "forwarders": read.forwarders = peers(value, path)
            case "limits": limits(value, path, &read.limits)
            default: break
            }
        }
        read.forwarders.uids.formUnion(read.proxy?.peers.uids ?? [])
        read.forwarders.ranges += read.proxy?.peers.ranges ?? []
        if read.isOpen { judgeOpen(read, listening) }
        return read
    }

    /// Who asks nobody lets in whoever reaches it: that may be this machine alone.
    private mutating func judgeOpen(
        _ read: IdentityConfiguration, _ listening: [IdentityConfiguration.Listening]
    ) {
        let path = ["identity", "open"]
        let wide = listening.compactMap { place -> String? in
            switch place {
            case .address(let address): address.isLoopback ? nil : address.description
            case .socket(let path): path
            case .name(let name): name
            }
        }
        if !wide.isEmpty || listening.isEmpty {
            let places = wide.isEmpty ? "nowhere that is known" : wide.joined(separator: " and ")
            fault(
                path,
                "lets everybody do everything, so it takes a listen address of loopback (127.0.0.1, ::1), and the gateway listens at "
                    + "\(places): listen there, or take 'open' out and name 'tokens', 'jwt' or 'proxy'")
        }
        let asked = [read.tokens.map { _ in "tokens" }, read.jwt.map { _ in "jwt" }, read.proxy.map { _ in "proxy" }]
        for name in asked.compactMap(\.self) {
            fault(path, "asks nobody, and 'identity.\(name)' asks: take one of them out")
        }
    }

    private mutating func webTokens(_ value: Value, _ path: [String]) -> WebTokenRules? {
        var texts = ["user": "sub"]
        var map: [String: Set<Role>] = [:]
        var keys: WebTokenRules.Keys?
        let known = ["jwks", "issuer", "audience", "user", "roles", "map"]
        let entries = members(value, path, known)
        for (key, value) in entries {
            switch key {
            case "map": map = roleTable(value, path + [key])
            case "jwks": keys = text(value, path + [key]).flatMap { place($0, path + [key]) }
            default: texts[key] = text(value, path + [key])
            }
        }
        let given = Set(entries.map(\.key))
        for name in known where !given.contains(name) && name != "user" {
            let advice =
                name == "map"
                ? "say what the issuer's roles are here, such as { hotel-desk: [signaller] }" : "it is needed"
            fault(path + [name], "is missing: \(advice)")
        }
        guard let keys, let issuer = texts["issuer"], let audience = texts["audience"], let roles = texts["roles"],
            let user = texts["user"]
        else { return nil }
        return WebTokenRules(keys: keys, issuer: issuer, audience: audience, user: user, roles: roles, map: map)
    }

    /// A file by its whole path, or an URL whose answer nobody on the way can change.
    private mutating func place(_ text: String, _ path: [String]) -> WebTokenRules.Keys? {
        if text.hasPrefix("/") { return .file(text) }
        if text.hasPrefix("https://"), text.utf8.count > 8 { return .url(text) }
        if text.hasPrefix("http://") {
            let rest = text.dropFirst("http://".count).prefix { $0 != "/" }
            let host = rest.hasPrefix("[") ? rest.dropFirst().prefix { $0 != "]" } : rest.prefix { $0 != ":" }
            if !rest.contains("@"), host == "localhost" || InternetAddress(host)?.isLoopback == true {
                return .url(text)
            }
            fault(
                path, "has keys come by http from another machine, where anybody on the way can put theirs: use https")
            return nil
        }
        fault(path, "must be a file with its whole path (/etc/…) or an https URL, is '\(text.prefix(80))'")
        return nil
    }

    private mutating func proxy(_ value: Value, _ path: [String]) -> ProxySignIn? {
        var proxy = ProxySignIn()
        let entries = members(value, path, ["peers", "groups"])
        for (key, value) in entries {
            if key == "peers" { proxy.peers = peers(value, path + [key]) }
            if key == "groups" { proxy.groups = roleTable(value, path + [key]) }
        }
        for name in ["peers", "groups"] where !entries.contains(where: { $0.key == name }) {
            fault(path + [name], "is missing: say whose word is believed ('peers') and what its groups may ('groups')")
        }
        return proxy
    }

    private mutating func peers(_ value: Value, _ path: [String]) -> NamedProxies {
        var peers = NamedProxies()
        for (number, item) in items(value).enumerated() {
            let path = path + [String(number)]
            if let uid = item["uid"], item.mapValue?.count == 1 {
                if let number = uid.intValue.flatMap({ UInt32(exactly: $0) }), number < UInt32.max {
                    peers.uids.insert(number)
                } else {
                    fault(
                        path, "must have the number of a user, as 'id -u www-data' prints it, is \(Self.article(uid))")
                }
            } else if let range = item.stringValue.flatMap({ AddressRange($0) }) {
                peers.ranges.append(range)
            } else {
                fault(
                    path,
                    "must be an address (192.0.2.1), a range (10.0.0.0/8, with no bit set behind the 8) or { uid: NUMBER }, is "
                        + Self.article(item))
            }
        }
        if items(value).isEmpty { fault(path, "names nobody: name a peer, or take it out") }
        return peers
    }

    private mutating func roleTable(_ value: Value, _ path: [String]) -> [String: Set<Role>] {
        var table: [String: Set<Role>] = [:]
        for (key, value) in members(value, path, nil) {
            for item in items(value) {
                guard let role = item.stringValue.flatMap(Caller.role(named:)) else {
                    let what = item.stringValue.map { "'\($0.prefix(80))'" } ?? Self.article(item)
                    fault(path + [key], "has a role that is none of \(Caller.roleNames): \(what)")
                    continue
                }
                table[key, default: []].insert(role)
            }
        }
        return table
    }

    private mutating func limits(_ value: Value, _ path: [String], _ limits: inout IdentityConfiguration.Limits) {
        for (key, value) in members(value, path, ["address", "identity", "entries"]) {
            let path = path + [key]
            switch key {
            case "address": rule(value, path, &limits.address)
            case "identity": rule(value, path, &limits.identity)
            default: number(value, path, 100...1_000_000).map { limits.entries = $0 }
            }
        }
    }

    private mutating func rule(_ value: Value, _ path: [String], _ rule: inout RateLimits.Rule) {
        for (key, value) in members(value, path, ["rate", "burst"]) {
            if key == "burst" {
                number(value, path + [key], 1...1_000_000).map { rule.burst = $0 }
            } else if let rate = value.stringValue.flatMap(Self.rate) {
                rule.perSecond = rate
            } else {
                fault(path + [key], "must be a rate such as 20/s or 600/m, is \(Self.article(value))")
            }
        }
    }

    /// Requests in a second.
    private static func rate(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), (1...1_000_000).contains(number) else { return nil }
        let seconds: [Substring: Double] = ["s": 1, "m": 60, "h": 3_600]
        return seconds[parts[1]].map { Double(number) / $0 }
    }
}

extension IdentityReader {
    private mutating func fault(_ path: [String], _ text: String) {
        faults.append(IdentityConfiguration.Fault(path: path, text: text))
    }

    /// - Parameter keys: `nil` takes any.
    private mutating func members(_ value: Value, _ path: [String], _ keys: [String]?) -> [(key: String, value: Value)]
    {
        guard let map = value.mapValue else {
            fault(path, "must be a map, is \(Self.article(value))")
            return []
        }
        return map.entries.compactMap { key, value in
            guard let key = key.stringValue else {
                fault(path, "has a key that is no text")
                return nil
            }
            if let keys, !keys.contains(key) {
                fault(path + [String(key.prefix(80))], "is not known; known are \(keys.joined(separator: ", "))")
                return nil
            }
            return (key, value)
        }
    }

    /// Of a list, or the one that stands there without one.
    private func items(_ value: Value) -> [Value] { value.listValue ?? [value] }

    private mutating func text(_ value: Value, _ path: [String]) -> String? {
        if let text = value.stringValue, !text.isEmpty { return text }
        fault(path, "must be a text, is \(Self.article(value))")
        return nil
    }

    private mutating func flag(_ value: Value, _ path: [String]) -> Bool? {
        if let flag = value.boolValue { return flag }
        fault(path, "must be true or false, is \(Self.article(value))")
        return nil
    }

    private mutating func number(_ value: Value, _ path: [String], _ range: ClosedRange<Int>) -> Int? {
        if let number = value.intValue.map(Int.init), range.contains(number) { return number }
        fault(path, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// A file name that needs no quotes; a longer or wilder text is more likely a secret that was pasted, and is not shown.
    private mutating func credential(_ value: Value, _ path: [String]) -> String? {
        if let text = value.stringValue, (1...64).contains(text.utf8.count), !text.hasPrefix("."),
            text.utf8.allSatisfy({ byte in
                let letter = Character(UnicodeScalar(byte))
                return byte < 0x80 && (letter.isLetter || letter.isNumber || "-_.".contains(letter))
            })
        {
            return text
        }
        fault(path, "must be the name of a credential (a file in $CREDENTIALS_DIRECTORY), and never the secret itself")
        return nil
    }

    private mutating func origin(_ value: Value, _ path: [String], _ number: Int) -> String? {
        if let text = value.stringValue?.lowercased() {
            for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
                let host = text.dropFirst(scheme.count)
                if !host.isEmpty, !host.contains(where: { "/?#@ ".contains($0) }) { return text }
            }
        }
        fault(path + [String(number)], "must be what browsers see, without a path: https://hotel.example")
        return nil
    }

    private static func article(_ value: Value) -> String {
        switch value {
        case .null: "empty"
        case .bool: "a boolean"
        case .int, .uint: "a whole number"
        case .double: "a number"
        case .string(let text): text.isEmpty ? "an empty text" : "a text"
        case .list: "a list"
        case .map: "a map"
        default: "something else"
        }
    }
}
