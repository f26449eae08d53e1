import GatewayProgram
import Glibc
import PaymentProgram
import ReservationProgram
import YogictlProgram
import YogiyogidProgram

/// All programs in one file, as the package has them: what it does is what it is called. Each alone would carry the runtime and its tables
/// of all languages once more.
@main struct Program {
    static func main() async {
        let name = CommandLine.arguments.first?.split(separator: "/").last ?? ""
        switch name {
        case "yogiyogid": await runYogiyogidProgram()
        case "yogictl":
            prepareYogictlProgram()
            await runYogictlProgram()
        case "yogi-gateway": await runGatewayProgram()
        case "yogi-payment": await runPaymentProgram()
        case "yogi-reservation": await runReservationProgram()
        default:
            let text =
                "\(name): call it by the name of a program: yogiyogid, yogictl, yogi-gateway, yogi-payment or yogi-reservation\n"
            _ = text.withCString { write(STDERR_FILENO, $0, text.utf8.count) }
            exit(2)
        }
    }
}
