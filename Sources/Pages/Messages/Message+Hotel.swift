extension Message {
    /// The texts of the desk.
    static let hotelLines: [Line] = [
        (.deskNone, "No booking waits for you", "확정을 기다리는 예약이 없습니다"),
        (.deskOne, "{0} booking waits for you", "확정을 기다리는 예약 {0}건"),
        (.deskMany, "{0} bookings wait for you", "확정을 기다리는 예약 {0}건"),
        (
            .deskLead,
            "Who has waited longest comes first. What is not confirmed within 72 hours is cancelled and refunded.",
            "가장 오래 기다린 손님부터 보여 드립니다. 72시간 안에 확정하지 않으면 자동으로 취소되고 환불됩니다."
        ),
        (.deskCaption, "Bookings that wait for the hotel", "호텔의 확정을 기다리는 예약"),
        (
            .deskEmpty,
            "All guests have their answer. New bookings appear here by themselves.",
            "모든 손님께 답했습니다. 새 예약은 저절로 여기에 나타납니다."
        ),
        (.deskMore, "{0} more wait. Decide these first.", "{0}건이 더 있습니다. 먼저 이 예약들을 처리하세요."),
        (.arrivals, "Arriving today", "오늘 도착"),
        (.arrivalsEmpty, "Nobody arrives today.", "오늘 도착하는 손님이 없습니다."),
        (.stayHead, "Nights", "숙박"),
        (.paid, "Paid", "결제"),
        (.waitedFor, "Waiting for", "기다린 시간"),
        (.confirm, "Confirm", "확정"),
        (.reject, "Reject", "거절"),
        (.confirmOf, "Confirm booking {0} of {1}", "{1} 님의 예약 {0} 확정"),
        (.rejectOf, "Reject booking {0} of {1}; it is refunded", "{1} 님의 예약 {0} 거절, 환불됨"),
        (.pendingConfirm, "{0} is being confirmed.", "{0} 님의 예약을 확정합니다."),
        (.pendingReject, "{0} is being rejected and refunded.", "{0} 님의 예약을 거절하고 환불합니다."),
        (.pendingUntil, "You can take it back until", "되돌릴 수 있는 시각:"),
        (.takeBack, "Take it back", "되돌리기"),
    ]
}
