import ControlAPI

extension OperationsPage {
    func participantTable(_ scene: Scene) -> Markup {
        let say = scene.say
        guard !status.participants.isEmpty else { return scene.empty(say(.participantsEmpty)) }
        var heads: [Scene.Head] = [
            .init(say(.participant)), .init(say(.breaker), .text), .init(say(.inFlight), .number),
            .init(say(.queued), .number), .init(say(.parked), .number), .init(say(.callsHour)),
        ]
        if held != nil, mayAct { heads.append(.init(say(.acts), .acts)) }
        return scene.table(say(.participants), heads, status.participants.map { row(scene, $0) })
    }

    private func row(_ scene: Scene, _ one: StatusResource.Participant) -> Scene.Row {
        let say = scene.say
        let why: Markup = .with(one.parked) {
            "<small><span lang=\"en\">\($0.error)</span> · \(say(.since)) \(scene.moment($0.since))</small>"
        }
        let calls = minutes.map { $0.calls[one.name] ?? 0 }
        let line: Markup =
            minutes.isEmpty
            ? "–"
            : Sparkline.markup(calls, label: say(.sparkCalls, one.name, say.grouped(calls.reduce(0, +))))
        return Scene.Row(
            "\(one.name)<small class=\"id\">\(one.url)</small>", "\(breaker(scene, one.breaker))\(why)",
            "\(say.grouped(one.inFlight))", "\(say.grouped(one.queued))", "\(say.grouped(one.parked?.calls ?? 0))",
            line,
            hold(scene, one.name))
    }

    private func breaker(_ scene: Scene, _ word: String) -> Markup {
        switch word {
        case "closed": scene.state(.ok, scene.say(.breakerClosed))
        case "half-open": scene.state(.wait, scene.say(.breakerHalf))
        case "open": scene.state(.bad, scene.say(.breakerOpen))
        default: scene.state(.off, scene.say(.breakerOff))
        }
    }

    private func hold(_ scene: Scene, _ name: String) -> Markup {
        guard let held, mayAct else { return .none }
        let isHeld = held.contains(name)
        let word = scene.say(isHeld ? .release : .hold)
        let button: Markup = "<button aria-label=\"\(word): \(name)\">\(word)</button>"
        return scene.form(
            "hold-\(name)", action: PagePath.participant(name, isHeld ? "release" : "hold"), button)
    }

    /// The last hour in four small lines, each with its newest figure in words.
    func hour(_ scene: Scene) -> Markup {
        let say = scene.say
        guard minutes.count > 1, let last = minutes.last else { return scene.empty(say(.hourEmpty)) }
        let statuses = Set(minutes.flatMap(\.ends.keys)).sorted()
        var cards = [
            card(scene, say(.starts), minutes.map(\.starts), say(.perMinute, say.grouped(last.starts)))
        ]
        cards += statuses.map { status in
            let values = minutes.map { $0.ends[status] ?? 0 }
            let word = say(.ends, scene.statusWord(status))
            return card(scene, word, values, say(.perMinute, say.grouped(values.last ?? 0)))
        }
        for (name, values) in [
            (say(.stepMedian), minutes.map(\.stepMedian)), (say(.stepSlow), minutes.map(\.stepSlow)),
        ] {
            let newest = values.last { $0 != nil } ?? nil
            cards.append(
                card(
                    scene, name, values.map { $0 ?? 0 },
                    newest.map { say(.milliseconds, say.grouped($0)) } ?? "–"))
        }
        cards.append(card(scene, say(.backlog), minutes.map(\.backlog), say.grouped(last.backlog)))
        return "<div class=\"figures\">\(cards)</div>"
    }

    private func card(_ scene: Scene, _ name: String, _ values: [Int], _ figure: String) -> Markup {
        """
        <div class="card figure"><span>\(name)</span><b>\(figure)</b>\(Sparkline.markup(values, label: scene.say(.sparkOf, name, scene.say.grouped(values.max() ?? 0))))</div>

        """
    }
}
