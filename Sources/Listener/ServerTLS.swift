internal import NIOSSL

/// A certificate with its chain and its key, by which a listener encrypts (TLS 1.2 or later, HTTP/1.1 alone).
public struct ServerTLS: Sendable {
    let context: NIOSSLContext

    /// Reads both, as PEM.
    /// - Throws: ``ListenError`` when one does not read or they do not belong together.
    public init(certificate: [UInt8], key: [UInt8]) throws(ListenError) {
        do {
            let chain = try NIOSSLCertificate.fromPEMBytes(certificate)
            let key = try NIOSSLPrivateKey(bytes: key, format: .pem)
            guard !chain.isEmpty else { throw ListenError(.system, "the file of the certificate holds none") }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            context = try NIOSSLContext(configuration: configuration)
        } catch let error as ListenError {
            throw error
        } catch {
            throw ListenError(.system, "the certificate and its key cannot be used: \(error)")
        }
    }
}
