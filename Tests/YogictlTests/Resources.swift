/// Resources as the daemon writes them.
enum Resources {
    static let id = "0199c3a0-1b2c-7d3e-8f40-0123456789ab"
    static let other = "0199c3a0-0000-7d3e-8f40-0123456789ab"

    /// A saga that waits for the hotel.
    static let reserved = """
        {"id":"\(id)","key":"\(id)","workflow":"reservation","version":"1","state":"Reserved","status":"waiting",\
        "startedAt":"2026-11-24T10:00:00.000Z","updatedAt":"2026-11-24T10:00:01.500Z",\
        "input":{"name":"Ann","cardNo":"***","nights":2},"vars":{"paymentId":"p-1"},"attributes":{"guest":"Ann"},\
        "steps":[{"number":3,"state":"Ordered","call":"reservation.hold","outcome":"succeeded","armed":true,\
        "key":"\(id).3","attempts":1},{"number":9,"state":"Paying","call":"payment.charge","outcome":"succeeded",\
        "armed":true,"key":"\(id).9","attempts":3,"undo":"payment.refund","undoAttempts":2}],\
        "timers":[{"name":"72h","due":"2026-11-27T10:00:01.500Z"}],"signals":["confirm","reject"]}
        """

    /// The same in a list.
    static let reservedListed = """
        {"id":"\(id)","key":"\(id)","workflow":"reservation","version":"1","state":"Reserved","status":"waiting",\
        "startedAt":"2026-11-24T10:00:00.000Z","updatedAt":"2026-11-24T10:00:01.500Z",\
        "due":"2026-11-27T10:00:01.500Z","attributes":{"guest":"Ann"}}
        """

    static let payingListed = """
        {"id":"\(other)","key":"order-7","workflow":"reservation","version":"1","state":"Paying","status":"running",\
        "startedAt":"2026-11-24T10:00:00.000Z","updatedAt":"2026-11-24T10:00:00.250Z","call":"payment.charge",\
        "attributes":{}}
        """

    /// A saga that has not got to where its start waited for.
    static let paying = """
        {"id":"\(other)","key":"order-7","workflow":"reservation","version":"1","state":"Paying","status":"running",\
        "startedAt":"2026-11-24T10:00:00.000Z","updatedAt":"2026-11-24T10:00:00.250Z","input":{},"vars":{},\
        "attributes":{},"steps":[],"timers":[],"signals":[],"reached":false}
        """

    static let history = [
        #"{"number":1,"at":"2026-11-24T10:00:00.000Z","type":"started","fields":{"workflow":"reservation","version":"1","key":"order-7","input":{"name":"Ann"},"by":"uid=1000 gid=1000 pid=42"}}"#,
        #"{"number":2,"at":"2026-11-24T10:00:00.000Z","type":"entered","fields":{"state":"Paying"}}"#,
        #"{"number":3,"at":"2026-11-24T10:00:00.000Z","type":"step-armed","fields":{"state":"Paying","call":"payment.charge","request":{"amount":100}}}"#,
        #"{"number":4,"at":"2026-11-24T10:00:00.001Z","type":"attempted","fields":{"step":3,"direction":"forward","attempt":1}}"#,
        #"{"number":5,"at":"2026-11-24T10:00:00.611Z","type":"unanswered","fields":{"step":3,"direction":"forward","outcome":"unknown","message":"no answer within 610ms"}}"#,
        #"{"number":6,"at":"2026-11-24T10:00:00.611Z","type":"retry-set","fields":{"step":3,"direction":"forward","due":"2026-11-24T10:00:00.811Z"}}"#,
        #"{"number":7,"at":"2026-11-24T10:00:00.811Z","type":"attempted","fields":{"step":3,"direction":"forward","attempt":2}}"#,
        #"{"number":8,"at":"2026-11-24T10:00:00.900Z","type":"refused","fields":{"step":3,"direction":"forward","code":"card-declined","message":"the card was declined"}}"#,
        #"{"number":9,"at":"2026-11-24T10:00:00.900Z","type":"ended","fields":{"state":"Cancelled","status":"cancelled"}}"#,
    ]
}
