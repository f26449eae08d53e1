import Participants
import SagaStore
import Systemd
import Webhooks

/// The credential that is a token or a secret, and where the configuration says so.
struct TokenName: Sendable, Hashable {
    var credential: String
    /// `path:line:column`.
    var place: String

    /// The alphabet of file names that need no quotes; a longer or wilder text is more likely a token that was pasted.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                let character = Character(UnicodeScalar(byte))
                return byte < 0x80 && (character.isLetter || character.isNumber || "-_.".contains(character))
            }
    }
}

extension DaemonConfiguration {
    /// The credential whose text wraps the store's data key.
    static let storeKeyName = "store-key"
    /// What wrapped it until now, for the start after that was changed.
    static let previousStoreKeyName = "store-key-previous"

    /// What the unit's `LoadCredential=yogiyogi:/etc/yogiyogi/credentials` puts before the name of each file there
    /// (systemd.exec(5)).
    private static let folderPrefix = "yogiyogi_"

    /// The text of a credential, given to the unit by its name or in the folder of them; `nil` when there is none.
    private func credential(_ name: String) throws -> String? {
        let credentials = Credentials(directory: credentialsDirectory)
        return try credentials.text(named: name) ?? credentials.text(named: Self.folderPrefix + name)
    }

    /// The participants with their tokens, as the credentials read now: at the start, and again at each reload.
    /// - Throws: ``StartFailure`` with a line for each token that is not there or cannot be one.
    func participantsWithTokens() throws(StartFailure) -> [ParticipantConfiguration] {
        var faults: [String] = []
        let participants = participants.map { participant in
            let token = tokens[participant.name].flatMap {
                read($0, "the token of participant '\(participant.name)'", &faults)
            }
            var secrets: [String: BearerToken] = [:]
            for name in self.secrets[participant.name] ?? [] {
                secrets[name.credential] = read(name, "of a header for participant '\(participant.name)'", &faults)
            }
            return participant.with(token, secrets: secrets)
        }
        guard faults.isEmpty else { throw StartFailure(lines: faults) }
        return participants
    }

    /// `nil`, with a line more, for what is not there or cannot be sent.
    private func read(_ name: TokenName, _ purpose: String, _ faults: inout [String]) -> BearerToken? {
        do throws(StartFailure) {
            return try withCredential(name, purpose) { text, origin in try BearerToken(text, origin: origin) }
        } catch {
            faults += error.lines
            return nil
        }
    }

    /// Makes something of the text of a credential; what is thrown names it and its origin, and has no byte of it.
    func withCredential<T>(
        _ name: TokenName, _ purpose: String, _ make: (_ text: String, _ origin: String) throws -> T
    ) throws(StartFailure) -> T {
        let what = "the credential '\(name.credential)', \(purpose) (\(name.place)),"
        do {
            guard let text = try credential(name.credential) else {
                throw StartFailure("\(what) is missing: \(advice(name.credential))")
            }
            return try make(text, String(what.dropLast()))
        } catch let error as StartFailure {
            throw error
        } catch let error as ParticipantConfigurationError {
            throw StartFailure(error.message)
        } catch let error as WebhookSecret.Unfit {
            throw StartFailure(error.message)
        } catch {
            throw StartFailure("\(what) cannot be used: \(error)")
        }
    }

    private func advice(_ name: String) -> String {
        let service = "of the service, put it into /etc/yogiyogi/credentials/\(name) and restart"
        guard let credentialsDirectory else {
            return "there is no folder of credentials; \(service); elsewhere name one with --credentials-dir"
        }
        return "'\(credentialsDirectory)' has no file of that name; \(service)"
    }

    /// Where the store's master key comes from, as the credentials read now: at the start, and for `yogictl rekey`.
    /// - Throws: ``StartFailure`` for a credential that is no key.
    func storeKeys() throws(StartFailure) -> StoreKeys {
        StoreKeys(
            current: try storeKey(Self.storeKeyName),
            previous: [try storeKey(Self.previousStoreKeyName)].compactMap(\.self))
    }

    private func storeKey(_ name: String) throws(StartFailure) -> MasterKey? {
        do {
            guard let text = try credential(name) else { return nil }
            return try MasterKey(text: text, origin: "the credential '\(name)'")
        } catch let error as StoreError {
            throw StartFailure(error.message)
        } catch {
            throw StartFailure("\(error)")
        }
    }
}
