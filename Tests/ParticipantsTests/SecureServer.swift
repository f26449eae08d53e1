import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Answers every request over TLS with what was asked for.
struct SecureServer {
    let port: Int
    private let channel: any Channel

    /// Of `localhost` and 127.0.0.1, for a hundred years; signed by itself.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBozCCAUmgAwIBAgIUMZwbbGCB/iXHWNj0y0q2f8zj4a8wCgYIKoZIzj0EAwIw
        GDEWMBQGA1UEAwwNeW9naXlvZ2kgdGVzdDAgFw0yNjExMjgxMTMwMDFaGA8yMTI2
        MTEwNDExMzAwMVowGDEWMBQGA1UEAwwNeW9naXlvZ2kgdGVzdDBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABKBI0rzlAdWrTfp+IbnDh+tPGFZgHBpueQasVmfrz2Z9
        /VejvzJEyuF9IR2zzsN5CMAsh+JGw6DNtdQ1sZwp+wujbzBtMB0GA1UdDgQWBBR1
        chOpG0akaVttiIBNXcw9DyfKbTAfBgNVHSMEGDAWgBR1chOpG0akaVttiIBNXcw9
        DyfKbTAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAA
        ATAKBggqhkjOPQQDAgNIADBFAiEAxXpj7v1kLpd1p0qrwqay3OkdB6ca2D1ub0pQ
        oONnuuUCIEmKP8qkdhlRNJHcB0xMDJCdzHxUQ9NXwpgnRa9jUwIJ
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglgvVdQc55UpXTnHQ
        Urt++poQobfv13+cFPl51DKwagmhRANCAASgSNK85QHVq036fiG5w4frTxhWYBwa
        bnkGrFZn689mff1Xo78yRMrhfSEds87DeQjALIfiRsOgzbXUNbGcKfsL
        -----END PRIVATE KEY-----
        """

    /// That this server is who it says.
    static func roots() throws -> NIOSSLTrustRoots {
        .certificates([try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem)])
    }

    init() async throws {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try NIOSSLCertificate(bytes: Array(Self.certificate.utf8), format: .pem))],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(Self.key.utf8), format: .pem)))
        let context = try NIOSSLContext(configuration: configuration)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Echo())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close() }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private var body = ByteBuffer()

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head: body.clear()
            case .body(let buffer): body.writeImmutableBuffer(buffer)
            case .end:
                let head = HTTPResponseHead(
                    version: .http1_1, status: .ok, headers: ["Content-Length": "\(body.readableBytes)"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
