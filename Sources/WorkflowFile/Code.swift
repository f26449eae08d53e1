extension Diagnostic {
    /// The stable codes: a code never changes its meaning and is never used again.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        // YAML
        case syntax = "YG0001"
        case duplicateKey = "YG0002"
        case tab = "YG0003"
        case tag = "YG0004"
        case alias = "YG0005"
        case mergeKey = "YG0006"
        case severalDocuments = "YG0007"
        case emptyFile = "YG0008"
        case fileTooLarge = "YG0009"
        case notUTF8 = "YG0010"
        case nestedTooDeep = "YG0011"
        case keyNotText = "YG0012"
        case unreadable = "YG0013"
        case versionTwice = "YG0014"

        // Schema
        case unknownKey = "YG0101"
        case missingKey = "YG0102"
        case wrongType = "YG0103"
        case badDuration = "YG0104"
        case outOfRange = "YG0105"
        case badCall = "YG0106"
        case badName = "YG0107"
        case finalStateWithMore = "YG0108"
        case unknownChoice = "YG0109"
        case empty = "YG0110"
        case notSupportedYet = "YG0111"
        case schemaKeyword = "YG0112"
        case schemaContradiction = "YG0113"
        case keyNeedsAnother = "YG0114"

        // Graph
        case noSuchState = "YG0201"
        case unreachableState = "YG0202"
        case noWayToAnEnd = "YG0203"
        case loopWithoutWait = "YG0204"
        case timerTwice = "YG0205"
        case noFinalState = "YG0206"
        case noWayOut = "YG0207"
        case cancelAmbiguous = "YG0208"
        case cancelTargetNotCancelled = "YG0209"
        case routeNeverTaken = "YG0210"
        case refusalWithoutRoute = "YG0211"
        case noRouteLeft = "YG0212"
        case timersStartAgain = "YG0213"

        // Saga safety
        case noCompensation = "YG0301"
        case retryWithoutEnd = "YG0302"
        // YG0303 said that `fence`, `ask` and `pivot` were not supported yet.
        case fenceWithoutCompensation = "YG0304"
        case compensationAfterPivot = "YG0305"
        case secondPivot = "YG0306"
        case undoneAfterPivot = "YG0307"
        case cancelAfterPivot = "YG0308"
        case pivotWithoutThen = "YG0309"
        case effectOutstanding = "YG0310"
        case planIncomplete = "YG0311"
        case trap = "YG0312"
        case refusalUnnamed = "YG0313"

        // Expressions
        case expressionSyntax = "YG0401"
        case unknownVariable = "YG0402"
        case variableNotInScope = "YG0403"
        case unknownField = "YG0404"
        case neverSet = "YG0405"
        case unknownFunction = "YG0406"
        case wrongKind = "YG0407"
        case unterminated = "YG0408"
        case nested = "YG0409"
        case expressionTooLong = "YG0410"
        case tooCostly = "YG0411"
        case alwaysFails = "YG0412"
        // YG0413 said that named time zones were not supported yet.
        // By the types of values
        case notATime = "YG0414"
        case wrongOperands = "YG0415"
        case optionalMember = "YG0416"
        case unsetVariable = "YG0417"
        case nullValue = "YG0418"
        case unknownResult = "YG0419"
        case neverEqual = "YG0420"
        case cellMayFail = "YG0421"
        case typesIncomplete = "YG0422"
        case unknownZone = "YG0423"

        // Data
        case secretShown = "YG0501"
        case moneyAsFloat = "YG0502"
    }
}
