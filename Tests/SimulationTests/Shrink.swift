/// Makes a failing plan small: drops what happens in it one thing at a time, for as long as it still fails.
func shrunk(_ plan: Plan, fails: (Plan) -> Bool) -> Plan {
    var plan = plan
    var tries = 0
    var index = plan.chaos.count - 1
    var hasDropped = false
    while tries < 400 {
        if index < 0 {
            guard hasDropped else { break }
            hasDropped = false
            index = plan.chaos.count - 1
            continue
        }
        var smaller = plan
        smaller.chaos.remove(at: index)
        tries += 1
        if fails(smaller) {
            plan = smaller
            hasDropped = true
        }
        index -= 1
    }
    return plan
}
