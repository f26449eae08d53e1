import ArgumentParser

/// The payment service as `yogi-payment`: reads the command line of the process, and ends with its exit status.
public func runPaymentProgram() async {
    await PaymentCommand.main()
}
