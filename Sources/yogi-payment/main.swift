import PaymentProgram

await runPaymentProgram()
