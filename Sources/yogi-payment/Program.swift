import PaymentProgram

@main struct Program {
    static func main() async { await runPaymentProgram() }
}
