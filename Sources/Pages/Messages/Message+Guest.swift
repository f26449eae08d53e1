extension Message {
    /// The texts of the pages for guests.
    static let guestLines: [Line] = [
        (.bookTitle, "Book a room", "객실 예약"),
        (
            .bookLead,
            """
            Choose your nights, then a room. You pay when the room is held, and get everything back if the \
            hotel cannot confirm.
            """,
            "날짜를 고르고 객실을 선택하세요. 객실을 잡은 뒤에 결제하며, 호텔이 확정하지 못하면 전액 돌려 드립니다."
        ),
        (.bookLook, "Show rooms", "객실 보기"),
        (
            .bookNone,
            "No room is free for these nights. Choose another day or fewer nights.",
            "이 날짜에는 빈 객실이 없습니다. 다른 날짜나 더 짧은 숙박을 골라 보세요."
        ),
        (.bookAgain, "Book another room", "다른 객실 예약하기"),
        (.bookAct, "Book and pay", "예약하고 결제하기"),
        (
            .bookPromise,
            "The hotel confirms within 72 hours. Until then you can cancel here, and nothing is kept from you.",
            "호텔이 72시간 안에 확정합니다. 그때까지 여기서 취소하실 수 있고, 비용은 없습니다."
        ),
        (.chooseRoom, "Choose a room", "객실 선택"),
        (.checkIn, "First night", "체크인"),
        (.nights, "Nights", "숙박 일수"),
        (.roomNumber, "Room {0}", "{0}호"),
        (.roomTaken, "taken", "예약됨"),
        (.perNight, "{0} a night", "1박 {0}"),
        (.guestName, "Name", "이름"),
        (.guestNameHint, "As in your passport or identity card.", "신분증이나 여권에 적힌 이름입니다."),
        (.card, "Card number", "카드 번호"),
        (.cardHint, "Sealed before it is stored; nobody here can read it.", "저장하기 전에 봉인하며, 저희 중 누구도 읽을 수 없습니다."),
        (.bookingTitle, "Booking {0}", "예약 {0}"),
        (.orderingHead, "We are holding your room", "객실을 잡고 있습니다"),
        (.orderingWord, "holding", "진행 중"),
        (
            .orderingNext,
            "Next we charge your card. This takes a few seconds; the page follows by itself.",
            "다음으로 카드를 결제합니다. 몇 초면 끝나며, 화면은 저절로 바뀝니다."
        ),
        (.payingHead, "We are charging your card", "결제하고 있습니다"),
        (.payingWord, "paying", "결제 중"),
        (
            .payingNext,
            "If the bank has not answered in ten minutes, we cancel and nothing is kept. You may close this page.",
            "은행이 10분 안에 답하지 않으면 취소하며 비용은 없습니다. 창을 닫으셔도 됩니다."
        ),
        (.waitingHead, "Your room is held and paid", "객실을 잡고 결제했습니다"),
        (.waitingWord, "waits for the hotel", "확정 대기"),
        (
            .waitingNext,
            "The hotel confirms next. Without its word you get everything back.",
            "이제 호텔이 확정할 차례입니다. 답이 없으면 전액 돌려 드립니다."
        ),
        (
            .nextWaitingBy,
            "The hotel confirms by {0}. Without its word you get everything back.",
            "호텔이 {0}까지 확정합니다. 답이 없으면 전액 돌려 드립니다."
        ),
        (.confirmedHead, "Your booking is confirmed", "예약이 확정되었습니다"),
        (.confirmedWord, "confirmed", "확정"),
        (
            .confirmedNext,
            "We look forward to seeing you. To change it now, please call the hotel.",
            "뵙기를 기다리겠습니다. 변경은 호텔로 전화해 주세요."
        ),
        (.returningHead, "We are giving your money back", "돈을 돌려 드리고 있습니다"),
        (.returningWord, "refunding", "환불 중"),
        (
            .returningNext,
            "We ask the bank until it has answered; then your room is given back. You may close this page.",
            "은행이 답할 때까지 계속 요청하고, 그다음 객실을 반납합니다. 창을 닫으셔도 됩니다."
        ),
        (.releasingHead, "We are cancelling", "취소하고 있습니다"),
        (.releasingWord, "cancelling", "취소 중"),
        (.releasingNext, "Only your room is left to be given back.", "객실 반납만 남았습니다."),
        (.failedHead, "We could not book your room", "예약하지 못했습니다"),
        (.failedNext, "You can try again with another room or card.", "다른 객실이나 카드로 다시 예약해 보세요."),
        (.cancelledHead, "Your booking is cancelled", "예약이 취소되었습니다"),
        (.cancelledWord, "cancelled", "취소됨"),
        (
            .cancelledNext,
            "There is nothing left to do. You can book again at any time.",
            "더 하실 일은 없습니다. 언제든 다시 예약하실 수 있습니다."
        ),
        (.attentionHead, "We are looking into your booking", "예약을 확인하고 있습니다"),
        (.attentionWord, "with our staff", "직원 확인 중"),
        (
            .attentionNext,
            "A person here is on it; you need not pay again. This page shows what came of it.",
            "직원이 확인하고 있으니 다시 결제하지 마세요. 결과는 이 화면에 나옵니다."
        ),
        (.endedHead, "The hotel has closed this booking", "호텔이 이 예약을 종료했습니다"),
        (.endedWord, "closed", "종료"),
        (.endedNext, "Please call the hotel about it.", "호텔로 문의해 주세요."),
        (.moneyTitle, "Your money:", "결제 금액:"),
        (.moneyUntouched, "Nothing was charged.", "결제된 금액이 없습니다."),
        (
            .moneyUnknown,
            "The bank has not said whether {0} was charged; we are finding out.",
            "{0}이 결제되었는지 은행의 답을 확인하고 있습니다."
        ),
        (.moneyTaken, "{0} is paid.", "{0}이 결제되었습니다."),
        (.moneyReturning, "{0} is on its way back to your card.", "{0}을 카드로 돌려 드리는 중입니다."),
        (
            .moneyHeldUp,
            "{0} is not back on your card yet; the bank would not take our request.",
            "{0}이 아직 카드로 환불되지 않았습니다. 은행이 요청을 받지 않았습니다."
        ),
        (.moneyReturned, "{0} is back on your card.", "{0}을 카드로 돌려 드렸습니다."),
        (.moneyRefused, "Your card was declined; nothing was charged.", "카드가 거절되어 결제된 금액이 없습니다."),
        (.cancelOpen, "Cancel this booking", "예약 취소하기"),
        (
            .cancelReturns,
            "Cancelling gives {0} back to your card and frees room {1}. It costs you nothing.",
            "취소하면 {0}을 카드로 돌려 드리고 {1}호를 반납합니다. 비용은 없습니다."
        ),
        (
            .cancelAsks,
            "Cancelling asks the bank for {0} if it was charged, and frees room {1}. It costs you nothing.",
            "취소하면 {0}이 결제된 경우 은행에 환불을 요청하고 {1}호를 반납합니다. 비용은 없습니다."
        ),
        (.cancelFree, "Cancelling frees room {0}. Nothing was charged.", "취소하면 {0}호를 반납합니다. 결제된 금액은 없습니다."),
        (.cancelReason, "Why do you cancel?", "취소하시는 이유"),
        (.cancelAct, "Cancel the booking", "예약 취소"),
        (.storyOrdered, "We received your order", "주문을 받았습니다"),
        (.storyHeld, "Room {0} is held for you", "{0}호를 잡았습니다"),
        (.storyPaid, "{0} paid", "{0}을 결제했습니다"),
        (.storyAsked, "The hotel was asked to confirm", "호텔에 확정을 요청했습니다"),
        (.storyReturned, "{0} given back", "{0}을 돌려 드렸습니다"),
        (.storyFreed, "Room {0} given back", "{0}호를 반납했습니다"),
        (.storyTaken, "Room {0} was taken by somebody else", "{0}호는 이미 예약되어 있었습니다"),
        (.storyDeclined, "The card was declined", "카드가 거절되었습니다"),
        (.storyRefused, "This could not be done", "처리할 수 없었습니다"),
        (.storyUndoRefused, "Undoing this was refused; a person looks into it", "되돌리기가 거절되어 직원이 확인합니다"),
        (.storyCancelAsked, "You asked us to cancel", "취소를 요청하셨습니다"),
        (.storyConfirmed, "The hotel confirmed", "호텔이 확정했습니다"),
        (.storyRejected, "The hotel could not take the booking", "호텔이 예약을 받을 수 없었습니다"),
        (.storyTime, "The time was up", "시간이 지났습니다"),
        (.aheadHold, "Holding room {0}", "{0}호를 잡는 중"),
        (.aheadPay, "Charging {0}", "{0} 결제"),
        (.aheadConfirm, "The hotel confirms", "호텔 확정"),
        (.aheadReturn, "Giving {0} back", "{0} 환불"),
        (.aheadFree, "Giving room {0} back", "{0}호 반납"),
        (.aheadCancelled, "Cancelled", "취소 완료"),
        (.aheadAttention, "A person at the hotel looks into it", "호텔 직원이 확인하고 있습니다"),
        (.signInTitle, "Sign in", "로그인"),
        (
            .signInLead,
            "Paste the token that you were given. It is asked for once; this browser keeps a session.",
            "받으신 토큰을 붙여 넣으세요. 한 번만 입력하면 이 브라우저에 세션이 유지됩니다."
        ),
        (.token, "Token", "토큰"),
        (
            .tokenHint,
            "Whoever runs yogiyogi makes one with yogi-gateway token.",
            "운영자가 yogi-gateway token 명령으로 만듭니다."
        ),
        (
            .tokenFault, "This token is not known here, or its time is over. Ask for a new one.",
            "등록되지 않았거나 기한이 지난 토큰입니다. 새 토큰을 요청하세요."
        ),
        (.signInAct, "Sign in", "로그인"),
        (.goBack, "Go on", "계속하기"),
        (.problem401, "Please sign in", "로그인해 주세요"),
        (.problem403, "This is not for your role", "권한이 없습니다"),
        (.problem404, "There is nothing here", "찾으시는 것이 없습니다"),
        (.problem409, "That is not possible now", "지금은 할 수 없습니다"),
        (.problem429, "That was too much at once", "요청이 너무 많습니다"),
        (.problem500, "Something went wrong here", "저희 쪽에 문제가 생겼습니다"),
        (.problem503, "We cannot be reached right now", "지금은 연결할 수 없습니다"),
        (.advice401, "Your session has ended, or there was none.", "세션이 끝났거나 없습니다."),
        (.advice403, "Ask whoever runs yogiyogi for another role.", "운영자에게 다른 권한을 요청하세요."),
        (
            .advice404,
            "Check the address. A booking opens only by the link that came with it.",
            "주소를 확인하세요. 예약은 받으신 링크로만 열 수 있습니다."
        ),
        (
            .advice409,
            "Somebody was faster, or it has moved on. Look at it again before you try once more.",
            "다른 사람이 먼저 처리했거나 상태가 바뀌었습니다. 다시 확인한 뒤 시도하세요."
        ),
        (
            .advice429,
            "Wait a minute, then try again. What you sent before counts once.",
            "1분 뒤에 다시 시도하세요. 이미 보내신 것은 한 번만 처리됩니다."
        ),
        (
            .advice500,
            "Try again in a minute. What you have sent is done once at most.",
            "1분 뒤에 다시 시도하세요. 보내신 것은 많아야 한 번 처리됩니다."
        ),
        (
            .advice503,
            "Try again in a minute. What was ordered before is kept and goes on.",
            "1분 뒤에 다시 시도하세요. 이미 주문하신 것은 보관되어 계속 진행됩니다."
        ),
    ]
}
