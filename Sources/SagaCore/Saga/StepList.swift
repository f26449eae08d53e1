/// The steps of a saga in the order in which they were armed, in chunks: a decision works on a copy of its saga, and changing one step of
/// a loop's ten thousand must not copy the others.
public struct StepList: Sendable, Hashable, RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
    /// All but the last are full, and none is empty.
    private var chunks: [[StepRun]] = []

    /// Steps in one chunk: few enough to copy for each change, and many enough that the chunks are few.
    private static let chunk = 64

    /// These steps.
    public init(arrayLiteral steps: StepRun...) {
        for step in steps { append(step) }
    }

    /// From 0.
    public var startIndex: Int { 0 }

    /// How many there are.
    public var endIndex: Int { chunks.isEmpty ? 0 : (chunks.count - 1) * Self.chunk + chunks[chunks.count - 1].count }

    /// The step at that place.
    public subscript(index: Int) -> StepRun {
        get { chunks[index / Self.chunk][index % Self.chunk] }
        _modify { yield &chunks[index / Self.chunk][index % Self.chunk] }
    }

    /// Adds one that has just been armed.
    public mutating func append(_ step: StepRun) {
        if let last = chunks.last, last.count < Self.chunk {
            chunks[chunks.count - 1].append(step)
        } else {
            chunks.append([step])
        }
    }

    /// Where the step of that number is: numbers rise.
    func index(of number: Int) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let found = chunks[middle / Self.chunk][middle % Self.chunk].number
            if found == number { return middle }
            if found < number { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
